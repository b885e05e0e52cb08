//! Observability: an id and a span for each request and socket, and panics that are caught and logged.
//!
//! The log never contains what users write, or a secret: no header, no query, and of a path only the pattern of its
//! route, since paths such as `/invite/{token}` have secrets in them.

mod page_tasks;
mod panics;
mod requests;

pub use self::{
    page_tasks::{install as install_page_tasks, supervise},
    panics::{catch, install_hook},
    requests::observe,
};

use tower_http::request_id::RequestId;
use tracing::{Span, error_span};

/// Returns the span of a socket. It has the id of the request that opened the socket, but is not part of that request,
/// which ends when the socket begins.
pub fn socket_span(id: &RequestId) -> Span {
    error_span!(parent: None, "socket", id = %requests::text(id))
}

#[cfg(test)]
mod tests;
