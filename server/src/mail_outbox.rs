//! The page with mails that were not sent: for trying WeConnect on one's own machine.
//!
//! Anybody who reads it can confirm any address. So it exists only without an SMTP server and on a loopback address,
//! and its path contains a secret that the operator is told at the start: a proxy on this machine forwards requests of
//! others from a loopback address, with any `Host`, and need not say so. In addition, it answers only requests that
//! look local: a page of another site whose name was pointed here (DNS rebinding) sends its own name in `Host`.

use std::net::SocketAddr;

use app::words::{
    self,
    server::{NO_MAILS, NOTHING_HERE, OUTBOX, OUTBOX_ABOUT, mail_to},
};
use axum::{
    Extension,
    extract::{ConnectInfo, Path, State},
    http::{
        HeaderMap, StatusCode,
        header::{CACHE_CONTROL, FORWARDED, HOST},
    },
    response::{Html, IntoResponse, Response},
};
use domain::{Domain, mail::StoredMail};
use html_escape::encode_quoted_attribute;

use crate::{
    public_url::{PublicUrl, is_loopback},
    refusal,
    secret::Secret,
};

/// The number of mails on the page.
const LATEST: u64 = 50;

/// Handles a request for the page.
pub async fn page(
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    State(domain): State<Domain>,
    State(url): State<PublicUrl>,
    Extension(secret): Extension<Secret>,
    Path(told): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !secret.is(&told) || !is_local(peer, &headers) {
        return (StatusCode::NOT_FOUND, format!("{NOTHING_HERE}\n")).into_response();
    }
    match domain.mail_outbox().latest(LATEST).await {
        Ok(mails) => ([(CACHE_CONTROL, "no-store")], Html(draw(&mails, &url.to_string()))).into_response(),
        Err(failure) => refusal::text(&failure.into_wire()),
    }
}

fn is_local(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_forwarded = headers.contains_key(FORWARDED) || headers.contains_key("x-forwarded-for");
    peer.ip().to_canonical().is_loopback() && is_loopback(host) && !is_forwarded
}

fn draw(mails: &[StoredMail], url: &str) -> String {
    let mut page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{}</title></head>\
         <body><main><h1>{OUTBOX}</h1><p>{OUTBOX_ABOUT}</p>",
        encode_quoted_attribute(&words::page_title(OUTBOX))
    );
    if mails.is_empty() {
        page.push_str(&format!("<p>{NO_MAILS}</p>"));
    }
    for mail in mails {
        page.push_str("<article><h2>");
        page.push_str(&encode_quoted_attribute(&mail.subject));
        page.push_str("</h2><p>");
        page.push_str(&encode_quoted_attribute(&mail_to(&mail.to)));
        page.push_str("</p><pre>");
        page.push_str(&with_links(&mail.text, url));
        page.push_str("</pre></article>");
    }
    page.push_str("</main></body></html>");
    page
}

/// Returns the text as HTML, with the addresses of this server as links.
fn with_links(text: &str, url: &str) -> String {
    let mut html = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let address = word.trim_end();
        let space = word.get(address.len()..).unwrap_or_default();
        let is_ours = address.strip_prefix(url).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let shown = encode_quoted_attribute(address);
        html.push_str(&if is_ours { format!("<a href=\"{shown}\">{shown}</a>").into() } else { shown });
        html.push_str(space);
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_entered_is_text() {
        let mail = StoredMail {
            to: "\"><script>@example.org".into(),
            subject: "<b>".into(),
            text: "Hello <i>\nhttp://127.0.0.1:1/verify?token=a&b='\nhttp://127.0.0.1:12/ javascript:alert(1)".into(),
            html: String::new(),
            at: 0,
        };
        let page = draw(&[mail], "http://127.0.0.1:1");
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("<i>"), "{page}");
        assert!(page.contains("<a href=\"http://127.0.0.1:1/verify?token=a&amp;b=&#x27;\">"), "{page}");
        assert_eq!(page.matches("<a ").count(), 1, "{page}");
    }

    #[test]
    fn only_this_machine() {
        let peer = |ip: &str| SocketAddr::new(ip.parse().unwrap(), 1);
        let headers = |pairs: &[(&'static str, &str)]| {
            pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect::<HeaderMap>()
        };
        let host = ("host", "127.0.0.1:3000");
        assert!(is_local(peer("127.0.0.1"), &headers(&[host])));
        assert!(is_local(peer("::1"), &headers(&[("host", "localhost:3000")])));
        assert!(!is_local(peer("10.0.0.7"), &headers(&[host])));
        assert!(!is_local(peer("127.0.0.1"), &headers(&[("host", "evil.example:3000")])));
        assert!(!is_local(peer("127.0.0.1"), &headers(&[host, ("x-forwarded-for", "10.0.0.7")])));
        assert!(!is_local(peer("127.0.0.1"), &headers(&[])));
    }
}
