//! The cookie with the proof that a user signed in with this browser before.

use protocol::UserId;

use super::{
    context::domain,
    cookies::{cookie, set_cookie},
};

const DEVICE: &str = "device";

/// In seconds. Browsers keep no cookie for longer (RFC 6265bis, section 5.5).
const DEVICE_LIFETIME: u32 = 400 * 24 * 60 * 60;

/// Returns the proof, if the browser sent one.
pub(super) fn device_cookie() -> Option<String> {
    cookie(DEVICE)
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
