//! How long a socket waits for what.

use std::time::Duration;

use domain::config::PresenceTiming;
use protocol::limits::PRESENCE_STALE_MAX_MS;

/// How long a socket waits for what.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The server pings this often.
    pub ping: Duration,
    /// A client of which nothing came for so long is given up.
    pub silence: Duration,
    /// A write that takes longer ends the socket: the client does not read. If nothing came for a while either, so
    /// much of the silence as is left.
    pub write: Duration,
}

impl Timing {
    /// What operators get. A client that is there misses no two pings; one that is gone without a word is given up
    /// before anybody sees a ghost.
    pub const DEFAULT: Self =
        Self { ping: Duration::from_secs(12), silence: Duration::from_secs(24), write: Duration::from_secs(15) };
    /// What a write gets at least, however long nothing came.
    pub(super) const WRITE_MIN: Duration = Duration::from_secs(1);
}

impl Default for Timing {
    fn default() -> Self {
        Self::DEFAULT
    }
}

// A peer that died is noticed with the first ping after the silence, or in a write that began just before; its person
// may then come back for a while, and others are told.
const _: () = assert!(
    Timing::DEFAULT.silence.as_millis()
        + Timing::DEFAULT.ping.as_millis()
        + Timing::WRITE_MIN.as_millis()
        + PresenceTiming::DEFAULT.grace.as_millis()
        + PresenceTiming::TOLD_WITHIN.as_millis()
        <= Duration::from_millis(PRESENCE_STALE_MAX_MS).as_millis()
);
