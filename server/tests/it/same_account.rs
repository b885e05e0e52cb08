//! Who acts, when another person signs in with the browser in which a page of the first one is still open.

use app::words;
use axum::http::{Method, StatusCode};
use protocol::{Error, ErrorKind, user::Me};

use crate::support::{Answer, Browser, PASSWORD, TestServer};

const JSON: &str = "application/json";

async fn me(browser: &mut Browser) -> Me {
    browser.call::<Option<Me>>("/api/me", &()).await.unwrap()
}

/// The address that the form on a page is posted to, by how that ends.
fn action(page: &Answer, end: &str) -> String {
    let mut all = page.body.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    all.find(|action| action.ends_with(end)).unwrap_or_else(|| panic!("no form for {end}: {}", page.body)).to_owned()
}

/// A browser in which ada was, and ben is by a link from his mail; with a page of hers.
async fn shared(server: &TestServer, path: &str) -> (Browser, Answer) {
    let mut browser = server.with_user("ada").await;
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    browser.sign_up("ben").await;
    (browser, page)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_the_person_before_does_nothing_and_gives_the_text_back() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("Tea house").await;
    let path = format!("/c/{room}");
    let page = ada.get(&path).await;
    let mut browser = ada.clone();
    browser.sign_up("ben").await;
    browser.join_room("Tea house").await;

    let form = [
        ("conversation", room.to_string()),
        ("id", crate::support::message_id().to_string()),
        ("body", "For <b>ada's</b> name only".to_owned()),
    ];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.post(&path, &action(&page, "/api/send_message"), &form).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let refused = words::error(&ErrorKind::OtherAccount { username: "ben".into() }.into());
    assert!(answer.body.contains(&*refused), "{}", answer.body);
    assert!(answer.body.contains("For &lt;b&gt;ada&#x27;s&lt;/b&gt; name only"), "{}", answer.body);
    assert!(browser.history(room, protocol::Seq::ZERO).await.is_empty());

    // The same form, in the session that it was drawn in or in another one of hers.
    let mut again = server.browser();
    again.sign_in("ada", PASSWORD).await;
    let answer = again.post(&path, &action(&page, "/api/send_message"), &form).await;
    assert_eq!(answer.location(), path);
    assert_eq!(again.history(room, protocol::Seq::ZERO).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_of_the_person_before_is_told_who_is_signed_in() {
    let server = TestServer::start().await;
    let cleo = me(&mut server.with_user("cleo").await).await;
    let (mut browser, page) = shared(&server, "/u/cleo").await;
    let path = action(&page, "/api/change_relationship");
    let headers = [("accept", JSON), ("content-type", "application/x-www-form-urlencoded")];
    let body = format!("person={}&change=request", cleo.user.id);
    let answer = browser.request(Method::POST, &path, &headers, &body).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let error: Error = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(error.kind, ErrorKind::OtherAccount { username: "ben".into() });
    let page = browser.get("/people").await;
    assert!(!page.body.contains("cleo"), "{}", page.body);

    // Nobody: what the session's end always says.
    let mut nobody = server.browser();
    let answer = nobody.request(Method::POST, &path, &headers, &body).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let strange = path.replace("/as/", "/as/x");
    assert!(browser.request(Method::POST, &strange, &headers, &body).await.status.is_client_error());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_of_the_person_before_is_not_the_next_ones() {
    let server = TestServer::start().await;
    let (mut browser, page) = shared(&server, "/settings/profile").await;
    let path = action(&page, "/api/picture");
    let photo = super::pictures::photo();
    for (accept, is_html) in [("text/html", true), (JSON, false)] {
        let answer = browser.upload(&path, "picture", &photo, accept).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert_eq!(answer.body.contains("<h1>"), is_html, "{}", answer.body);
        assert!(answer.body.contains("ben"), "{}", answer.body);
    }
    assert_eq!(me(&mut browser).await.user.picture, None);
    let path = action(&browser.get("/settings/profile").await, "/api/picture");
    assert_eq!(browser.upload(&path, "picture", &photo, JSON).await.status, StatusCode::OK);
}

/// Every form of every page says for whom it was drawn, and every page says so to the service worker.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_form_is_forgotten() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    server.with_user("ben").await;
    let id = me(&mut ada).await.user.id;
    let room = format!("/c/{}", ada.join_room("Tea house").await);
    let mut invites = server.browser();
    invites.sign_in("ben", PASSWORD).await;
    let people = invites.get("/people").await.body;
    let (_, invite) = people.split_once("/invite/").unwrap();
    let invite = format!("/invite/{}", invite.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap());
    let mut forms = 0;
    let pages = [
        "/",
        &room,
        "/new",
        "/people",
        "/people?name=ben",
        "/u/ben",
        "/settings",
        "/settings/account",
        "/settings/delete",
        "/settings/privacy",
        "/settings/security",
        "/settings/second-factor",
        "/settings/appearance",
        "/settings/profile",
        "/verify?token=x",
        "/confirm-email?token=x",
        "/reset?token=x",
        &invite,
    ];
    for path in pages {
        let page = ada.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.header("x-weconnect-account"), id.to_string(), "{path}");
        for action in page.body.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let is_tied = action.starts_with(&format!("/as/{id}/api/"));
            assert!(is_tied || action == "/people", "{path} posts to {action}");
            forms += usize::from(is_tied);
        }
    }
    assert!(forms > pages.len(), "{forms}");
    let door = server.browser().get("/sign-in").await;
    assert_eq!(door.header("x-weconnect-account"), "none");
    assert!(door.body.contains("action=\"/api/sign_in\""), "{}", door.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_typed_is_not_shown_to_the_next() {
    let server = TestServer::start().await;
    let mut browser = server.with_user("ada").await;
    let long = format!("My secret {}", "x".repeat(400));
    let form = [("display_name", "Ada King"), ("pronouns", ""), ("bio", long.as_str())];
    let answer = browser.post("/settings/profile", "/api/profile_update", &form).await;
    // To whom typed it, it is.
    assert!(browser.clone().get(answer.location()).await.body.contains("My secret"));
    browser.sign_up("ben").await;
    let shown = browser.get("/settings/profile").await;
    assert!(!shown.body.contains("My secret") && !shown.body.contains("Ada King"), "{}", shown.body);
}
