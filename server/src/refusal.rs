//! Error responses outside of server functions: the status code tells the kind of error, and `Retry-After` when to
//! retry.

use app::words::{
    self,
    server::{TO_YOUR_CONVERSATIONS, YOU_WROTE},
};
use axum::{
    Json,
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT, CACHE_CONTROL, RETRY_AFTER},
    },
    response::{Html, IntoResponse, Response},
};
use html_escape::encode_quoted_attribute;
use protocol::{Error, ErrorKind};

/// Returns the error as JSON, for scripts.
pub fn json(error: &Error) -> Response {
    with_headers(error, Json(error))
}

/// Returns the error as text, for users.
pub fn text(error: &Error) -> Response {
    with_headers(error, format!("{}\n", words::error(error)))
}

/// Returns the error as a page without scripts, with the text that a user entered, so that it is not lost.
pub fn html(title: &str, error: &Error, written: &str) -> Response {
    let kept = if written.is_empty() {
        String::new()
    } else {
        format!("<p>{YOU_WROTE}</p><pre>{}</pre>", encode_quoted_attribute(written))
    };
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{}</title></head><body><main><h1>{title}</h1><p>{}</p>{kept}\
         <p><a href=\"/\">{TO_YOUR_CONVERSATIONS}</a></p></main></body></html>",
        encode_quoted_attribute(&words::page_title(title)),
        encode_quoted_attribute(&words::error(error))
    );
    with_headers(error, Html(page))
}

/// Returns whether the browser itself sent the request and will display the response.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Returns the error with this body.
fn with_headers(error: &Error, body: impl IntoResponse) -> Response {
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
