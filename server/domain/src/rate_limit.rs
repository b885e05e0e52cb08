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

use crate::{Actor, Client, Clock, Domain, Result, email::email_key};

/// The burst size, and the milliseconds after which one more is allowed.
type Rate = (u32, u64);

/// Declares the actions with their rates for one account, and for one address, which a household or an office may share.
/// Actions that only signed-in users do have none for an address: many users may be behind one.
macro_rules! limited_actions {
    ($($(#[$doc:meta])* $name:ident: $account:expr, $address:expr;)+) => {
        /// An action that is rate-limited.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum LimitedAction {
            $($(#[$doc])* $name,)+
        }

        const ALL: &[LimitedAction] = &[$(LimitedAction::$name),+];

        impl LimitedAction {
            const fn by_account(self) -> Rate {
                match self {
                    $(Self::$name => $account,)+
                }
            }

            const fn by_address(self) -> Option<Rate> {
                match self {
                    $(Self::$name => $address,)+
                }
            }
        }
    };
}

limited_actions! {
    /// Signs in, or does anything else that checks a password.
    Password: (10, 60_000), Some((60, 5_000));
    /// Enters the code of a second factor. There are a million codes, and three of them are valid at a time: at this rate
    /// a guess takes half a year on average.
    Code: (5, 90_000), Some((60, 5_000));
    /// Signs up.
    SignUp: (5, 600_000), Some((20, 60_000));
    /// Requests a mail: to reset a password or to confirm an address.
    Mail: (5, 600_000), Some((20, 60_000));
    /// Follows a link from a mail.
    Link: (60, 1_000), Some((60, 5_000));
    /// Checks whether a username is free, or searches for users.
    Search: (60, 1_000), Some((300, 1_000));
    /// Starts a conversation or opens a room.
    Start: (60, 20_000), Some((120, 5_000));
    /// Sends a friend request.
    Befriend: (60, 60_000), Some((120, 5_000));
    /// Uploads a picture or changes a name: everybody who sees it is told.
    Upload: (20, 30_000), Some((60, 10_000));
    /// Sets the status, the availability, or what others may see and do.
    Set: (60, 2_000), None;
    /// Exports all data of the account.
    Export: (5, 600_000), Some((60, 10_000));
    /// Stores a long text from a plain form that was refused.
    Keep: (20, 30_000), Some((60, 10_000));
    /// Opens a socket: thirty pages that reconnect, several times each. This and the following limits are far above what
    /// one user does on all pages together: they are for programs that send requests endlessly.
    Connect: (120, 500), None;
    /// Sends a message. The queue of a client that was offline for a long time is sent at once.
    Send: (600, 100), None;
    /// Moves a read position.
    Seen: (600, 100), None;
    /// Requests the rows of the sidebar: the most expensive request of a socket.
    Sync: (120, 500), None;
    /// Requests the changes of a conversation.
    Changes: (240, 250), None;
    /// Subscribes to the presence of users.
    SubscribePresence: (240, 250), None;
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
pub(crate) struct RateLimits {
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
        let limiter = |rate| RateLimiter::dashmap_with_clock(quota(rate), clock.clone());
        Self {
            by_address: ALL.iter().filter_map(|it| Some((*it, limiter(it.by_address()?)))).collect(),
            by_account: ALL.iter().map(|it| (*it, limiter(it.by_account()))).collect(),
            clock: clock.clone(),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts an attempt.
    ///
    /// # Errors
    /// Returns [`ErrorKind::RateLimited`] if there were too many, with the seconds until the next one is allowed.
    fn check(&self, action: LimitedAction, key: RateLimitKey) -> Result<()> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.sweep();
        }
        let key = key.folded();
        let limiters = if key.is_address() { &self.by_address } else { &self.by_account };
        let Some(limiter) = limiters.get(&action) else { return Ok(()) };
        limiter.check_key(&key).map_err(|until| {
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

fn quota((burst, millis): Rate) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    // `None` only for a period of zero.
    let every = Quota::with_period(Duration::from_millis(millis.max(1)));
    every.unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN)).allow_burst(burst)
}

impl governor::clock::Clock for Clock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.elapsed())
    }
}

impl Domain {
    /// Counts an action of a signed-in user, for the user and for the address of the request. Every service calls this
    /// first, before anything is looked up.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`] if there were too many for one of them.
    pub fn limit(&self, actor: &Actor, action: LimitedAction) -> Result<()> {
        self.limit_of(actor.client, action, Some(RateLimitKey::User(actor.user)))
    }

    /// Counts an action of somebody who is not signed in, for the account that they name and for their address.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`] if there were too many for one of them.
    pub(crate) fn limit_name(&self, client: Client, action: LimitedAction, name: &str) -> Result<()> {
        self.limit_of(client, action, Some(RateLimitKey::Name(name.to_owned())))
    }

    /// Counts an action for an address and an account, where they are known.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`] if there were too many for one of them.
    pub(crate) fn limit_of(&self, client: Client, action: LimitedAction, account: Option<RateLimitKey>) -> Result<()> {
        let Some(limits) = &self.0.limits else { return Ok(()) };
        let address = client.address.map(RateLimitKey::Address);
        address.into_iter().chain(account).try_for_each(|key| limits.check(action, key))
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
        assert_eq!(wait(limits.check(LimitedAction::Code, name("ada"))), None, "nor other actions");
        clock.advance(60_000);
        assert_eq!(wait(limits.check(LimitedAction::Password, name("ada"))), None);
        assert!(wait(limits.check(LimitedAction::Password, name("ada"))).is_some());
    }

    #[test]
    fn a_queue_of_hundreds_goes_out_at_once_and_thousands_at_a_pace() {
        let clock = Clock::default();
        let limits = RateLimits::new(&clock);
        let user = |n| RateLimitKey::User(UserId::from_parts(n, &[0; 10]));
        for _ in 0..600 {
            assert_eq!(wait(limits.check(LimitedAction::Send, user(1))), None);
        }
        assert_eq!(wait(limits.check(LimitedAction::Send, user(1))), Some(1));
        assert_eq!(wait(limits.check(LimitedAction::Send, user(2))), None, "others are not concerned");
        clock.advance(1_000);
        let sent = (0..100).filter(|_| wait(limits.check(LimitedAction::Send, user(1))).is_none()).count();
        assert!((9..=11).contains(&sent), "{sent}");
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
