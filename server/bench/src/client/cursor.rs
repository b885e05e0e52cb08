//! A receiver's position in a conversation.

use protocol::Rev;

/// Follows a conversation by its revisions, according to the rules of [`protocol::live`].
#[derive(Clone, Debug)]
pub struct Cursor {
    rev: Rev,
    /// Whether a request for changes is open.
    asking: bool,
    /// The number of requests for changes.
    pub asked: u64,
    /// The number of revisions that came twice although nothing had been requested.
    pub doubled: u64,
    /// The number of revisions that were too many to be sent again; a client loads the newest page instead.
    pub left_out: u64,
}

/// The reaction to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Apply the messages: they are new.
    Apply,
    /// Ignore the messages: they are known, or come with the open request.
    Ignore,
    /// Request the changes since this revision.
    Ask(Rev),
}

impl Cursor {
    /// Starts at this revision.
    pub const fn new(rev: Rev) -> Self {
        Self { rev, asking: false, asked: 0, doubled: 0, left_out: 0 }
    }

    /// Returns the current revision.
    pub const fn rev(&self) -> Rev {
        self.rev
    }

    /// Handles a delta that leads from one revision to another.
    pub fn delta(&mut self, since: Rev, rev: Rev) -> Step {
        if since == self.rev {
            self.rev = rev;
            return Step::Apply;
        }
        if since > self.rev {
            return self.ask();
        }
        // A response may overtake frames that were under way.
        if self.asked == 0 {
            self.doubled += u64::try_from(rev.0.min(self.rev.0) - since.0).unwrap_or(0);
        }
        if rev > self.rev { self.ask() } else { Step::Ignore }
    }

    /// Requests the changes, because some are or may be missing.
    pub fn ask(&mut self) -> Step {
        if self.asking {
            return Step::Ignore;
        }
        self.asking = true;
        self.asked += 1;
        Step::Ask(self.rev)
    }

    /// Handles the response. Returns whether its messages are new.
    pub fn changes(&mut self, since: Rev, rev: Rev, truncated: bool) -> Step {
        self.asking = false;
        if since != self.rev {
            // Frames continued without a gap while the response was under way.
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
        assert_eq!(track.delta(Rev(5), Rev(7)), Step::Apply);
        assert_eq!(track.delta(Rev(7), Rev(8)), Step::Apply);
        assert_eq!((track.rev(), track.doubled, track.asked), (Rev(8), 0, 0));
    }

    #[test]
    fn a_repeated_frame_is_counted() {
        let mut track = Cursor::new(Rev(5));
        assert_eq!(track.delta(Rev(5), Rev(7)), Step::Apply);
        assert_eq!(track.delta(Rev(5), Rev(7)), Step::Ignore);
        assert_eq!(track.doubled, 2);
    }

    #[test]
    fn a_gap_is_asked_for_once() {
        let mut track = Cursor::new(Rev(5));
        assert_eq!(track.delta(Rev(6), Rev(7)), Step::Ask(Rev(5)));
        assert_eq!(track.delta(Rev(7), Rev(8)), Step::Ignore);
        assert_eq!(track.changes(Rev(5), Rev(8), false), Step::Apply);
        assert_eq!(track.delta(Rev(8), Rev(9)), Step::Apply);
        assert_eq!((track.rev(), track.doubled, track.asked), (Rev(9), 0, 1));
        assert_eq!(track.ask(), Step::Ask(Rev(9)));
        assert_eq!(track.changes(Rev(9), Rev(500), true), Step::Apply);
        assert_eq!(track.left_out, 491);
    }
}
