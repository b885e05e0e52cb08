//! A text that wants to be more than text shows as text, wherever it is shown.

use axum::http::Method;
use protocol::relationship::RelationshipAction;

use crate::support::{Browser, Html, PASSWORD, TestServer, until};

/// Ends a title, a script and an attribute, and begins an element with an attribute that no page of ours has. Short enough
/// for a name. At its end stands what would turn the text after it around; that is taken out.
const HOSTILE: &str = "</title></script><hostile \"onhostile='x'>\u{202e}";
/// As it is shown.
const SHOWN: &str = "</title></script><hostile \"onhostile='x'>";
/// The same for pronouns, which have thirty characters.
const SHORT: &str = "<hostile \"onhostile='x>";

/// Fetches a page, which must show the text as text.
async fn shows(browser: &mut Browser, path: &str, text: &str) {
    let page = browser.get(path).await;
    assert!(page.status.is_success() || page.status == 404, "{path}: {}", page.status);
    let html = check(path, &page.body);
    assert!(html.text.contains(text), "{path} does not show it: {}", html.text);
}

/// Looks whether a page is made of nothing but what we made it of.
fn check(what: &str, page: &str) -> Html {
    let html = Html::of(page);
    assert!(!html.elements.contains("hostile"), "{what}: an element: {page}");
    let stray = html.attributes.iter().find(|name| name.contains("hostile") || name.contains('"'));
    assert_eq!(stray, None, "{what}: an attribute: {page}");
    assert_eq!(html.titles, 1, "{what}: {page}");
    assert!(!page.contains('\u{202e}') && !page.contains("\\u{202e}"), "{what}: turns text around: {page}");
    html
}

async fn set_profile(browser: &mut Browser) {
    let form = [("display_name", HOSTILE), ("pronouns", SHORT), ("bio", HOSTILE)];
    let answer = browser.post("/settings/profile", "/api/profile_update", &form).await;
    assert_eq!(answer.location(), "/settings/profile?saved=1");
    let form = [("emoji", ""), ("text", HOSTILE), ("expiry", "never"), ("offset", "0")];
    let answer = browser.post("/", "/api/set_status", &form).await;
    assert!(answer.body.contains("hostile") && !answer.location().contains("__err"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_wrote_is_text_on_every_page() {
    let server = TestServer::start().await;
    let (mut ada, mut eve) = (server.with_user("ada").await, server.with_user("eve").await);
    set_profile(&mut eve).await;

    // Each knows the other from a conversation and a room, and as a friend.
    let direct = eve.start_direct("ada").await;
    let room = eve.join_room("tea house").await;
    ada.join_room("tea house").await;
    let mut live = eve.live().await;
    live.send_and_store(direct, HOSTILE).await;
    live.send_and_store(room, HOSTILE).await;
    let person = live.user;
    let befriend = |browser: &Browser, person: protocol::UserId, change: RelationshipAction| {
        let (mut browser, change) = (browser.clone(), change);
        async move {
            let person = ToString::to_string(&person);
            let form = [("person", person.as_str()), ("change", change.name()), ("next", "/people")];
            browser.post("/people", "/api/change_relationship", &form).await
        }
    };
    let asked = befriend(&eve, ada.live().await.user, RelationshipAction::Request).await;
    assert_eq!(asked.location(), "/people", "{asked:?}");

    for path in ["/", &format!("/c/{direct}"), &format!("/c/{room}"), "/u/eve", "/people", "/people?q=hostile"] {
        shows(&mut ada, path, SHOWN).await;
    }
    for path in ["/settings", "/settings/profile", "/u/eve", "/", &format!("/c/{room}")] {
        shows(&mut eve, path, SHOWN).await;
    }
    shows(&mut eve, "/settings/profile", SHORT).await;
    let link = Html::of(&eve.get("/people").await.body).text;
    let (_, code) = link.split_once("/invite/").expect("an invitation link");
    let code: String = code.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    for browser in [&mut ada, &mut server.browser()] {
        shows(browser, &format!("/invite/{code}"), SHOWN).await;
    }
    let accepted = befriend(&ada, person, RelationshipAction::Accept).await;
    assert_eq!(accepted.location(), "/people", "{accepted:?}");
    shows(&mut ada, "/people", SHOWN).await;
    let blocked = befriend(&ada, person, RelationshipAction::Block).await;
    assert_eq!(blocked.location(), "/people", "{blocked:?}");
    for path in ["/people", "/u/eve", &format!("/c/{direct}"), "/"] {
        shows(&mut ada, path, SHOWN).await;
    }
}

/// A form: the page that has it, where it is sent, and its fields.
type Form<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_typed_comes_back_as_text() {
    let server = TestServer::start().await;
    let mut eve = server.with_user("eve").await;
    let room = eve.join_room("tea house").await;
    let long = format!("{HOSTILE}{}", "x".repeat(9_000));
    let id = uuid::Uuid::now_v7().to_string();
    let (here, room) = (format!("/c/{room}"), room.to_string());
    let forms: [Form<'_>; 6] = [
        ("/new", "/api/join_room", &[("room", HOSTILE)]),
        ("/new", "/api/start_direct", &[("username", HOSTILE)]),
        (&here, "/api/send_message", &[("conversation", &room), ("id", &id), ("body", &long)]),
        ("/settings/profile", "/api/profile_update", &[("display_name", &long), ("pronouns", HOSTILE), ("bio", &long)]),
        ("/settings/account", "/api/change_username", &[("username", HOSTILE), ("current_password", "x")]),
        ("/settings/account", "/api/change_email", &[("email", HOSTILE), ("current_password", "x")]),
    ];
    for (from, to, form) in forms {
        let answer = eve.post(from, to, form).await;
        let page = eve.get(answer.location()).await;
        let html = Html::of(&page.body);
        assert!(!html.elements.contains("hostile") && html.titles == 1, "{to}: {}", page.body);
        assert!(!html.attributes.iter().any(|name| name.contains("hostile")), "{to}: {}", page.body);
        assert!(html.text.contains(SHOWN), "{to}: {}", html.text);
    }
    let mut nobody = server.browser();
    let forms: [Form<'_>; 3] = [
        ("/sign-in", "/api/sign_in", &[("login", HOSTILE), ("password", "x"), ("next", HOSTILE)]),
        ("/forgot", "/api/forgot_password", &[("email", HOSTILE)]),
        (
            "/sign-up",
            "/api/sign_up",
            &[("email", HOSTILE), ("username", HOSTILE), ("password", "x"), ("invite", HOSTILE)],
        ),
    ];
    for (from, to, form) in forms {
        let answer = nobody.post(from, to, form).await;
        let page = nobody.get(answer.location()).await;
        let html = Html::of(&page.body);
        assert!(!html.elements.contains("hostile") && html.titles == 1, "{to}: {}", page.body);
        assert!(html.text.contains(SHOWN), "{to}: {}", html.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_in_an_address_is_text() {
    let server = TestServer::start().await;
    let mut eve = server.with_user("eve").await;
    let mut nobody = server.browser();
    let hostile: String = HOSTILE.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for path in [
        "/sign-in?next=",
        "/verify?token=",
        "/reset?token=",
        "/confirm-email?token=",
        "/sign-up?invite=",
        "/invite/",
        "/",
    ] {
        let page = nobody.get(&format!("{path}{hostile}")).await;
        if !page.status.is_redirection() {
            let html = Html::of(&page.body);
            assert!(!html.elements.contains("hostile") && html.titles == 1, "{path}: {}", page.body);
        }
    }
    for path in [
        "/u/",
        "/c/",
        "/people?q=",
        "/settings/profile?refused=",
        "/no/such/page/",
        "/new?__path=/api/join_room&__err=",
    ] {
        let page = eve.get(&format!("{path}{hostile}")).await;
        let html = Html::of(&page.body);
        assert!(!html.elements.contains("hostile") && html.titles == 1, "{path}: {}", page.body);
        assert!(!html.attributes.iter().any(|name| name.contains("hostile")), "{path}: {}", page.body);
    }
    let download = eve.request(Method::GET, "/account/data.json", &[], "").await;
    assert_eq!(download.header("content-type"), "application/json");
    assert_eq!(download.header("content-disposition"), "attachment; filename=\"weconnect.json\"");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_wrote_is_text_in_mails() {
    let server = TestServer::start().await;
    let mut eve = server.with_user("eve").await;
    set_profile(&mut eve).await;
    // The one free text in a mail is an address, which may have more signs before the @ than one would think.
    let email = "o'hostile&co=x@example.org";
    let form = [("email", email), ("current_password", PASSWORD)];
    let answer = eve.post("/settings/account", "/api/change_email", &form).await;
    assert_eq!(answer.location(), "/settings/account", "{answer:?}");
    let token = eve.token_for("o&#x27;hostile&amp;co=x@example.org").await;
    eve.post("/confirm-email", "/api/confirm_email", &[("token", &token)]).await;
    eve.post("/forgot", "/api/forgot_password", &[("email", email)]).await;
    until("four mails", async || (server.domain.mail_outbox().latest(10).await.unwrap().len() == 4).then_some(()))
        .await;
    let mails = server.domain.mail_outbox().latest(10).await.unwrap();
    assert!(mails.iter().any(|mail| Html::of(&mail.html).text.contains(email)), "the old address is told the new one");
    for mail in &mails {
        let html = Html::of(&mail.html);
        assert_eq!(html.titles, 1, "{}", mail.html);
        assert!(!mail.html.contains("'hostile"), "{}", mail.html);
    }
    let outbox = Html::of(&eve.get(&server.outbox.clone()).await.body);
    assert!(outbox.text.contains(email) && outbox.titles == 1, "{}", outbox.text);
}
