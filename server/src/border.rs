//! Checks of every request for bytes that none may contain, before anything parses it.
//!
//! No text of the application contains NUL, and PostgreSQL does not even accept it in a query. Addresses and forms are
//! UTF-8. Other malformed input is refused by the handler that parses it.

use app::words::server::ADDRESS_MALFORMED;
use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Actor;
use futures::StreamExt;
use percent_encoding::percent_decode;
use protocol::{Error, ErrorKind, Field};

use crate::refusal;

/// The largest body of a request without a signed-in user, in bytes. The longest message in a form takes twelve bytes
/// per character.
const MAX_BYTES: usize = 128 * 1024;
/// The largest form of a signed-in user, in bytes: a form with a text that is far too long gets an answer, with the
/// text in its field again.
const OWN_FORM_MAX_BYTES: usize = 1024 * 1024;
/// The most bytes that are read and discarded of a body that is too large, before it is answered: a browser that is
/// still sending does not read the answer, and would show a broken connection instead.
const HEARD_OUT: usize = 16 * 1024 * 1024;

/// Refuses an address that contains NUL or is not UTF-8.
pub async fn check_address(request: Request, next: Next) -> Response {
    let uri = request.uri();
    let is_fine = is_clean(uri.path().as_bytes()) && uri.query().is_none_or(|query| is_clean(query.as_bytes()));
    if is_fine {
        next.run(request).await
    } else {
        (StatusCode::BAD_REQUEST, format!("{ADDRESS_MALFORMED}\n")).into_response()
    }
}

/// Refuses a body that is too large, or contains NUL or invalid UTF-8 in one of its fields.
pub async fn check_body(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let is_signed_in = request.extensions().get::<Actor>().is_some();
    let (parts, body) = request.into_parts();
    let is_own_form = is_signed_in && is(&parts.headers, "application/x-www-form-urlencoded");
    let body = match read(body, if is_own_form { OWN_FORM_MAX_BYTES } else { MAX_BYTES }).await {
        Ok(body) => body,
        Err(error) => return refuse(&parts.headers, &error),
    };
    let is_fine = if is(&parts.headers, "application/json") { !has_nul_in_json(&body) } else { is_clean(&body) };
    if is_fine {
        next.run(Request::from_parts(parts, Body::from(body))).await
    } else {
        refuse(&parts.headers, &ErrorKind::Malformed.on(Field::Request))
    }
}

/// Reads a body of at most `max` bytes.
async fn read(body: Body, max: usize) -> Result<Bytes, Error> {
    let (mut kept, mut heard) = (Vec::new(), 0_usize);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        // The connection broke, or the chunked encoding is malformed.
        let chunk = chunk.map_err(|_| ErrorKind::Malformed.on(Field::Request))?;
        heard = heard.saturating_add(chunk.len());
        if heard > HEARD_OUT {
            break;
        }
        if heard <= max {
            kept.extend_from_slice(&chunk);
        }
    }
    let too_large = || ErrorKind::TooLarge { max: u32::try_from(max).unwrap_or(u32::MAX) }.on(Field::Request);
    if heard > max { Err(too_large()) } else { Ok(kept.into()) }
}

fn refuse(headers: &HeaderMap, error: &Error) -> Response {
    if refusal::accepts_html(headers) { refusal::text(error) } else { refusal::json(error) }
}

/// Returns whether a body has this content type.
fn is(headers: &HeaderMap, content: &str) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().is_some_and(|said| said.trim().eq_ignore_ascii_case(content))
}

/// Returns whether a text is UTF-8 without NUL after its `%` escapes are decoded. Any other `%` stands for itself, as in
/// forms.
fn is_clean(text: &[u8]) -> bool {
    percent_decode(text).decode_utf8().is_ok_and(|plain| !plain.contains('\0'))
}

/// Returns whether a text in JSON contains NUL: either directly, which JSON does not allow, or as an escape whose
/// backslash is not escaped itself.
fn has_nul_in_json(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some((first, after)) = rest.split_first() {
        rest = match (first, after) {
            (b'\\', [b'u', b'0', b'0', b'0', b'0', ..]) => return true,
            (b'\\', [_, after @ ..]) => after,
            (0, _) => return true,
            _ => after,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_forms() {
        for good in ["", "/u/ada", "a=%C3%BC&b=100%&c=%zz+%", "a=%2500", "%", "%0", "text=%F0%9F%A6%80"] {
            assert!(is_clean(good.as_bytes()), "{good}");
        }
        for bad in ["/u/a%00b", "a=1&%00=2", "a=\0", "a=%ff", "/%c3", "a=%C3%28"] {
            assert!(!is_clean(bad.as_bytes()), "{bad}");
        }
        assert!(!is_clean(b"a=\xff"));
    }

    #[test]
    fn json_texts() {
        for good in [r#"{"a":"\\u0000"}"#, r#"{"a":"\\\\u0000\n"}"#, r#"{"a":"u0000\u0001"}"#, "", "\\"] {
            assert!(!has_nul_in_json(good.as_bytes()), "{good}");
        }
        for bad in [r#"{"a":"\u0000"}"#, r#"{"\\\u0000":1}"#, r#"["x\\\u0000"]"#, "\"\0\""] {
            assert!(has_nul_in_json(bad.as_bytes()), "{bad}");
        }
    }
}
