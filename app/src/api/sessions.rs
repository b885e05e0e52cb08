//! The sessions of a user: the browsers in which they are signed in.

use leptos::prelude::*;
use protocol::{SessionHandle, user::SessionInfo};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    flash::{self, Flash},
    second_factor::SECURITY,
    session,
};

/// Returns the user's sessions.
///
/// # Errors
/// Returns an error if nobody is signed in, or if they can't be read now.
#[server(prefix = "/api", endpoint = "sessions", output = Json)]
pub async fn sessions() -> Result<Vec<SessionInfo>, ApiError> {
    Ok(context::domain()?.sessions().list(&context::actor()?, session::handle()?).await?)
}

/// Ends one of the user's sessions. Returns the path to go to.
///
/// # Errors
/// Returns [`NotFound`](protocol::ErrorKind::NotFound) if the user has no such session.
#[server(prefix = "/api", endpoint = "end_session", output = Json)]
pub async fn end_session(
    /// The session's handle.
    handle: SessionHandle,
) -> Result<String, ApiError> {
    if handle == session::handle()? {
        session::end_session().await?;
        return Ok(context::go("/sign-in".to_owned()));
    }
    context::domain()?.sessions().end(&context::actor()?, handle).await?;
    flash::set_flash(Flash::SessionEnded);
    Ok(context::go(SECURITY.to_owned()))
}

/// Ends all other sessions of the user. Returns the path to go to.
///
/// # Errors
/// Returns an error if that can't be done now.
#[server(prefix = "/api", endpoint = "end_other_sessions", output = Json)]
pub async fn end_other_sessions() -> Result<String, ApiError> {
    context::domain()?.sessions().end_others(&context::actor()?, session::handle()?).await?;
    flash::set_flash(Flash::OthersEnded);
    Ok(context::go(SECURITY.to_owned()))
}
