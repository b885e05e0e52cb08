//! Rate limits of server functions.

use domain::rate_limit::{LimitedAction, RateLimitKey};
use leptos::prelude::*;
use protocol::UserId;

use super::{
    ApiError,
    context::{Client, domain, visitor},
    cookies::{cookie, set_cookie},
};

/// The cookie with the proof that somebody signed in with this browser before.
const DEVICE: &str = "device";

/// In seconds; browsers keep none for longer (RFC 6265bis, section 5.5).
const DEVICE_LIFETIME: u32 = 400 * 24 * 60 * 60;

/// Counts a try: for where it comes from, and for the account that it concerns, which is the one named or else that of
/// whoever is signed in. Comes first, before anything is looked up.
///
/// # Errors
/// [`ErrorKind::RateLimited`].
pub fn limit(deed: LimitedAction, name: Option<&str>) -> Result<(), ApiError> {
    let account = match name {
        Some(name) => Some(RateLimitKey::Name(name.to_owned())),
        None => visitor().map(|actor| RateLimitKey::User(actor.user)),
    };
    Ok(domain()?.limit(deed, address().into_iter().chain(account))?)
}

/// Where this request comes from, to count it.
pub(super) fn address() -> Option<RateLimitKey> {
    use_context::<Client>().map(|Client(ip)| RateLimitKey::Address(ip))
}

/// As [`limit`], for signing in. A browser in which this person signed in before has tries that nobody else can use up.
///
/// # Errors
/// [`ErrorKind::RateLimited`]; [`ErrorKind::Unavailable`] when the account can't be read.
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

/// Has the browser keep the proof that this person signed in with it. Without one they are only counted as anybody.
pub async fn set_device_cookie(user: UserId) {
    if let Ok(domain) = domain()
        && let Ok(proof) = domain.accounts().device_cookie(user).await
    {
        set_cookie(DEVICE, &proof, DEVICE_LIFETIME);
    }
}
