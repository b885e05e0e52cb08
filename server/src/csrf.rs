//! Protection against cross-site request forgery: refuses requests that other sites cause.

use app::words;
use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, Method, StatusCode,
        header::{HOST, ORIGIN},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::public_url::PublicUrl;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a request that changes something and comes from a page of another site.
pub async fn refuse_cross_site(State(url): State<PublicUrl>, request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_safe || is_same_site(&url, request.headers()) {
        next.run(request).await
    } else {
        cross_site(&url).into_response()
    }
}

/// Returns the response to a request that was caused by another site, or by a page of this server at an address that is
/// not its own.
pub fn cross_site(url: &PublicUrl) -> impl IntoResponse {
    (StatusCode::FORBIDDEN, format!("{}\n", words::server::cross_site(&url.to_string())))
}

/// Returns whether a request was caused by one of our pages, or by no page at all.
///
/// Browsers send `Sec-Fetch-Site` (Fetch Metadata) to TLS and loopback addresses; elsewhere `Origin` tells. A request
/// with neither does not come from a browser, and so carries no visitor's cookies.
pub fn is_same_site(url: &PublicUrl, headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let origin = text(ORIGIN).is_none_or(|origin| url.is_origin(origin, text(HOST)));
    match text(SEC_FETCH_SITE) {
        // Typed, bookmarked, or sent by our own page, whose origin some browsers call "null" after a redirect.
        Some("same-origin" | "none") => origin || text(ORIGIN) == Some("null"),
        Some(_) => false,
        None => origin,
    }
}

/// Returns whether a browser opened a page without TLS although the public address has TLS.
///
/// Browsers send Fetch Metadata (`Sec-Fetch-Site`) only if they themselves use TLS or a loopback address. That counts
/// more than what proxies report: one behind another may not know. A browser that sends none is taken to use TLS if a
/// proxy says so.
pub fn is_without_tls(url: &PublicUrl, said: Option<bool>, headers: &HeaderMap) -> bool {
    url.is_https() && !headers.contains_key(SEC_FETCH_SITE) && said != Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same_site(headers: &[(&'static str, &str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        is_same_site(&PublicUrl::new("https://chat.example.org"), &headers.collect())
    }

    #[test]
    fn our_own_pages_may() {
        let host = ("host", "chat.example.org");
        assert!(same_site(&[host, ("sec-fetch-site", "same-origin"), ("origin", "https://chat.example.org")]));
        assert!(same_site(&[host, ("sec-fetch-site", "none")]));
        assert!(same_site(&[host, ("origin", "https://chat.example.org")]));
        assert!(same_site(&[host]), "no browser");
    }

    #[test]
    fn other_sites_may_not() {
        let host = ("host", "chat.example.org");
        assert!(!same_site(&[host, ("origin", "http://chat.example.org")]), "a page that came without TLS");
        assert!(!same_site(&[host, ("sec-fetch-site", "cross-site")]));
        assert!(!same_site(&[host, ("sec-fetch-site", "same-site"), ("origin", "https://evil.example.org")]));
        assert!(!same_site(&[host, ("origin", "https://evil.example")]));
        assert!(!same_site(&[host, ("origin", "null")]), "a sandboxed frame");
        assert!(!same_site(&[host, ("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")]));
    }
}
