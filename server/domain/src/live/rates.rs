//! Rate limits for requests over live sockets.
//!
//! The limits are far above what one user does on all pages together: they are for programs that send requests
//! endlessly. As in [`rate_limit`](crate::rate_limit), each node counts for itself. All sockets of a user count
//! together.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock},
    middleware::NoOpMiddleware,
    state::keyed::DashMapStateStore,
};
use protocol::{ErrorKind, UserId};

use crate::{Actor, Domain, Result};

/// A kind of request that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// Opens a socket.
    Connect,
    /// Sends a message, over a socket or by a form.
    Send,
    /// Moves a read position.
    Seen,
    /// Requests the rows of the sidebar: the most expensive request.
    Sync,
    /// Requests the changes of a conversation.
    Changes,
    /// Subscribes to the presence of users.
    SubscribePresence,
}

const ALL: [Ask; 6] = [Ask::Connect, Ask::Send, Ask::Seen, Ask::Sync, Ask::Changes, Ask::SubscribePresence];

impl Ask {
    /// Returns the burst size, and the milliseconds after which one more request is allowed.
    const fn rate(self) -> (u32, u64) {
        match self {
            // Thirty pages that reconnect, several times each.
            Self::Connect => (120, 500),
            // The queue of a client that was offline for a long time is sent at once.
            Self::Send | Self::Seen => (600, 100),
            Self::Sync => (120, 500),
            Self::Changes | Self::SubscribePresence => (240, 250),
        }
    }

    fn quota(self) -> Quota {
        let (burst, millis) = self.rate();
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        // `None` only for a period of zero.
        let every = Quota::with_period(Duration::from_millis(millis.max(1)));
        every.unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN)).allow_burst(burst)
    }
}

/// The number of checks after which users who sent nothing for a while are forgotten.
const SWEEP_EVERY: u32 = 10_000;

type Limiter<C> = RateLimiter<UserId, DashMapStateStore<UserId>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The counters. They use a monotonic clock: the time of day may be set back.
#[derive(Debug)]
pub(crate) struct Rates<C: Clock = MonotonicClock> {
    limiters: HashMap<Ask, Limiter<C>>,
    clock: C,
    checks: AtomicU32,
}

impl<C: Clock + Clone> Rates<C> {
    /// Creates counters at zero.
    pub fn new(clock: C) -> Self {
        let limiter = |ask: Ask| (ask, RateLimiter::dashmap_with_clock(ask.quota(), clock.clone()));
        Self { limiters: ALL.into_iter().map(limiter).collect(), clock, checks: AtomicU32::new(0) }
    }

    fn check(&self, ask: Ask, user: UserId) -> Result<()> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiters.values().for_each(|limiter| limiter.retain_recent());
        }
        let Some(limiter) = self.limiters.get(&ask) else { return Ok(()) };
        limiter.check_key(&user).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            let retry_after = u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1);
            ErrorKind::RateLimited { retry_after }.into()
        })
    }
}

impl Domain {
    /// Counts a request. Call this before anything is looked up.
    ///
    /// # Errors
    /// Returns [`ErrorKind::RateLimited`] if there were too many, with the seconds until the next one is allowed.
    pub fn may_ask(&self, actor: &Actor, ask: Ask) -> Result<()> {
        self.0.rates.as_ref().map_or(Ok(()), |rates| rates.check(ask, actor.user))
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;
    use crate::Error;

    fn wait(result: Result<()>) -> Option<u32> {
        match result {
            Ok(()) => None,
            Err(Error::Refused(error)) => match error.kind {
                ErrorKind::RateLimited { retry_after } => Some(retry_after),
                other => panic!("{other:?}"),
            },
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_queue_of_hundreds_goes_out_at_once_and_thousands_at_a_pace() {
        let clock = FakeRelativeClock::default();
        let rates = Rates::new(clock.clone());
        let (ada, ben) = (UserId::from_parts(1, &[1; 10]), UserId::from_parts(2, &[2; 10]));
        for _ in 0..600 {
            assert_eq!(wait(rates.check(Ask::Send, ada)), None);
        }
        assert_eq!(wait(rates.check(Ask::Send, ada)), Some(1));
        assert_eq!(wait(rates.check(Ask::Send, ben)), None, "others are not concerned");
        assert_eq!(wait(rates.check(Ask::Sync, ada)), None, "nor other questions");
        clock.advance(Duration::from_secs(1));
        let sent = (0..100).filter(|_| wait(rates.check(Ask::Send, ada)).is_none()).count();
        assert_eq!(sent, 10);
    }

    #[test]
    fn who_asks_no_more_is_forgotten() {
        let clock = FakeRelativeClock::default();
        let rates = Rates::new(clock.clone());
        for n in 0..100 {
            rates.check(Ask::Sync, UserId::from_parts(n, &[0; 10])).unwrap();
        }
        let kept = || rates.limiters.values().map(|limiter| limiter.len()).sum::<usize>();
        assert_eq!(kept(), 100);
        clock.advance(Duration::from_secs(600));
        for _ in 0..SWEEP_EVERY {
            let _ = rates.check(Ask::SubscribePresence, UserId::from_parts(1, &[1; 10]));
        }
        assert_eq!(kept(), 1);
    }
}
