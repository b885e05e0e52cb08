//! The download of all that is kept about a person.

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{
        HeaderMap, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use domain::{
    Actor, Domain, Error,
    accounts::Export,
    rate_limit::{LimitedAction, RateLimitKey},
};
use futures::stream;
use protocol::ErrorKind;

use crate::refusal;

/// `GET /account/data.json`: written while it is read, so that it takes no more memory than a piece.
pub async fn download(State(domain): State<Domain>, actor: Option<Extension<Actor>>) -> Response {
    let Some(Extension(actor)) = actor else { return refusal::text(&ErrorKind::Unauthenticated.into()) };
    let allowed = domain.limit(LimitedAction::Export, [RateLimitKey::User(actor.user)]);
    let export = match allowed {
        Ok(()) => domain.accounts().export(&actor).await,
        Err(failure) => Err(failure),
    };
    match export {
        Ok(export) => (headers(), Body::from_stream(stream::try_unfold(export, next))).into_response(),
        Err(failure) => refusal::text(&failure.into_wire()),
    }
}

/// The next piece. When it can't be read, the connection is broken off, and the browser says that the file is not whole.
async fn next(mut export: Export) -> Result<Option<(String, Export)>, protocol::Error> {
    let piece = export.next().await.map_err(Error::into_wire)?;
    Ok(piece.map(|piece| (piece, export)))
}

fn headers() -> HeaderMap {
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"weconnect.json\"")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ])
}
