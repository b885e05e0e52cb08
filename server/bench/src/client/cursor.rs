//! Where a receiver stands in a conversation.

use protocol::Rev;

/// Follows a conversation by its revisions, by the rules of [`protocol::live`].
#[derive(Clone, Debug)]
pub struct Cursor {
    rev: Rev,
    /// Whether something was asked for that has not come yet.
    asking: bool,
    /// How often it was behind and asked.
    pub asked: u64,
    /// Revisions that came twice, though nothing had been asked for.
    pub doubled: u64,
    /// Revisions that were too many to be sent again; a client loads the newest page instead.
    pub left_out: u64,
}

/// What to do about a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its messages are new.
    Apply,
    /// They are known, or will come with the answer.
    Ignore,
    /// Ask for what changed since this revision.
    Ask(Rev),
}

impl Cursor {
    /// Begins at this revision.
    pub const fn new(rev: Rev) -> Self {
        Self { rev, asking: false, asked: 0, doubled: 0, left_out: 0 }
    }

    /// How far it is.
    pub const fn rev(&self) -> Rev {
        self.rev
    }

    /// A frame of events came.
    pub fn events(&mut self, before: Rev, after: Rev) -> Step {
        if before == self.rev {
            self.rev = after;
            return Step::Apply;
        }
        if before > self.rev {
            return self.ask();
        }
        // An answer may overtake frames that were under way.
        if self.asked == 0 {
            self.doubled += u64::try_from(after.0.min(self.rev.0) - before.0).unwrap_or(0);
        }
        if after > self.rev { self.ask() } else { Step::Ignore }
    }

    /// Something is missing, or may be.
    pub fn ask(&mut self) -> Step {
        if self.asking {
            return Step::Ignore;
        }
        self.asking = true;
        self.asked += 1;
        Step::Ask(self.rev)
    }

    /// The answer came. Tells whether its messages are new.
    pub fn changes(&mut self, since: Rev, rev: Rev, truncated: bool) -> Step {
        self.asking = false;
        if since != self.rev {
            // Frames went on fitting while the answer was under way.
            return if rev > self.rev { self.ask() } else { Step::Ignore };
        }
        if truncated {
            self.left_out += u64::try_from(rev.0 - since.0).unwrap_or(0);
        }
        self.rev = rev;
        Step::Apply
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_follow_each_other() {
        let mut track = Cursor::new(Rev(5));
        assert_eq!(track.events(Rev(5), Rev(7)), Step::Apply);
        assert_eq!(track.events(Rev(7), Rev(8)), Step::Apply);
        assert_eq!((track.rev(), track.doubled, track.asked), (Rev(8), 0, 0));
    }

    #[test]
    fn a_repeated_frame_is_counted() {
        let mut track = Cursor::new(Rev(5));
        assert_eq!(track.events(Rev(5), Rev(7)), Step::Apply);
        assert_eq!(track.events(Rev(5), Rev(7)), Step::Ignore);
        assert_eq!(track.doubled, 2);
    }

    #[test]
    fn a_gap_is_asked_for_once() {
        let mut track = Cursor::new(Rev(5));
        assert_eq!(track.events(Rev(6), Rev(7)), Step::Ask(Rev(5)));
        assert_eq!(track.events(Rev(7), Rev(8)), Step::Ignore);
        assert_eq!(track.changes(Rev(5), Rev(8), false), Step::Apply);
        assert_eq!(track.events(Rev(8), Rev(9)), Step::Apply);
        assert_eq!((track.rev(), track.doubled, track.asked), (Rev(9), 0, 1));
        assert_eq!(track.ask(), Step::Ask(Rev(9)));
        assert_eq!(track.changes(Rev(9), Rev(500), true), Step::Apply);
        assert_eq!(track.left_out, 491);
    }
}
