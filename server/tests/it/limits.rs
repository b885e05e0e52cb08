//! Tries are counted by where they come from and by whom they concern, and nothing else shows in the answers.

use axum::http::Method;

use crate::support::{Answer, PASSWORD, TestServer};

/// Signs in as a page with scripts does, through a proxy that names the client.
async fn sign_in(server: &TestServer, login: &str, password: &str, from: &str) -> Answer {
    let mut browser = server.browser();
    let origin = browser.origin();
    let headers = [
        ("accept", "application/json"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", origin.as_str()),
        ("x-forwarded-for", from),
    ];
    let body = format!("login={login}&password={}&next=", password.replace(' ', "+"));
    browser.request(Method::POST, "/api/sign_in", &headers, &body).await
}

/// Tries one login after the other until that is refused. Each few seconds another try is allowed, so how many it takes
/// depends on how slow the machine is; that the first sixty are allowed and the rest is not does not.
async fn try_until_refused(server: &TestServer, from: impl Fn(u32) -> String) {
    for n in 0..1_000 {
        let answer = sign_in(server, &format!("nobody{n}"), "wrong", &from(n)).await;
        if answer.status == 429 {
            assert!(n >= 60, "{n}");
            return;
        }
        assert_eq!(answer.status, 401, "{n}: {}", answer.body);
    }
    panic!("never refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_can_be_tried_so_often_for_one_login() {
    let server = TestServer::start().await;
    server.with_user("ada").await;
    // Whether there is such an account or not: the same answers, in the same order.
    for login in ["ADA@example.org", "nobody@example.org"] {
        for n in 0..10 {
            let answer = sign_in(&server, login, "wrong", &format!("192.0.2.{n}")).await;
            assert_eq!(answer.status, 401, "{login} {n}: {}", answer.body);
        }
        let answer = sign_in(&server, login, "wrong", "192.0.2.99").await;
        assert_eq!(answer.status, 429, "{login}: {}", answer.body);
        let seconds: u32 = answer.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
        assert!(answer.body.contains("rate_limited"), "{}", answer.body);
        let right = sign_in(&server, &login.to_lowercase(), PASSWORD, "192.0.2.99").await;
        assert_eq!(right.status, 429, "however it is spelt, and with the right password too");
    }
    // By the other name one is let in: it is counted by itself.
    assert_eq!(sign_in(&server, "ada", PASSWORD, "192.0.2.99").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_kept_out_of_a_browser_they_signed_in_with() {
    let server = TestServer::start().await;
    let (mut ada, mut mallory) = (server.with_user("ada").await, server.with_user("mallory").await);
    for browser in [&mut ada, &mut mallory] {
        browser.post("/settings", "/api/sign_out", &[]).await;
    }
    for n in 0..11 {
        sign_in(&server, "ada", "wrong", &format!("192.0.2.{n}")).await;
    }
    assert_eq!(sign_in(&server, "ada", PASSWORD, "192.0.2.99").await.status, 429);
    // Having signed in as somebody else is worth nothing.
    let answer = mallory.sign_in("ada", PASSWORD).await;
    assert!(answer.location().starts_with("/sign-in?"), "{answer:?}");
    // These tries have an end, too: whoever finds the browser can't guess for long.
    for _ in 0..9 {
        let answer = ada.sign_in("ada", "wrong").await;
        assert!(answer.location().starts_with("/sign-in?"), "{answer:?}");
    }
    assert_eq!(ada.sign_in("ada", PASSWORD).await.location(), "/");
    ada.post("/settings", "/api/sign_out", &[]).await;
    let answer = ada.sign_in("ada", PASSWORD).await;
    assert!(answer.location().starts_with("/sign-in?"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_machine_can_try_so_many_logins() {
    let server = TestServer::start().await;
    server.with_user("ada").await;
    try_until_refused(&server, |_| "198.51.100.1".to_owned()).await;
    assert_eq!(sign_in(&server, "ada", PASSWORD, "198.51.100.2").await.status, 200, "others are not concerned");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_cannot_pretend_to_be_many() {
    // No proxy is trusted: what the header says is not believed.
    let server = TestServer::with(|config| config.proxies = "".parse().unwrap()).await;
    try_until_refused(&server, |n| format!("203.0.113.{}", n % 250)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_scripts_the_form_says_so_and_keeps_what_was_typed() {
    let server = TestServer::start().await;
    let mut ada = server.browser();
    let mut answer = ada.sign_in("ada", "wrong").await;
    for _ in 0..10 {
        answer = ada.sign_in("ada", "wrong").await;
    }
    let path = answer.location().to_owned();
    assert!(path.starts_with("/sign-in?"), "{answer:?}");
    let page = ada.get(&path).await;
    assert!(page.body.contains("Too many attempts. Try again in"), "{}", page.body);
    assert!(page.body.contains("value=\"ada\""), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_can_be_switched_off() {
    let server = TestServer::with(|config| config.limits = false).await;
    for n in 0..15 {
        assert_eq!(sign_in(&server, "ada", "wrong", "192.0.2.1").await.status, 401, "{n}");
    }
}
