//! The browser's session, as server functions use it.

use axum::http::{header::USER_AGENT, request::Parts};
use domain::{
    accounts::PendingSignIn,
    sessions::{AGENT_KEY, HANDLE_KEY, PENDING_KEY, USER_KEY, new_handle},
};
use leptos::prelude::*;
use protocol::{ErrorKind, SessionHandle, UserId, limits::SECOND_FACTOR_WITHIN_MS};
use tower_sessions::{Expiry, Session, cookie::time::Duration};

use super::{ApiError, rate_limit::set_device_cookie};

/// The browser's session.
///
/// # Errors
/// [`ErrorKind::Unavailable`] where there is no request.
pub fn session() -> Result<Session, ApiError> {
    use_context().ok_or_else(|| protocol::Error::from(ErrorKind::Unavailable).into())
}

/// The handle of the session from which this request comes.
///
/// # Errors
/// [`ErrorKind::Unauthenticated`] when nobody is signed in.
pub fn handle() -> Result<SessionHandle, ApiError> {
    use_context().ok_or_else(|| protocol::Error::from(ErrorKind::Unauthenticated).into())
}

/// Signs this browser in. The session gets a new id, so that one planted beforehand is worth nothing.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when sessions can't be stored.
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

/// Stores a session under its new id. Left to the session layer, which does so after the answer was made, a session that
/// can't be stored would be a fault of ours, without a word about trying again.
async fn store(session: &Session) -> Result<(), ApiError> {
    match session.save().await {
        Ok(()) => Ok(()),
        Err(error) => {
            // Else the layer would try once more, and sign somebody in who is told that it did not work.
            session.clear().await;
            Err(lost(error))
        }
    }
}

/// Remembers who has entered the right password and is still to enter a code. Nobody is signed in by that: who was, is
/// not any more.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when sessions can't be stored.
pub async fn await_code(pending: PendingSignIn) -> Result<(), ApiError> {
    let session = session()?;
    session.cycle_id().await.map_err(lost)?;
    session.clear().await;
    session.set_expiry(Some(Expiry::OnInactivity(Duration::milliseconds(SECOND_FACTOR_WITHIN_MS))));
    session.insert(PENDING_KEY, pending).await.map_err(lost)?;
    store(&session).await
}

/// Who has entered the right password here, and no code yet.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when sessions can't be read.
pub async fn pending() -> Result<Option<PendingSignIn>, ApiError> {
    session()?.get(PENDING_KEY).await.map_err(lost)
}

/// Gives the session a new id, as when the password changes. It stays the same session.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when sessions can't be stored.
pub async fn renew_session() -> Result<(), ApiError> {
    let session = session()?;
    session.cycle_id().await.map_err(lost)?;
    store(&session).await
}

/// Signs this browser out and forgets the session.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when sessions can't be stored.
pub async fn end_session() -> Result<(), ApiError> {
    session()?.flush().await.map_err(lost)
}

fn lost(error: tower_sessions::session::Error) -> ApiError {
    domain::Error::Unavailable(error.to_string()).into()
}

/// What the browser calls itself.
fn agent() -> String {
    let parts = use_context::<Parts>();
    let agent = parts.as_ref().and_then(|parts| parts.headers.get(USER_AGENT)?.to_str().ok());
    agent.unwrap_or_default().to_owned()
}
