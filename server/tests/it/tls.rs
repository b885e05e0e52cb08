//! A public address with TLS, and pages that came without.

use axum::http::Method;
use tokio_tungstenite::tungstenite;

use crate::support::{Answer, Browser, PASSWORD, TestServer, connect_raw};

const PUBLIC: &str = "https://chat.example.org";
const NOTICE: &str = "This connection isn’t encrypted";

async fn server() -> TestServer {
    TestServer::with(|config| config.public_url = Some(PUBLIC.into())).await
}

async fn open(browser: &mut Browser, path: &str, headers: &[(&str, &str)]) -> Answer {
    let headers = [&[("accept", "text/html")], headers].concat();
    browser.request(Method::GET, path, &headers, "").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_without_tls_says_so_before_a_password_is_typed() {
    let server = server().await;
    let mut anybody = server.browser();
    for path in ["/sign-in", "/sign-in?next=%2Fpeople", "/sign-up", "/forgot", "/reset?token=1", "/verify?token=1"] {
        // As browsers send it: no Fetch Metadata without TLS. Through a proxy that says nothing, and one that does.
        let plain: [&[(&str, &str)]; 3] =
            [&[], &[("x-forwarded-for", "203.0.113.9")], &[("x-forwarded-proto", "http")]];
        for headers in plain {
            let page = open(&mut anybody, path, headers).await;
            assert!(page.body.contains(NOTICE), "{path} {headers:?}: {}", page.body);
            let link = format!("href=\"{PUBLIC}{path}\"");
            assert!(page.body.contains(&link), "{path} {headers:?}: {}", page.body);
            assert!(page.body.find(NOTICE) < page.body.find("type=\"password\"").or(Some(usize::MAX)), "{path}");
        }
        let with_tls: [&[(&str, &str)]; 4] = [
            &[("sec-fetch-site", "none")],
            &[("x-forwarded-proto", "https")],
            &[("forwarded", "for=203.0.113.9;proto=https")],
            // The proxy before ours has TLS; ours does not know.
            &[("sec-fetch-site", "none"), ("x-forwarded-proto", "http")],
        ];
        for headers in with_tls {
            let page = open(&mut anybody, path, headers).await;
            assert!(!page.body.contains(NOTICE), "{path} {headers:?}: {}", page.body);
        }
    }
    let plain = TestServer::start().await;
    assert!(!open(&mut plain.browser(), "/sign-in", &[]).await.body.contains(NOTICE), "it is meant to be so");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_without_tls_changes_nothing() {
    let server = server().await;
    let mut anybody = server.browser();
    let plain = format!("http://{}", server.address);
    for (origin, expected) in [
        (plain.as_str(), 403),
        ("http://chat.example.org", 403),
        (&plain.to_uppercase(), 403),
        (PUBLIC, 401),
        (&plain.replace("http", "https"), 401),
    ] {
        let form = "application/x-www-form-urlencoded";
        let headers = [("accept", "application/json"), ("content-type", form), ("origin", origin)];
        let body = format!("login=ada&password={}", PASSWORD.replace(' ', "+"));
        let answer = anybody.request(Method::POST, "/api/sign_in", &headers, body).await;
        assert_eq!(answer.status.as_u16(), expected, "{origin}: {}", answer.body);
        assert_eq!(answer.body.contains(PUBLIC), expected == 403, "it says where to go: {}", answer.body);
        let socket = connect_raw(&anybody, Some(origin)).await;
        let refused = matches!(&socket, Err(tungstenite::Error::Http(answer)) if answer.status() == 403);
        assert_eq!(refused, expected == 403, "{origin}: {socket:?}");
    }
}
