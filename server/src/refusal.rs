//! Error responses outside of server functions: the status code tells the kind of error, and `Retry-After` when to
//! retry.

use app::words;
use axum::{
    Json,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use protocol::{Error, ErrorKind};

/// Returns the error as JSON, for scripts.
pub fn json(error: &Error) -> Response {
    with_headers(error, Json(error))
}

/// Returns the error as text, for users.
pub fn text(error: &Error) -> Response {
    with_headers(error, format!("{}\n", words::error(error)))
}

/// Returns the error with this body.
pub fn with_headers(error: &Error, body: impl IntoResponse) -> Response {
    let status = StatusCode::from_u16(error.kind.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = (status, [(CACHE_CONTROL, "no-store")], body).into_response();
    if let ErrorKind::RateLimited { retry_after } = error.kind {
        // RFC 6585, section 4.
        answer.headers_mut().insert(RETRY_AFTER, retry_after.into());
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_tried_too_often_is_told_when_to_come_back() {
        for answer in [json, text] {
            let answer = answer(&ErrorKind::RateLimited { retry_after: 7 }.into());
            assert_eq!((answer.status().as_u16(), &answer.headers()[RETRY_AFTER]), (429, &"7".parse().unwrap()));
            assert!(!text(&ErrorKind::NotFound.into()).headers().contains_key(RETRY_AFTER));
        }
    }
}
