//! The time limits of sockets.

use std::time::Duration;

use domain::config::PresenceTiming;
use protocol::limits::PRESENCE_STALE_MAX_MS;

/// The time limits of sockets.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The interval of the server's pings.
    pub ping: Duration,
    /// The time after which a silent client is given up.
    pub silence: Duration,
    /// The longest that a write may take: then the client is not reading, and the socket ends. If the client was silent
    /// as well, a write may only take the rest of `silence`.
    pub write: Duration,
}

impl Timing {
    /// The time limits outside of tests. A client that is alive does not miss two pings; one that vanished is given up
    /// before its user looks online for too long.
    pub const DEFAULT: Self =
        Self { ping: Duration::from_secs(12), silence: Duration::from_secs(24), write: Duration::from_secs(15) };
    /// The least time for a write, however long the client was silent.
    pub(super) const WRITE_MIN: Duration = Duration::from_secs(1);
}

impl Default for Timing {
    fn default() -> Self {
        Self::DEFAULT
    }
}

// A dead peer is noticed with the first ping after `silence`, or in a write that began just before; then its user stays
// present for the grace period, and then the subscribers are told.
const _: () = assert!(
    Timing::DEFAULT.silence.as_millis()
        + Timing::DEFAULT.ping.as_millis()
        + Timing::WRITE_MIN.as_millis()
        + PresenceTiming::DEFAULT.grace.as_millis()
        + PresenceTiming::TOLD_WITHIN.as_millis()
        <= Duration::from_millis(PRESENCE_STALE_MAX_MS).as_millis()
);
