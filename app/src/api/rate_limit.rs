//! Rate limits of server functions.

use domain::rate_limit::{LimitedAction, RateLimitKey};
use leptos::prelude::*;
use protocol::UserId;

use super::{
    ApiError,
    context::{Client, domain, visitor},
    cookies::{cookie, set_cookie},
};

/// The cookie with the proof that a user signed in with this browser before.
const DEVICE: &str = "device";

/// In seconds. Browsers keep no cookie for longer (RFC 6265bis, section 5.5).
const DEVICE_LIFETIME: u32 = 400 * 24 * 60 * 60;

/// Counts an attempt, for the client's address and for the account that it concerns: the named one, or else the
/// signed-in user's. Must come first, before anything is looked up.
///
/// # Errors
/// Returns [`RateLimited`](protocol::ErrorKind::RateLimited) after too many attempts.
pub fn limit(deed: LimitedAction, name: Option<&str>) -> Result<(), ApiError> {
    let account = match name {
        Some(name) => Some(RateLimitKey::Name(name.to_owned())),
        None => visitor().map(|actor| RateLimitKey::User(actor.user)),
    };
    Ok(domain()?.limit(deed, address().into_iter().chain(account))?)
}

/// Returns the rate limit key of the client's address.
pub(super) fn address() -> Option<RateLimitKey> {
    use_context::<Client>().map(|Client(ip)| RateLimitKey::Address(ip))
}

/// Counts an attempt to sign in, like [`limit`]. A browser in which the user signed in before has attempts of its own,
/// which nobody else can use up.
///
/// # Errors
/// Returns [`RateLimited`](protocol::ErrorKind::RateLimited) after too many attempts, or
/// [`Unavailable`](protocol::ErrorKind::Unavailable) if the account can't be read.
pub async fn limit_sign_in(login: &str) -> Result<(), ApiError> {
    let domain = domain()?;
    domain.limit(LimitedAction::Password, address())?;
    let known = match cookie(DEVICE) {
        Some(proof) => domain.accounts().device_owner(login, &proof).await?,
        None => None,
    };
    let account = known.map_or_else(|| RateLimitKey::Name(login.to_owned()), RateLimitKey::User);
    Ok(domain.limit(LimitedAction::Password, [account])?)
}

/// Stores the proof that the user signed in with this browser. Without it, later attempts are only counted like those
/// of any other browser.
pub async fn set_device_cookie(user: UserId) {
    if let Ok(domain) = domain()
        && let Ok(proof) = domain.accounts().device_cookie(user).await
    {
        set_cookie(DEVICE, &proof, DEVICE_LIFETIME);
    }
}
