//! The browser's session, for server functions.

use axum::http::{header::USER_AGENT, request::Parts};
use domain::{
    accounts::PendingSignIn,
    sessions::{AGENT_KEY, HANDLE_KEY, PENDING_KEY, USER_KEY, new_handle},
};
use leptos::prelude::*;
use protocol::{ErrorKind, SessionHandle, UserId, limits::SECOND_FACTOR_WITHIN_MS};
use tower_sessions::{Expiry, Session, cookie::time::Duration};

use super::{ApiError, device::set_device_cookie};

/// Returns the browser's session.
///
/// # Errors
/// Returns [`ErrorKind::Unavailable`] if there is no request.
pub fn session() -> Result<Session, ApiError> {
    use_context().ok_or_else(|| protocol::Error::from(ErrorKind::Unavailable).into())
}

/// Returns the handle of the session that sent this request.
///
/// # Errors
/// Returns [`ErrorKind::Unauthenticated`] if nobody is signed in.
pub fn handle() -> Result<SessionHandle, ApiError> {
    use_context().ok_or_else(|| protocol::Error::from(ErrorKind::Unauthenticated).into())
}

/// Signs this browser in. The session gets a new id, so that an id that somebody planted before is worth nothing.
///
/// # Errors
/// Returns [`ErrorKind::Unavailable`] if sessions can't be stored.
pub async fn start_session(user: UserId) -> Result<(), ApiError> {
    set_device_cookie(user).await;
    let (session, agent) = (session()?, agent());
    session.cycle_id().await.map_err(lost)?;
    session.remove_value(PENDING_KEY).await.map_err(lost)?;
    session.insert(USER_KEY, user).await.map_err(lost)?;
    session.insert(HANDLE_KEY, new_handle()).await.map_err(lost)?;
    session.insert(AGENT_KEY, agent).await.map_err(lost)?;
    store(&session).await
}

/// Stores a session under its new id. The session layer would only do so after the response was made: a session that
/// can't be stored would then be an internal error, without advice to try again.
async fn store(session: &Session) -> Result<(), ApiError> {
    match session.save().await {
        Ok(()) => Ok(()),
        Err(error) => {
            // Otherwise the layer would try once more, and sign in a user who was told that it failed.
            session.clear().await;
            Err(lost(error))
        }
    }
}

/// Records that a user has entered the right password and must still enter a code. Signs out the user who was signed in
/// before, if any; nobody is signed in until the code is entered.
///
/// # Errors
/// Returns [`ErrorKind::Unavailable`] if sessions can't be stored.
pub async fn await_code(pending: PendingSignIn) -> Result<(), ApiError> {
    let session = session()?;
    session.cycle_id().await.map_err(lost)?;
    session.clear().await;
    session.set_expiry(Some(Expiry::OnInactivity(Duration::milliseconds(SECOND_FACTOR_WITHIN_MS))));
    session.insert(PENDING_KEY, pending).await.map_err(lost)?;
    store(&session).await
}

/// Returns the user who has entered the right password in this browser, but no code yet.
///
/// # Errors
/// Returns [`ErrorKind::Unavailable`] if sessions can't be read.
pub async fn pending() -> Result<Option<PendingSignIn>, ApiError> {
    session()?.get(PENDING_KEY).await.map_err(lost)
}

/// Gives the session a new id, as after a password change. It stays the same session.
///
/// # Errors
/// Returns [`ErrorKind::Unavailable`] if sessions can't be stored.
pub async fn renew_session() -> Result<(), ApiError> {
    let session = session()?;
    session.cycle_id().await.map_err(lost)?;
    store(&session).await
}

/// Signs this browser out and deletes the session.
///
/// # Errors
/// Returns [`ErrorKind::Unavailable`] if sessions can't be stored.
pub async fn end_session() -> Result<(), ApiError> {
    session()?.flush().await.map_err(lost)
}

fn lost(error: tower_sessions::session::Error) -> ApiError {
    domain::Error::Unavailable(error.to_string()).into()
}

/// Returns the browser's `User-Agent` header.
fn agent() -> String {
    let parts = use_context::<Parts>();
    let agent = parts.as_ref().and_then(|parts| parts.headers.get(USER_AGENT)?.to_str().ok());
    agent.unwrap_or_default().to_owned()
}
