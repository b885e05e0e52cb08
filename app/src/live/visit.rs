//! One visit to a conversation: what is on screen, and what was asked about it.

use protocol::{Millis, Seq};

use super::timeline::Timeline;

/// The conversation on screen.
#[derive(Debug)]
pub(super) struct Open {
    /// Tells this visit from the next one to the same conversation.
    pub ticket: u64,
    pub timeline: Timeline,
    /// When the changes were asked for, until they are there.
    pub asked: Option<Millis>,
    /// Whether to ask even if nothing is known to be missing: after a reconnect.
    pub ask: bool,
    /// Too much changed to replay: a page is loaded instead.
    pub reload: Reload,
    /// This person is no longer in it.
    pub is_gone: bool,
}

/// Where loading a page instead of changes stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reload {
    No,
    Wanted,
    UnderWay,
}

impl Open {
    pub(super) const fn new(ticket: u64, timeline: Timeline) -> Self {
        // The page may have been drawn long before the connection was made, so the changes are asked for anyway.
        Self { ticket, timeline, asked: None, ask: true, reload: Reload::No, is_gone: false }
    }

    /// Asks for the changes whatever is known, and whatever was asked: the answer may be lost.
    pub(super) const fn ask_anew(&mut self) {
        self.ask = true;
        self.asked = None;
    }

    /// Whether a page must be loaded now; said once.
    pub(super) fn take_reload(&mut self) -> bool {
        let wanted = self.reload == Reload::Wanted;
        if wanted {
            self.reload = Reload::UnderWay;
        }
        wanted
    }
}

/// How a page was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Load {
    /// Before this message, which was the first.
    Older(Seq),
    /// After this message, which was the last.
    Newer(Seq),
    /// In place of what is there.
    Elsewhere,
}
