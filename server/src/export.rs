//! The download of all data of a user.

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
use domain::{Actor, Domain, Error, accounts::Export};
use futures::stream;
use protocol::ErrorKind;

use crate::refusal;

/// Handles `GET /account/data.json`. The file is generated while it is sent, so that it needs memory for one piece
/// only.
pub async fn download(State(domain): State<Domain>, actor: Option<Extension<Actor>>) -> Response {
    let Some(Extension(actor)) = actor else { return refusal::text(&ErrorKind::Unauthenticated.into()) };
    match domain.accounts().export(&actor).await {
        Ok(export) => (headers(), Body::from_stream(stream::try_unfold(export, next))).into_response(),
        Err(failure) => refusal::text(&failure.into_wire()),
    }
}

/// Returns the next piece. If it cannot be read, the connection is aborted, and the browser reports that the file is
/// incomplete.
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
