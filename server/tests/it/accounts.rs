//! The way in, with scripts off: forms, cookies, redirects.

use app::words;
use axum::http::Method;
use protocol::{ErrorKind, user::Me};

use crate::support::{PASSWORD, Store, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_signs_up_by_a_link_and_comes_back_by_password() {
    let server = TestServer::start().await;
    let mut ada = server.browser();
    let form = ada.get("/sign-up").await;
    assert_eq!(form.status, 200);
    assert!(form.body.contains("action=\"/api/sign_up\""), "{}", form.body);
    assert!(form.set_cookie("weconnect").is_none(), "a visitor costs no session");

    let answer = ada
        .post("/sign-up", "/api/sign_up", &[("email", "ada@example.org"), ("username", "ada"), ("password", PASSWORD)])
        .await;
    assert_eq!((answer.status.as_u16(), answer.location()), (302, "/sign-up/sent"));
    let token = ada.token_for("ada@example.org").await;

    // Before the link is followed there is no account to sign in to.
    let refused = ada.sign_in("ada", PASSWORD).await;
    assert!(refused.location().starts_with("/sign-in?"), "{refused:?}");

    // The link shows a button; following it alone, as mail scanners do, changes nothing.
    let page = ada.get(&format!("/verify?token={token}")).await;
    assert!(page.body.contains("action=\"/api/verify\"") && page.body.contains(&token), "{}", page.body);
    let verified = ada.post("/verify", "/api/verify", &[("token", &token)]).await;
    assert_eq!(verified.location(), "/");
    assert!(ada.cookies.contains_key("weconnect"), "the link signs in");
    let home = ada.get("/").await;
    assert!(home.body.contains("ada"), "{}", home.body);

    // It works once.
    let again = server.browser().post("/verify", "/api/verify", &[("token", &token)]).await;
    assert!(again.location().starts_with("/verify"), "{again:?}");

    // By username and by address, in another browser.
    for login in ["ada", "ADA@example.org"] {
        let mut other = server.browser();
        let answer = other.sign_in(login, PASSWORD).await;
        assert_eq!(answer.location(), "/", "{login}");
        assert!(other.cookies.contains_key("weconnect"));
    }
    let wrong = server.browser().sign_in("ada", "not the password").await;
    assert!(wrong.location().starts_with("/sign-in?"), "{wrong:?}");
    assert!(wrong.set_cookie("weconnect").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sessions_cookie_is_out_of_reach() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let before = ada.cookies["weconnect"].clone();
    let answer = ada.sign_in("ada", PASSWORD).await;
    let cookie = answer.set_cookie("weconnect").unwrap();
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(flag), "{flag}: {cookie}");
    }
    assert!(!cookie.contains("Secure"), "there is no TLS here: {cookie}");
    // A session that somebody planted before is worth nothing afterwards.
    assert_ne!(ada.cookies["weconnect"], before);
    let mut planted = server.browser();
    planted.cookies.insert("weconnect".into(), before);
    assert_eq!(planted.get("/").await.location(), "/sign-in");

    // Used within the hour, it is neither written nor sent again.
    assert!(ada.get("/").await.set_cookie("weconnect").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_tls_the_cookie_is_bound_to_the_host() {
    let server = TestServer::with(|config| config.public_url = Some("https://chat.example.org".into())).await;
    let mut eve = server.browser();
    // Nothing to find: an id that was never given out. The answer removes it.
    eve.cookies.insert("__Host-weconnect".into(), "AAAAAAAAAAAAAAAAAAAAAA".into());
    let answer = eve.get("/sign-in").await;
    let removed = answer.set_cookie("__Host-weconnect").unwrap();
    for flag in ["Secure", "Path=/", "Max-Age=0"] {
        assert!(removed.contains(flag), "{flag}: {removed}");
    }
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
    assert_eq!(server.outbox, "", "who reads the outbox can confirm any address");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_ends_the_session_and_its_sockets() {
    let server = TestServer::start().await;
    let mut laptop = server.with_user("ada").await;
    let mut phone = server.browser();
    phone.sign_in("ada", PASSWORD).await;
    let (tab, pocket) = (laptop.live().await, phone.live().await);
    let cookie = laptop.cookies.clone();

    let answer = laptop.post("/settings", "/api/sign_out", &[]).await;
    assert_eq!(answer.location(), "/sign-in");
    assert!(!laptop.cookies.contains_key("weconnect"), "the browser forgets it");
    assert_eq!(tab.ended().await, crate::support::Ended::Closed(4401, "the session ended".into()));

    // The cookie that somebody kept is worth nothing.
    laptop.cookies = cookie;
    assert_eq!(laptop.get("/").await.location(), "/sign-in");

    // The other session is another matter.
    let mut pocket = pocket;
    let room = phone.join_room("still here").await;
    pocket.send_and_store(room, "hello").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_at_the_same_time_are_not_mixed_up() {
    let server = TestServer::start().await;
    let ada = server.with_user("ada").await;
    let bob = server.with_user("bob").await;
    let mut visits = tokio::task::JoinSet::new();
    for n in 0..12 {
        let (mut ada, mut bob, mut nobody) = (ada.clone(), bob.clone(), server.browser());
        visits.spawn(async move {
            for _ in 0..25 {
                match n % 3 {
                    0 => {
                        let page = ada.get("/settings").await;
                        assert_eq!(page.status, 200);
                        assert!(page.body.contains("ada@example.org") && !page.body.contains("bob@"), "{}", page.body);
                    }
                    1 => {
                        let me: Option<Me> = bob.call("/api/me", &()).await;
                        assert_eq!(me.unwrap().email, "bob@example.org");
                    }
                    _ => {
                        let me: Option<Me> = nobody.call("/api/me", &()).await;
                        assert_eq!(me, None);
                        assert_eq!(nobody.get("/settings").await.location(), "/sign-in?next=%2Fsettings");
                    }
                }
            }
        });
    }
    while let Some(visit) = visits.join_next().await {
        visit.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_no_fault_of_whoever_signs_in() {
    let store = Store::postgres().await;
    let server = TestServer::on(&store, |_| ()).await;
    let mut ada = server.with_user("ada").await;
    ada.post("/settings", "/api/sign_out", &[]).await;
    // As PostgreSQL says it: disk_full.
    let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$";
    store.execute(full).await;
    store.execute("CREATE TRIGGER full_disk BEFORE INSERT ON sessions EXECUTE FUNCTION full_disk()").await;

    let origin = ada.origin();
    let form = "application/x-www-form-urlencoded";
    let headers = [("accept", "application/json"), ("content-type", form), ("origin", origin.as_str())];
    let body = format!("login=ada&password={}", PASSWORD.replace(' ', "+"));
    let answer = ada.request(Method::POST, "/api/sign_in", &headers, body.as_str()).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (503, r#"{"kind":"unavailable"}"#));
    assert!(answer.set_cookie("weconnect").is_none());
    // With scripts off, the form says so, and still has what was typed.
    let answer = ada.sign_in("ada", PASSWORD).await;
    assert!(answer.location().starts_with("/sign-in?"), "{answer:?}");
    assert!(answer.set_cookie("weconnect").is_none(), "{answer:?}");
    let page = ada.get(answer.location()).await;
    assert!(page.body.contains(&*words::error(&ErrorKind::Unavailable.into())), "{}", page.body);
    assert!(page.body.contains("value=\"ada\""), "{}", page.body);

    store.execute("DROP TRIGGER full_disk ON sessions").await;
    assert_eq!(ada.sign_in("ada", PASSWORD).await.location(), "/");
    assert_eq!(ada.get("/").await.status, 200);
    server.stop().await;
}
