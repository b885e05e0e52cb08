//! Detection of whether the user is active on this page.

use protocol::{Millis, limits::IDLE_AFTER_MS, live::ClientFrame};

/// Tracks the last activity, and what the server was told about it.
#[derive(Clone, Copy, Debug)]
pub struct IdleTracker {
    acted: Millis,
    told: bool,
}

impl Default for IdleTracker {
    fn default() -> Self {
        Self { acted: Millis::MIN, told: true }
    }
}

impl IdleTracker {
    /// Starts a new connection. Until it is told otherwise, the server assumes that the user is active.
    pub const fn connected(&mut self) {
        self.told = true;
    }

    /// Records an activity. Returns whether the server must be told now.
    pub const fn acted(&mut self, now: Millis) -> bool {
        self.acted = now;
        !self.told
    }

    /// Returns the frame that tells the server about a change of activity, if there is one.
    pub fn frame(&mut self, now: Millis) -> Option<ClientFrame> {
        if self.acted == Millis::MIN {
            // A user who opens a page is active.
            self.acted = now;
        }
        let active = now.saturating_sub(self.acted) < IDLE_AFTER_MS;
        (std::mem::replace(&mut self.told, active) != active).then_some(ClientFrame::Activity { active })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn activity(active: bool) -> Option<ClientFrame> {
        Some(ClientFrame::Activity { active })
    }

    #[test]
    fn silence_is_told_once_and_its_end_at_once() {
        let mut attention = IdleTracker::default();
        assert_eq!(attention.frame(1_000), None);
        assert!(!attention.acted(2_000));
        assert_eq!(attention.frame(2_000 + IDLE_AFTER_MS - 1), None);
        assert_eq!(attention.frame(2_000 + IDLE_AFTER_MS), activity(false));
        assert_eq!(attention.frame(2_001 + IDLE_AFTER_MS), None);
        assert!(attention.acted(10_000_000));
        assert_eq!(attention.frame(10_000_000), activity(true));
        assert_eq!(attention.frame(10_000_001), None);
    }

    #[test]
    fn a_new_connection_of_an_idle_page_says_so() {
        let mut attention = IdleTracker::default();
        attention.acted(0);
        assert_eq!(attention.frame(IDLE_AFTER_MS), activity(false));
        attention.connected();
        assert_eq!(attention.frame(IDLE_AFTER_MS + 1), activity(false));
    }
}
