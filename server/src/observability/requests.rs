//! The id and the span of a request, and the line in the log that tells its outcome.

use std::{collections::HashSet, net::SocketAddr, sync::LazyLock, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use leptos::server_fn::axum::server_fn_paths;
use tower_http::{
    request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    trace::TraceLayer,
};
use tracing::{
    Span, debug, error_span,
    field::{self, Empty},
    warn,
};
use uuid::Uuid;

use crate::proxies::Proxies;

/// The header with a request's id, in responses.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The most characters of a proxy's id that are logged.
const PROXY_ID_MAX: usize = 64;
/// The path in the log of a request that no route matches: a file, or an address that does not exist, which may be a
/// mistyped secret.
const UNMATCHED: &str = "(file or unknown)";
/// The start of the paths of server functions.
const FUNCTIONS: &str = "/api/";

/// Gives each request of the router an id, which the response has in `x-request-id`, and a span with that id, the
/// method, the route, the status and the latency. A response with a server error is logged as a warning, any other one
/// at level debug.
pub fn observe(router: Router, proxies: &Proxies) -> Router {
    let trace = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_response(log)
        .on_body_chunk(())
        .on_eos(())
        // A status of 5xx is logged as a response, and who aborts a body logs the cause.
        .on_failure(());
    // The last one comes first.
    router
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(trace)
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewId))
        .layer(from_fn_with_state(proxies.clone(), replace_id))
}

/// Returns the id as text.
pub fn text(id: &RequestId) -> &str {
    id.header_value().to_str().unwrap_or_default()
}

#[derive(Clone, Copy, Debug)]
struct NewId;

impl MakeRequestId for NewId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&Uuid::now_v7().to_string()).ok().map(RequestId::new)
    }
}

/// The id that a trusted proxy gave a request.
#[derive(Clone, Debug)]
struct ProxyId(String);

/// Removes the id with which a request came: it would be ours otherwise. One from a trusted proxy is kept for the log.
async fn replace_id(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    let foreign = request.headers_mut().remove(REQUEST_ID);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    if peer.is_some_and(|peer| proxies.is_trusted(peer))
        && let Some(id) = foreign.as_ref().and_then(|id| id.to_str().ok()).filter(|id| is_clean(id))
    {
        request.extensions_mut().insert(ProxyId(id.to_owned()));
    }
    next.run(request).await
}

/// Returns whether the text is short and contains nothing that could forge a line or a field of the log.
fn is_clean(id: &str) -> bool {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    (1..=PROXY_ID_MAX).contains(&id.len()) && id.chars().all(is_fine)
}

/// Returns the span of a request. Its level is that of errors, so that even a log of errors alone has the ids.
fn span(request: &Request) -> Span {
    let span = error_span!(
        "request",
        id = request.extensions().get::<RequestId>().map(|id| field::display(text(id))),
        proxy_id = Empty,
        method = %request.method(),
        path = %route(request),
        status = Empty,
        latency = Empty,
    );
    if let Some(ProxyId(id)) = request.extensions().get() {
        span.record("proxy_id", field::display(id));
    }
    span
}

/// Returns the pattern of the request's route, with the server function's name in place of its wildcard.
fn route(request: &Request) -> String {
    static PATHS: LazyLock<HashSet<&str>> = LazyLock::new(|| server_fn_paths().map(|(path, _)| path).collect());
    let Some(matched) = request.extensions().get::<MatchedPath>() else { return UNMATCHED.to_owned() };
    let Some((start, _)) = matched.as_str().split_once("/api/{*") else { return matched.as_str().to_owned() };
    // The rest of the path is from the client: it is logged only if there is such a function.
    let called = request.uri().path().rfind(FUNCTIONS).and_then(|at| request.uri().path().get(at..));
    format!("{start}{}", called.filter(|path| PATHS.contains(path)).unwrap_or("/api/(unknown)"))
}

fn log(response: &Response, latency: Duration, span: &Span) {
    span.record("status", response.status().as_u16());
    span.record("latency", field::debug(latency));
    if response.status().is_server_error() {
        warn!("request failed");
    } else {
        debug!("request answered");
    }
}
