//! What keeps other sites out, and what caches may keep.

use axum::http::Method;

use crate::support::{PASSWORD, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_another_site_changes_nothing() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let own = ada.origin();
    let attacks: &[&[(&str, &str)]] = &[
        &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", &own), ("sec-fetch-site", "same-site")],
    ];
    let form = "application/x-www-form-urlencoded";
    for attack in attacks {
        let headers = [&[("accept", "text/html"), ("content-type", form)], *attack].concat();
        let answer = ada.request(Method::POST, "/api/sign_out", &headers, "").await;
        assert_eq!(answer.status, 403, "{attack:?}");
    }
    assert_eq!(ada.get("/").await.status, 200, "still signed in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_run_with_the_pages_nonce_only() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let mut nonces = Vec::new();
    for path in ["/", "/sign-in", "/settings", "/no/such/page"] {
        let page = ada.get(path).await;
        if page.status == 302 {
            continue;
        }
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src"), "{path}: {policy}");
        for part in ["base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "style-src 'self';"] {
            assert!(policy.contains(part), "{path}: {part}: {policy}");
        }
        let (_, rest) = policy.split_once("'nonce-").unwrap();
        let nonce = rest.split('\'').next().unwrap();
        let scripts = page.body.matches("<script").count();
        assert!(scripts > 0, "{path}: {}", page.body);
        assert_eq!(page.body.matches(&format!("nonce=\"{nonce}\"")).count(), scripts, "{path}: {}", page.body);
        nonces.push(nonce.to_owned());
    }
    let all = nonces.len();
    assert!(all >= 3, "{nonces:?}");
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), all, "a nonce is used once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_says_how_it_may_be_used() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    for path in ["/", "/sign-in", "/healthz", "/ws", "/no/such/page", "/favicon.svg", &server.outbox] {
        let answer = ada.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!answer.header("permissions-policy").is_empty(), "{path}");
    }
    assert_eq!(
        ada.get("/").await.header("cache-control"),
        "no-store, no-transform",
        "what a signed-in person sees is kept nowhere"
    );
    assert_eq!(server.browser().get("/sign-in").await.header("cache-control"), "no-cache, no-transform");
    assert_eq!(ada.get("/no/such/page").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_kept_as_long_as_their_name_says() {
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("pkg")).unwrap();
    for (name, text) in [
        ("pkg/weconnect.0123456789abcdefABCDEF.js", "plain"),
        ("pkg/weconnect.0123456789abcdefABCDEF.js.br", "squeezed"),
        ("hash.txt", "js: 0123456789abcdefABCDEF"),
        ("robots.txt", "User-agent: *"),
    ] {
        std::fs::write(site.path().join(name), text).unwrap();
    }
    let folder = site.path().to_owned();
    let server = TestServer::with(|config| config.site_dir = Some(folder)).await;
    let mut anybody = server.browser();
    let path = "/pkg/weconnect.0123456789abcdefABCDEF.js";
    let script = anybody.get(path).await;
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!((script.header("content-type"), script.body.as_str()), ("text/javascript", "plain"));
    let script = anybody.request(Method::GET, path, &[("accept-encoding", "gzip, br")], "").await;
    assert_eq!((script.header("content-encoding"), script.body.as_str()), ("br", "squeezed"));
    let robots = anybody.get("/robots.txt").await;
    assert_eq!(robots.header("cache-control"), "no-cache");
    let known = [("if-modified-since", robots.header("last-modified"))];
    assert_eq!(anybody.request(Method::GET, "/robots.txt", &known, "").await.status, 304);
    for outside in ["/../Cargo.toml", "/pkg/..%2f..%2fCargo.toml", "/pkg/"] {
        assert_eq!(anybody.get(outside).await.status, 404, "{outside}");
    }
    // Pages are squeezed on the way.
    let page = anybody.request(Method::GET, "/sign-in", &[("accept-encoding", "gzip")], "").await;
    assert_eq!(page.header("content-encoding"), "gzip");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_has_a_limit() {
    let server = TestServer::start().await;
    let mut anybody = server.browser();
    let long = "x".repeat(200_000);
    let answer = anybody.post("/sign-in", "/api/sign_in", &[("login", &long), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_outbox_is_for_whoever_started_the_server() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let outbox = server.outbox.clone();
    let page = ada.get(&outbox).await;
    assert!(page.body.contains("ada@example.org"));
    assert_eq!(page.header("cache-control"), "no-store");
    // A proxy on this machine looks like this machine, whatever it says of whom it asks for. It does not know the secret,
    // and no page tells it.
    let tellings: [&[(&str, &str)]; 4] =
        [&[], &[("x-real-ip", "203.0.113.7")], &[("via", "1.1 proxy")], &[("cf-connecting-ip", "203.0.113.7")]];
    for headers in tellings {
        for path in ["/outbox", "/outbox/", &outbox[..outbox.len() - 1], &format!("/outbox/{}", "0".repeat(64))] {
            let answer = server.browser().request(Method::GET, path, headers, "").await;
            assert_eq!(answer.status, 404, "{path} {headers:?}");
            assert!(!answer.body.contains("ada@example.org"), "{path} {headers:?}");
        }
    }
    let (_, secret) = outbox.rsplit_once('/').unwrap();
    assert!(!server.browser().get("/sign-up/sent").await.body.contains(secret));
    // One that names whom it asks for does not get it even so.
    let forwarded = [("x-forwarded-for", "203.0.113.7")];
    assert_eq!(ada.request(Method::GET, &outbox, &forwarded, "").await.status, 404);
    let public = TestServer::with(|config| config.public_url = Some("http://chat.example.org".into())).await;
    assert_eq!((public.outbox.as_str(), public.browser().get("/outbox").await.status.as_u16()), ("", 404));
}
