//! What keeps other sites out: requests that they cause are refused, and pages say what they may load.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{
            CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
            X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::address::PublicUrl;

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

/// The answer to a request that another site caused, or a page of ours that was opened at an address where it is not.
pub fn cross_site(url: &PublicUrl) -> impl IntoResponse {
    (StatusCode::FORBIDDEN, format!("This request comes from another site. Open {url} and try again.\n"))
}

/// Whether a request was caused by a page of ours, or by no page at all.
///
/// `Sec-Fetch-Site` (Fetch Metadata) says it outright; browsers send it to TLS and loopback addresses. `Origin` says
/// it elsewhere. A request with neither does not come from a browser, and so carries no visitor's cookies.
pub fn is_same_site(url: &PublicUrl, headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let origin = text(ORIGIN).is_none_or(|origin| url.is_origin(origin, text(HOST)));
    match text(SEC_FETCH_SITE) {
        // Entered, bookmarked, or sent by our own page, which some browsers call "null" after a redirect.
        Some("same-origin" | "none") => origin || text(ORIGIN) == Some("null"),
        Some(_) => false,
        None => origin,
    }
}

/// Whether a browser opened a page without TLS, though the public address has it.
///
/// Fetch Metadata (`Sec-Fetch-Site`) is sent only where the browser itself sees TLS, or an address of its own machine.
/// That counts more than the word of proxies, of which one behind another may know no better. A browser that sends none
/// is believed to have TLS if a proxy says so.
pub fn is_without_tls(url: &PublicUrl, said: Option<bool>, headers: &HeaderMap) -> bool {
    url.is_https() && !headers.contains_key(SEC_FETCH_SITE) && said != Some(true)
}

/// Sets the headers that every answer has; what a handler set stays.
pub async fn headers(State(url): State<PublicUrl>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let always = [
        // Pages with scripts bring their own policy; anything else needs nothing.
        (CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // For browsers that do not know frame-ancestors.
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in always {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if url.is_https() {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// What a page of ours may load: its own files, and scripts with this page's nonce.
pub fn page_policy(nonce: &str, connect: &str) -> Option<HeaderValue> {
    // 'strict-dynamic' lets the script with the nonce load the module and its chunks, and makes browsers that know it
    // ignore 'self', so that a file somebody uploads can never be a script. blob: and data: images are previews.
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self' {connect}; \
         manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).ok()
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
