//! Panics: the hook that logs them, and the response to a request that panicked.

use std::{
    any::Any,
    backtrace::{Backtrace, BacktraceStatus},
    panic::PanicHookInfo,
};

use app::words::server::SOMETHING_WENT_WRONG;
use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use protocol::ErrorKind;
use tower_http::{catch_panic::CatchPanicLayer, request_id::RequestId};

use super::requests;
use crate::refusal;

/// The number of characters of a request's id that users are shown. The end of a UUIDv7 is random.
const SHOWN: usize = 8;

/// Logs each panic, instead of printing it. A panic within a request or a socket is logged in its span, and so with its
/// id.
pub fn install_hook() {
    std::panic::set_hook(Box::new(log));
}

pub(super) fn log(panic: &PanicHookInfo<'_>) {
    let cause = panic.payload_as_str().map_or("", without_quotation);
    let at = panic.location().map(tracing::field::display);
    let backtrace = Backtrace::capture();
    // With RUST_BACKTRACE=1.
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| tracing::field::display(backtrace));
    tracing::error!(cause, at, backtrace, "panicked");
}

/// Removes the text that a panic of the standard library quotes when a text is cut within a character: it may be a
/// message or a password.
fn without_quotation(message: &str) -> &str {
    let is_cut = ["byte index", "begin <= end", "byte range"].iter().any(|words| message.contains(words));
    if is_cut { message.split_once(" of `").map_or(message, |(what, _)| what) } else { message }
}

/// Catches panics in the router's handlers and middleware. Users get the usual error, with the end of the request's id.
pub fn catch<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| panicked())).layer(from_fn(answer))
}

/// Marks a response as that of a request that panicked.
#[derive(Clone, Copy, Debug)]
struct Panicked;

/// Returns the response of a request that panicked, which [`catch`] replaces.
pub fn panicked() -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Panicked);
    response
}

async fn answer(request: Request, next: Next) -> Response {
    let accepts_html = refusal::accepts_html(request.headers());
    let id = request.extensions().get::<RequestId>().map(end_of).unwrap_or_default();
    let response = next.run(request).await;
    if response.extensions().get::<Panicked>().is_none() {
        return response;
    }
    let error = ErrorKind::Internal { id }.into();
    if accepts_html { refusal::html(SOMETHING_WENT_WRONG, &error, "") } else { refusal::json(&error) }
}

fn end_of(id: &RequestId) -> String {
    let id = requests::text(id);
    id.get(id.len().saturating_sub(SHOWN)..).unwrap_or_default().to_owned()
}
