//! Whether somebody is in front of this page.

use protocol::{Millis, limits::IDLE_AFTER_MS, live::ClientFrame};

/// Knows when something last happened here, and what the server was told.
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
    /// A new connection. Until it is told otherwise the server takes it that somebody is here.
    pub const fn connected(&mut self) {
        self.told = true;
    }

    /// Something happened. Says whether the server is to hear of it now.
    pub const fn acted(&mut self, now: Millis) -> bool {
        self.acted = now;
        !self.told
    }

    /// What the server is to be told, if it is something new.
    pub fn frame(&mut self, now: Millis) -> Option<ClientFrame> {
        if self.acted == Millis::MIN {
            // Who opens a page is in front of it.
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
