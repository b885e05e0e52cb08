//! What somebody does to their account, with scripts off, and what the other browsers notice of it.

use std::time::{Duration, Instant};

use app::{api::flash::Flash, words};
use axum::http::{Method, StatusCode};
use domain::sessions::Entry;
use protocol::{
    ErrorKind, Field,
    live::close,
    user::{Me, SessionInfo},
};
use sha2::{Digest, Sha256};

use crate::support::{Browser, Ended, PASSWORD, TestServer, until};

const NEW: &str = "green kettle 4";

fn over() -> Ended {
    Ended::Closed(close::SESSION_ENDED, "the session ended".into())
}

/// Another browser of the same person.
async fn also(server: &TestServer, name: &str) -> Browser {
    let mut browser = server.browser();
    assert_eq!(browser.sign_in(name, PASSWORD).await.location(), "/");
    browser
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.call::<Option<Me>>("/api/me", &()).await.is_some()
}

async fn sessions(browser: &mut Browser) -> Vec<SessionInfo> {
    browser.call("/api/sessions", &()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_ends_the_other_sessions_and_their_sockets() {
    let server = TestServer::start().await;
    let mut laptop = server.with_user("ada").await;
    let mut phone = also(&server, "ada").await;
    let (mut here, there) = (laptop.live().await, phone.live().await);
    let before = laptop.clone();

    let form = [("current_password", PASSWORD), ("password", NEW)];
    let begun = Instant::now();
    let answer = laptop.post("/settings/security", "/api/change_password", &form).await;
    assert_eq!(answer.location(), "/settings/security", "{answer:?}");
    assert_eq!(there.ended().await, over());
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(!is_signed_in(&mut phone).await);
    assert_eq!(phone.get("/").await.location(), "/sign-in");

    // This one goes on: its page, its sockets, under another id. The old one is worth nothing.
    let page = laptop.get("/settings/security").await;
    let done = Flash::Password.sentence();
    assert!(page.body.contains(done), "{}", page.body);
    assert!(!laptop.get("/settings/security").await.body.contains(done), "said once");
    let room = laptop.join_room("still here").await;
    here.send_and_store(room, "hello").await;
    let mut old = before;
    assert!(!is_signed_in(&mut old).await);
    assert_eq!(sessions(&mut laptop).await.len(), 1);

    let mut later = server.browser();
    assert!(later.sign_in("ada", PASSWORD).await.location().starts_with("/sign-in?"));
    assert_eq!(later.sign_in("ada", NEW).await.location(), "/");
    // The socket of the browser that changed it heard of this and of all that, and stayed.
    here.send_and_store(room, "still hello").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_signs_out_everywhere() {
    let server = TestServer::start().await;
    let mut laptop = server.with_user("ada").await;
    let tab = laptop.live().await;
    let mut stranger = server.browser();
    assert!(stranger.get("/sign-in").await.body.contains("href=\"/forgot\""));
    let answer = stranger.post("/forgot", "/api/forgot_password", &[("email", "ada@example.org")]).await;
    assert_eq!(answer.location(), "/forgot/sent");
    assert!(stranger.get("/forgot/sent").await.body.contains("ada@example.org"));
    let token = until("the link", async || {
        let outbox = stranger.get(&stranger.outbox.clone()).await.body;
        let (_, rest) = outbox.split_once("/reset?token=")?;
        Some(rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>())
    })
    .await;

    let page = format!("/reset?token={token}");
    assert!(stranger.get(&page).await.body.contains("action=\"/api/reset_password\""));
    assert!(is_signed_in(&mut laptop).await, "opening it changes nothing");
    let weak = [("token", token.as_str()), ("password", "short")];
    let answer = stranger.post(&page, "/api/reset_password", &weak).await;
    assert!(answer.location().starts_with("/reset?token="), "{answer:?}");
    let good = [("token", token.as_str()), ("password", NEW)];
    let answer = stranger.post(&page, "/api/reset_password", &good).await;
    assert_eq!(answer.location(), "/sign-in");
    assert!(stranger.get("/sign-in").await.body.contains(Flash::Reset.sentence()));
    assert_eq!(tab.ended().await, over());
    assert!(!is_signed_in(&mut laptop).await && !is_signed_in(&mut stranger).await);
    assert_eq!(stranger.sign_in("ada", NEW).await.location(), "/");
    let again = stranger.post(&page, "/api/reset_password", &good).await;
    assert!(again.location().starts_with("/reset?token="), "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_session_is_ended_by_its_handle() {
    let server = TestServer::start().await;
    let mut laptop = server.with_user("ada").await;
    let phone = also(&server, "ada").await;
    let mut ben = server.with_user("ben").await;
    let (pocket, bens) = (phone.live().await, sessions(&mut ben).await[0].handle);

    let list = sessions(&mut laptop).await;
    assert_eq!(list.iter().map(|session| session.current).collect::<Vec<_>>(), [true, false]);
    let handle = list[1].handle.to_string();
    // Somebody else's can't be.
    let page = "/settings/security";
    let answer = laptop.post(page, "/api/end_session", &[("handle", &bens.to_string())]).await;
    assert!(answer.location().starts_with("/settings/security?"), "{answer:?}");
    assert!(is_signed_in(&mut ben).await);
    let answer = laptop.post(page, "/api/end_session", &[("handle", &handle)]).await;
    assert_eq!(answer.location(), page);
    assert_eq!(pocket.ended().await, over());
    assert_eq!(sessions(&mut laptop).await.len(), 1);

    let (mut tablet, mut desk) = (also(&server, "ada").await, also(&server, "ada").await);
    assert_eq!(laptop.post(page, "/api/end_other_sessions", &[]).await.location(), page);
    assert!(!is_signed_in(&mut tablet).await && !is_signed_in(&mut desk).await && is_signed_in(&mut laptop).await);
    // Ending this one is signing out.
    let handle = sessions(&mut laptop).await[0].handle.to_string();
    assert_eq!(laptop.post(page, "/api/end_session", &[("handle", &handle)]).await.location(), "/sign-in");
    assert!(!is_signed_in(&mut laptop).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_page_says_once_is_not_said_to_who_fetches_it_for_later() {
    const SAID: &str = Flash::OthersEnded.sentence();
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let page = "/settings/security";
    assert_eq!(ada.post(page, "/api/end_other_sessions", &[]).await.location(), page);
    for prefetch in [("purpose", "prefetch"), ("sec-purpose", "prefetch;prerender")] {
        let headers = [("accept", "text/html"), ("sec-fetch-site", "same-origin"), prefetch];
        let early = ada.request(Method::GET, page, &headers, "").await;
        assert!(!early.body.contains(SAID));
    }
    assert!(ada.get(page).await.body.contains(SAID));
    assert!(!ada.get(page).await.body.contains(SAID), "once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_of_before_there_were_handles_goes_on() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let me: Option<Me> = ada.call("/api/me", &()).await;
    let user = me.unwrap().user.id;
    let id = "AAAAAAAAAAAAAAAAAAAAAA";
    let entry = Entry {
        user: Some(user),
        data: serde_json::json!({ "user": user }).to_string(),
        expires_at: server.domain.now() + 3_600_000,
        ..Entry::default()
    };
    assert!(server.domain.sessions().create(&Sha256::digest(id), entry).await.unwrap());
    let mut old = server.browser();
    old.cookies.insert("weconnect".into(), id.into());
    // Its first request is for a socket, which must find its session by the handle it is just being given.
    let socket = old.live().await;
    let list = sessions(&mut old).await;
    assert_eq!(list.iter().map(|session| session.current).collect::<Vec<_>>(), [true, false]);
    assert_eq!((&list[0].browser, &list[0].system), (&None, &None));
    assert_eq!(sessions(&mut old).await[0].handle, list[0].handle);
    ada.post("/settings/security", "/api/end_session", &[("handle", &list[0].handle.to_string())]).await;
    assert_eq!(socket.ended().await, over());
    assert!(!is_signed_in(&mut old).await && is_signed_in(&mut ada).await);
}

/// The code of the app that was told this key, as the page writes it.
fn code(page: &str, steps: u64) -> String {
    let (_, rest) = page.split_once("secret=").unwrap();
    let key: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    let app = totp_rs::Builder::new().with_secret(totp_rs::Secret::try_from_base32(key).unwrap()).build().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    app.generate(now + 30 * steps).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_second_factor_a_password_signs_nobody_in() {
    let server = TestServer::start().await;
    let mut laptop = server.with_user("ada").await;
    let page = "/settings/second-factor";
    let begin = laptop.post(page, "/api/begin_second_factor", &[("current_password", PASSWORD)]).await;
    assert_eq!(begin.location(), page);
    let set_up = laptop.get(page).await.body;
    assert!(set_up.contains("class=\"qr\"") && set_up.contains("viewBox"), "{set_up}");
    let on = laptop.post(page, "/api/confirm_second_factor", &[("code", &code(&set_up, 0))]).await;
    assert_eq!(on.location(), page);
    // For this account's next page, and nobody else's.
    let id = laptop.call::<Option<Me>>("/api/me", &()).await.unwrap().user.id;
    let codes = on.set_cookie(&format!("codes-{id}")).unwrap().split([';', '=']).nth(1).unwrap().to_owned();
    let first = codes.split('.').next().unwrap().to_owned();
    let shown = laptop.get(page).await.body;
    assert!(codes.split('.').count() == 10 && codes.split('.').all(|code| shown.contains(code)), "{shown}");
    assert!(!laptop.get(page).await.body.contains(&first), "shown once");

    // Not signed in anywhere: no page, no server function, no socket, no download.
    let mut phone = server.browser();
    let answer = phone.post("/sign-in", "/api/sign_in", &[("login", "ada"), ("password", PASSWORD), ("next", "/new")]);
    assert_eq!(answer.await.location(), "/sign-in/code?next=%2Fnew");
    assert!(!is_signed_in(&mut phone).await);
    assert_eq!(phone.get("/").await.location(), "/sign-in");
    assert_eq!(phone.get("/account/data.json").await.status, StatusCode::UNAUTHORIZED);
    let planted = phone.cookies["weconnect"].clone();
    assert_eq!(sessions(&mut laptop).await.len(), 1);
    let form = |code: &str| vec![("code", code.to_owned()), ("next", "/new".to_owned())];
    let enter = async |browser: &mut Browser, code: &str| {
        let form = form(code);
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post("/sign-in/code?next=%2Fnew", "/api/enter_code", &form).await.location().to_owned()
    };
    assert!(enter(&mut phone, "000000000").await.starts_with("/sign-in/code?"));
    assert!(!is_signed_in(&mut phone).await);
    assert_eq!(enter(&mut phone, &code(&set_up, 1)).await, "/new");
    assert!(is_signed_in(&mut phone).await);
    assert_ne!(phone.cookies["weconnect"], planted, "under another id");

    // Another browser with the same code, then with a recovery code, twice.
    let mut tablet = server.browser();
    tablet.sign_in("ada", PASSWORD).await;
    assert!(enter(&mut tablet, &code(&set_up, 1)).await.starts_with("/sign-in/code?"));
    assert_eq!(enter(&mut tablet, &first).await, "/new");
    let mut desk = server.browser();
    desk.sign_in("ada", PASSWORD).await;
    assert!(enter(&mut desk, &first).await.starts_with("/sign-in/code?"));
    // Who has entered no password is sent to do so.
    assert_eq!(enter(&mut server.browser(), &first).await, "/sign-in?next=%2Fnew");

    // Whoever enters a password at a browser that is signed in is not that person any more.
    let mut ben = server.with_user("ben").await;
    assert!(is_signed_in(&mut ben).await);
    ben.sign_in("ada", PASSWORD).await;
    assert!(!is_signed_in(&mut ben).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ones_data_is_a_file() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("tea house").await;
    ada.live().await.send_and_store(room, "what I said").await;
    let file = ada.get("/account/data.json").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-type"), "application/json");
    assert!(file.header("content-disposition").starts_with("attachment"));
    assert_eq!(file.header("cache-control"), "no-store");
    let data: serde_json::Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(data["account"]["email"], "ada@example.org");
    assert_eq!(data["conversations"][0]["messages"][0]["body"], "what I said");
    assert_eq!(server.browser().get("/account/data.json").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_account_is_signed_out_everywhere() {
    let server = TestServer::start().await;
    let mut laptop = server.with_user("ada").await;
    let mut phone = also(&server, "ada").await;
    let pocket = phone.live().await;
    let page = "/settings/delete";
    assert!(laptop.get(page).await.body.contains("Deleted account"));
    let unsure = laptop.post(page, "/api/delete_account", &[("current_password", PASSWORD)]).await;
    assert!(unsure.location().starts_with("/settings/delete?"), "{unsure:?}");
    let sure = [("current_password", PASSWORD), ("confirmed", "yes")];
    assert_eq!(laptop.post(page, "/api/delete_account", &sure).await.location(), "/sign-in");
    assert!(laptop.get("/sign-in").await.body.contains(Flash::Deleted.sentence()));
    assert_eq!(pocket.ended().await, over());
    assert!(!is_signed_in(&mut phone).await && !laptop.cookies.contains_key("weconnect"));
    assert!(phone.sign_in("ada", PASSWORD).await.location().starts_with("/sign-in?"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn address_and_name_change_with_scripts_off() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let page = "/settings/account";
    let wrong = [("username", "countess"), ("current_password", "wrong")];
    let answer = ada.post(page, "/api/change_username", &wrong).await;
    let refused = ada.get(answer.location()).await.body;
    let wrong_password = words::error(&ErrorKind::WrongCredentials.on(Field::CurrentPassword));
    assert!(refused.contains(&*wrong_password) && refused.contains("value=\"countess\""), "{refused}");
    let right = [("username", "countess"), ("current_password", PASSWORD)];
    assert_eq!(ada.post(page, "/api/change_username", &right).await.location(), page);
    assert!(ada.get(page).await.body.contains(Flash::Username.sentence()));

    let form = [("email", "new@example.org"), ("current_password", PASSWORD)];
    assert_eq!(ada.post(page, "/api/change_email", &form).await.location(), page);
    assert!(ada.get(page).await.body.contains(Flash::EmailAsked.sentence()));
    let token = ada.token_for("new@example.org").await;
    // On another device, where nobody is signed in.
    let mut phone = server.browser();
    let link = format!("/confirm-email?token={token}");
    assert!(phone.get(&link).await.body.contains("action=\"/api/confirm_email\""));
    assert_eq!(phone.post(&link, "/api/confirm_email", &[("token", &token)]).await.location(), "/sign-in");
    assert_eq!(phone.sign_in("new@example.org", PASSWORD).await.location(), "/");
    let me: Option<Me> = ada.call("/api/me", &()).await;
    assert_eq!(me.map(|me| (me.email, me.user.username)), Some(("new@example.org".into(), "countess".into())));
}
