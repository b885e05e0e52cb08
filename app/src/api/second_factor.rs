//! The second factor.

use leptos::prelude::*;
use protocol::second_factor::SecondFactor;

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    flash::{self, Flash},
};

/// The page to which these functions redirect.
#[cfg(feature = "ssr")]
pub(super) const SECURITY: &str = "/settings/security";
#[cfg(feature = "ssr")]
const SECOND_FACTOR: &str = "/settings/second-factor";

/// Returns the state of the second factor.
///
/// # Errors
/// Returns an error if nobody is signed in, or if it can't be read now.
#[server(name = GetSecondFactor, prefix = "/api", endpoint = "second_factor", output = Json)]
pub async fn second_factor() -> Result<SecondFactor, ApiError> {
    Ok(context::domain()?.accounts().second_factor(&context::actor()?).await?)
}

/// Generates a secret for the app.
///
/// # Errors
/// Returns an error if the password is wrong, or after too many attempts.
#[server(prefix = "/api", endpoint = "begin_second_factor", output = Json)]
pub async fn begin_second_factor(
    /// The current password.
    current_password: String,
) -> Result<String, ApiError> {
    context::domain()?.accounts().begin_second_factor(&context::actor()?, &current_password).await?;
    Ok(context::go(SECOND_FACTOR.to_owned()))
}

/// Switches the second factor on. The next page shows the recovery codes, once.
///
/// # Errors
/// Returns an error if the code is wrong, or after too many attempts.
#[server(prefix = "/api", endpoint = "confirm_second_factor", output = Json)]
pub async fn confirm_second_factor(
    /// The code that the app shows.
    code: String,
) -> Result<String, ApiError> {
    let codes = context::domain()?.accounts().confirm_second_factor(&context::actor()?, &code).await?;
    flash::set_recovery_codes(&codes);
    Ok(context::go(SECOND_FACTOR.to_owned()))
}

/// Generates new recovery codes. The next page shows them, once.
///
/// # Errors
/// Returns an error if the password or the code is wrong, or after too many attempts.
#[server(prefix = "/api", endpoint = "renew_recovery_codes", output = Json)]
pub async fn renew_recovery_codes(
    /// The current password.
    current_password: String,
    /// The code that the app shows.
    code: String,
) -> Result<String, ApiError> {
    let (domain, actor) = (context::domain()?, context::actor()?);
    flash::set_recovery_codes(&domain.accounts().renew_recovery_codes(&actor, &current_password, &code).await?);
    Ok(context::go(SECOND_FACTOR.to_owned()))
}

/// Switches the second factor off.
///
/// # Errors
/// Returns an error if the password or the code is wrong, or after too many attempts.
#[server(prefix = "/api", endpoint = "end_second_factor", output = Json)]
pub async fn end_second_factor(
    /// The current password.
    current_password: String,
    /// The code that the app shows, or a recovery code.
    #[server(default)]
    code: String,
) -> Result<String, ApiError> {
    context::domain()?.accounts().end_second_factor(&context::actor()?, &current_password, &code).await?;
    flash::set_flash(Flash::SecondFactorOff);
    Ok(context::go(SECURITY.to_owned()))
}
