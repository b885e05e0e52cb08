//! A clock that tests can move and stop.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use protocol::Millis;

/// The system's clock, moved by an offset that is zero outside tests.
#[derive(Clone, Debug)]
pub struct Clock {
    offset: Arc<AtomicI64>,
    created: Instant,
    /// The time since the creation at which a test stopped it.
    stopped: Arc<OnceLock<Duration>>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { offset: Arc::default(), created: Instant::now(), stopped: Arc::default() }
    }
}

impl Clock {
    /// Returns the milliseconds since 1970 UTC.
    pub fn now(&self) -> Millis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX).saturating_add(self.offset.load(Ordering::Relaxed))
    }

    /// Returns the time since the clock was created. Unlike the time of day, it is never set back.
    pub fn elapsed(&self) -> Duration {
        let offset = u64::try_from(self.offset.load(Ordering::Relaxed)).unwrap_or_default();
        let elapsed = self.stopped.get().copied().unwrap_or_else(|| self.created.elapsed());
        elapsed.saturating_add(Duration::from_millis(offset))
    }

    /// Moves the clock forward, so that a test need not wait for something to expire.
    pub fn advance(&self, by: Millis) {
        self.offset.fetch_add(by, Ordering::Relaxed);
    }

    /// Lets [`elapsed`](Self::elapsed) stand still from now on, so that a test can count without a hurry.
    pub fn stop(&self) {
        self.stopped.get_or_init(|| self.created.elapsed());
    }
}
