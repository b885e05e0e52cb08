//! Rate limits: by the address that a request comes from, and by the account that it concerns.
//!
//! By address, so that one machine cannot try many accounts; by account, so that many machines cannot try one. An
//! account is counted by the name in the request, whether it exists or not, so that a limit reveals nothing about that.
//! A browser in which the account's owner signed in before has its own limit, see
//! [`device_owner`](crate::accounts::Accounts::device_owner).
//!
//! Each node counts for itself, in memory: `n` nodes allow `n` times as much. Guarantees, such as that a link works
//! only once, do not depend on these limits.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, nanos::Nanos, state::keyed::DashMapStateStore};
use protocol::{ErrorKind, UserId};

use crate::{Clock, Domain, Result, email::email_key};

/// An action that is rate-limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitedAction {
    /// Signs in, or does anything else that checks a password.
    Password,
    /// Enters the code of a second factor.
    Code,
    /// Signs up.
    SignUp,
    /// Requests a mail: to reset a password or to confirm an address.
    Mail,
    /// Follows a link from a mail.
    Link,
    /// Checks whether a username is free, or searches for users.
    Search,
    /// Starts a conversation or opens a room.
    Start,
    /// Sends a friend request.
    Befriend,
    /// Uploads a picture or changes a name: everybody who sees it is told.
    Upload,
    /// Exports all data of the account.
    Export,
    /// Stores a long text from a plain form that was refused.
    Keep,
}

const ALL: [LimitedAction; 11] = [
    LimitedAction::Password,
    LimitedAction::Code,
    LimitedAction::SignUp,
    LimitedAction::Mail,
    LimitedAction::Link,
    LimitedAction::Search,
    LimitedAction::Start,
    LimitedAction::Befriend,
    LimitedAction::Upload,
    LimitedAction::Export,
    LimitedAction::Keep,
];

/// The burst size, and the seconds after which one more is allowed.
type Rate = (u32, u64);

impl LimitedAction {
    /// Returns the rate for one address, which a household or an office may share.
    const fn by_address(self) -> Rate {
        match self {
            Self::Password | Self::Code | Self::Link => (60, 5),
            Self::SignUp | Self::Mail => (20, 60),
            Self::Search => (300, 1),
            Self::Start | Self::Befriend => (120, 5),
            Self::Upload | Self::Export | Self::Keep => (60, 10),
        }
    }

    /// Returns the rate for one account.
    const fn by_account(self) -> Rate {
        match self {
            Self::Password => (10, 60),
            // There are a million codes, and three of them are valid at a time: at this rate a guess takes half a year
            // on average.
            Self::Code => (5, 90),
            Self::SignUp | Self::Mail => (5, 600),
            Self::Link | Self::Search => (60, 1),
            Self::Start => (60, 20),
            Self::Befriend => (60, 60),
            Self::Upload | Self::Keep => (20, 30),
            Self::Export => (5, 600),
        }
    }
}

/// The subject of a counter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RateLimitKey {
    /// The address that a request comes from.
    Address(IpAddr),
    /// An account, as named by somebody who is not signed in.
    Name(String),
    /// A signed-in user.
    User(UserId),
}

/// Returns the address or network that counts as one: a household has a whole network of IPv6 addresses (RFC 6177).
pub const fn household(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

impl RateLimitKey {
    /// Returns the form of the key that is counted: a login has many spellings.
    fn folded(self) -> Self {
        match self {
            Self::Address(ip) => Self::Address(household(ip)),
            // Names longer than any login are cut, but still counted.
            Self::Name(name) => Self::Name(email_key(&name.chars().take(256).collect::<String>())),
            user @ Self::User(_) => user,
        }
    }

    const fn is_address(&self) -> bool {
        matches!(self, Self::Address(_))
    }
}

type Limiter = RateLimiter<RateLimitKey, DashMapStateStore<RateLimitKey>, Clock, NoOpMiddleware<Nanos>>;

/// The counters of all limits.
#[derive(Debug)]
pub struct RateLimits {
    by_address: HashMap<LimitedAction, Limiter>,
    by_account: HashMap<LimitedAction, Limiter>,
    clock: Clock,
    checks: AtomicU32,
}

/// The number of checks after which counters that are back at zero are forgotten.
const SWEEP_EVERY: u32 = 10_000;

impl RateLimits {
    /// Creates counters at zero.
    pub(crate) fn new(clock: &Clock) -> Self {
        let limiters = |rate: fn(LimitedAction) -> Rate| {
            ALL.into_iter()
                .map(|deed| (deed, RateLimiter::dashmap_with_clock(quota(rate(deed)), clock.clone())))
                .collect()
        };
        Self {
            by_address: limiters(LimitedAction::by_address),
            by_account: limiters(LimitedAction::by_account),
            clock: clock.clone(),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts an attempt.
    ///
    /// # Errors
    /// Returns [`ErrorKind::RateLimited`] if there were too many, with the seconds until the next one is allowed.
    fn check(&self, deed: LimitedAction, subject: RateLimitKey) -> Result<()> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.sweep();
        }
        let subject = subject.folded();
        let limiters = if subject.is_address() { &self.by_address } else { &self.by_account };
        let Some(limiter) = limiters.get(&deed) else { return Ok(()) };
        limiter.check_key(&subject).map_err(|until| {
            let wait = until.wait_time_from(governor::clock::Clock::now(&self.clock));
            let retry_after = u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1);
            ErrorKind::RateLimited { retry_after }.into()
        })
    }

    fn sweep(&self) {
        for limiter in self.by_address.values().chain(self.by_account.values()) {
            limiter.retain_recent();
        }
    }
}

fn quota((burst, seconds): Rate) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    // `None` only for a period of zero.
    let every = Quota::with_period(Duration::from_secs(seconds.max(1)));
    every.unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN)).allow_burst(burst)
}

impl governor::clock::Clock for Clock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(Duration::from_millis(u64::try_from(Clock::now(self)).unwrap_or(0)))
    }
}

impl Domain {
    /// Counts an attempt for each of these subjects. Call this before anything is looked up.
    ///
    /// # Errors
    /// Returns [`ErrorKind::RateLimited`] if there were too many for one of them.
    pub fn limit(&self, deed: LimitedAction, subjects: impl IntoIterator<Item = RateLimitKey>) -> Result<()> {
        match &self.0.limits {
            Some(limits) => subjects.into_iter().try_for_each(|subject| limits.check(deed, subject)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
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
    fn a_burst_and_then_one_at_a_time() {
        let clock = Clock::default();
        let limits = RateLimits::new(&clock);
        let name = |name: &str| RateLimitKey::Name(name.into());
        for _ in 0..10 {
            assert_eq!(wait(limits.check(LimitedAction::Password, name("ada"))), None);
        }
        let first = wait(limits.check(LimitedAction::Password, name(" ADA "))).unwrap();
        assert!((58..=60).contains(&first), "{first}");
        assert_eq!(wait(limits.check(LimitedAction::Password, name("ben"))), None, "others are not concerned");
        assert_eq!(wait(limits.check(LimitedAction::Code, name("ada"))), None, "nor other deeds");
        clock.advance(60_000);
        assert_eq!(wait(limits.check(LimitedAction::Password, name("ada"))), None);
        assert!(wait(limits.check(LimitedAction::Password, name("ada"))).is_some());
    }

    #[test]
    fn a_household_is_one_address() {
        let limits = RateLimits::new(&Clock::default());
        let check = |ip: &str| wait(limits.check(LimitedAction::SignUp, RateLimitKey::Address(ip.parse().unwrap())));
        for n in 0..20 {
            assert_eq!(check(&format!("2001:db8:1:2::{n:x}")), None);
        }
        assert!(check("2001:db8:1:2:ffff::1").is_some());
        assert_eq!(check("2001:db8:1:3::1"), None);
        for _ in 0..20 {
            assert_eq!(check("::ffff:192.0.2.1"), None);
        }
        assert!(check("192.0.2.1").is_some(), "the same address, written in two ways");
        assert_eq!(check("192.0.2.2"), None);
    }

    #[test]
    fn what_is_full_again_is_forgotten() {
        let clock = Clock::default();
        let limits = RateLimits::new(&clock);
        for n in 0..100 {
            limits.check(LimitedAction::Search, RateLimitKey::Name(n.to_string())).unwrap();
        }
        let kept = || limits.by_account.values().map(|limiter| limiter.len()).sum::<usize>();
        assert_eq!(kept(), 100);
        clock.advance(120_000);
        limits.sweep();
        assert_eq!(kept(), 0);
    }
}
