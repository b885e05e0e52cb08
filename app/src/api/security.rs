//! Where one is signed in, and the second factor.

use leptos::prelude::*;
use protocol::{
    SessionHandle,
    account::{SecondFactor, SessionInfo},
};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    told::{self, Flash},
};
#[cfg(feature = "ssr")]
use domain::limits::LimitedAction;

/// The page that these functions lead back to.
#[cfg(feature = "ssr")]
const SECURITY: &str = "/settings/security";
#[cfg(feature = "ssr")]
const SECOND_FACTOR: &str = "/settings/second-factor";

/// Where this person is signed in.
///
/// # Errors
/// When nobody is signed in, or they can't be read now.
#[server(prefix = "/api", endpoint = "sessions", output = Json)]
pub async fn sessions() -> Result<Vec<SessionInfo>, ApiError> {
    Ok(context::domain()?.sessions().list(&context::actor()?, context::handle()?).await?)
}

/// Signs this person out somewhere. Returns where to go.
///
/// # Errors
/// [`NotFound`](protocol::ErrorKind::NotFound) when they are not signed in there.
#[server(prefix = "/api", endpoint = "end_session", output = Json)]
pub async fn end_session(
    /// Where.
    handle: SessionHandle,
) -> Result<String, ApiError> {
    if handle == context::handle()? {
        context::end_session().await?;
        return Ok(context::go("/sign-in".to_owned()));
    }
    context::domain()?.sessions().end(&context::actor()?, handle).await?;
    told::set_flash(Flash::SessionEnded);
    Ok(context::go(SECURITY.to_owned()))
}

/// Signs this person out everywhere else.
///
/// # Errors
/// When that can't be done now.
#[server(prefix = "/api", endpoint = "end_other_sessions", output = Json)]
pub async fn end_other_sessions() -> Result<String, ApiError> {
    context::domain()?.sessions().end_others(&context::actor()?, context::handle()?).await?;
    told::set_flash(Flash::OthersEnded);
    Ok(context::go(SECURITY.to_owned()))
}

/// How it stands with the second factor.
///
/// # Errors
/// When nobody is signed in, or it can't be read now.
#[server(name = GetSecondFactor, prefix = "/api", endpoint = "second_factor", output = Json)]
pub async fn second_factor() -> Result<SecondFactor, ApiError> {
    Ok(context::domain()?.accounts().second_factor(&context::actor()?).await?)
}

/// Makes a secret for the app.
///
/// # Errors
/// What is wrong with the password, or too many tries.
#[server(prefix = "/api", endpoint = "begin_second_factor", output = Json)]
pub async fn begin_second_factor(
    /// The password as it is.
    current_password: String,
) -> Result<String, ApiError> {
    context::limit(LimitedAction::Password, None)?;
    context::domain()?.accounts().begin_second_factor(&context::actor()?, &current_password).await?;
    Ok(context::go(SECOND_FACTOR.to_owned()))
}

/// Switches the second factor on. The next page shows the recovery codes, once.
///
/// # Errors
/// What is wrong with the code, or too many tries.
#[server(prefix = "/api", endpoint = "confirm_second_factor", output = Json)]
pub async fn confirm_second_factor(
    /// What the app shows.
    code: String,
) -> Result<String, ApiError> {
    context::limit(LimitedAction::Code, None)?;
    let codes = context::domain()?.accounts().confirm_second_factor(&context::actor()?, &code).await?;
    told::set_recovery_codes(&codes);
    Ok(context::go(SECOND_FACTOR.to_owned()))
}

/// Makes new recovery codes. The next page shows them, once.
///
/// # Errors
/// What is wrong with the password or the code, or too many tries.
#[server(prefix = "/api", endpoint = "renew_recovery_codes", output = Json)]
pub async fn renew_recovery_codes(
    /// The password as it is.
    current_password: String,
    /// What the app shows.
    code: String,
) -> Result<String, ApiError> {
    context::limit(LimitedAction::Password, None)?;
    context::limit(LimitedAction::Code, None)?;
    let (domain, actor) = (context::domain()?, context::actor()?);
    told::set_recovery_codes(&domain.accounts().renew_recovery_codes(&actor, &current_password, &code).await?);
    Ok(context::go(SECOND_FACTOR.to_owned()))
}

/// Switches the second factor off.
///
/// # Errors
/// What is wrong with the password or the code, or too many tries.
#[server(prefix = "/api", endpoint = "end_second_factor", output = Json)]
pub async fn end_second_factor(
    /// The password as it is.
    current_password: String,
    /// The code that the app shows, or a recovery code.
    #[server(default)]
    code: String,
) -> Result<String, ApiError> {
    context::limit(LimitedAction::Password, None)?;
    context::limit(LimitedAction::Code, None)?;
    context::domain()?.accounts().end_second_factor(&context::actor()?, &current_password, &code).await?;
    told::set_flash(Flash::SecondFactorOff);
    Ok(context::go(SECURITY.to_owned()))
}
