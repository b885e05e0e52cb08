//! The browsers in which somebody is signed in.

use leptos::prelude::*;
use protocol::user::SessionInfo;

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    flash::{self, Flash},
    session,
};

/// Where this person is signed in.
///
/// # Errors
/// When nobody is signed in, or they can't be read now.
#[server(prefix = "/api", endpoint = "sessions", output = Json)]
pub async fn sessions() -> Result<Vec<SessionInfo>, ApiError> {
    Ok(context::domain()?.sessions().list(&context::actor()?, session::handle()?).await?)
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
    if handle == session::handle()? {
        session::end_session().await?;
        return Ok(context::go("/sign-in".to_owned()));
    }
    context::domain()?.sessions().end(&context::actor()?, handle).await?;
    flash::set_flash(Flash::SessionEnded);
    Ok(context::go(SECURITY.to_owned()))
}

/// Signs this person out everywhere else.
///
/// # Errors
/// When that can't be done now.
#[server(prefix = "/api", endpoint = "end_other_sessions", output = Json)]
pub async fn end_other_sessions() -> Result<String, ApiError> {
    context::domain()?.sessions().end_others(&context::actor()?, session::handle()?).await?;
    flash::set_flash(Flash::OthersEnded);
    Ok(context::go(SECURITY.to_owned()))
}
