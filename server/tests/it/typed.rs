//! What was typed into a form comes back when it is refused, with scripts off.

use app::words;
use protocol::{ErrorKind, Field, limits::MESSAGE_MAX};

use crate::support::{Browser, Html, Store, TestServer};

/// Posts a form that is refused, and returns the page that is shown then.
async fn refused(browser: &mut Browser, from: &str, to: &str, form: &[(&str, &str)]) -> String {
    let answer = browser.post(from, to, form).await;
    let path = answer.location().to_owned();
    assert!(path.starts_with(from) && path.contains("__err="), "{to}: {answer:?}");
    browser.get(&path).await.body
}

/// A text with something to remember at both ends.
fn long(length: usize) -> String {
    format!("begins {}ends", "wörd <&> \"q\" ".repeat(length / 13))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_of_any_length_comes_back() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("tea house").await;
    let (here, id) = (format!("/c/{room}"), uuid::Uuid::now_v7().to_string());
    let too_long = words::error(&ErrorKind::TooLong { max: MESSAGE_MAX }.on(Field::Body));
    for length in [8_100, 60_000, 300_000] {
        let text = long(length);
        let form = [("conversation", &*room.to_string()), ("id", &*id), ("body", &*text)];
        let page = refused(&mut ada, &here, "/api/send_message", &form).await;
        assert!(Html::of(&page).text.contains(&text), "{length}");
        assert!(page.contains(&*too_long), "{length}: {page}");
        // It is there once.
        assert!(!Html::of(&ada.get(&here).await.body).text.contains("begins "), "{length}");
    }
    let text = long(3_000);
    let form = [("display_name", "Ada"), ("pronouns", "she/her"), ("bio", &*text)];
    let page = Html::of(&refused(&mut ada, "/settings/profile", "/api/profile_update", &form).await).text;
    assert!(page.contains(&text) && page.contains("she/her"), "{page}");
    for (from, to, name) in [
        ("/new", "/api/join_room", "room"),
        ("/new", "/api/start_direct", "username"),
        ("/", "/api/set_status", "text"),
    ] {
        let page = refused(&mut ada, from, to, &[(name, &text)]).await;
        assert!(Html::of(&page).text.contains(&text), "{to}");
    }
    // A form that succeeds leaves nothing of an earlier try.
    ada.post("/new", "/api/join_room", &[("room", &text)]).await;
    ada.join_room("another").await;
    assert!(!Html::of(&ada.get("/new").await.body).text.contains("begins "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn also_to_somebody_who_is_not_signed_in() {
    let server = TestServer::start().await;
    let text = long(20_000);
    let mut eve = server.browser();
    for (from, to, name) in [
        ("/sign-in", "/api/sign_in", "login"),
        ("/forgot", "/api/forgot_password", "email"),
        ("/sign-up", "/api/sign_up", "email"),
        ("/sign-up", "/api/sign_up", "username"),
    ] {
        let form: Vec<_> = ["login", "email", "username", "password"]
            .map(|field| (field, if field == name { text.as_str() } else { "x" }))
            .to_vec();
        let page = refused(&mut eve, from, to, &form).await;
        assert!(Html::of(&page).text.contains(&text), "{to} {name}");
    }
    assert!(!eve.cookies.values().any(|value| value.len() > 3_900), "browsers refuse longer cookies");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_whichever_node_the_page_is_shown() {
    let store = Store::postgres().await;
    let one = TestServer::on(&store, |_| ()).await;
    let other = TestServer::on(&store, |_| ()).await;
    let mut ada = one.with_user("ada").await;
    let text = long(40_000);
    let answer = ada.post("/new", "/api/join_room", &[("room", &text)]).await;
    let mut there = ada.at(other.address);
    let page = there.get(answer.location()).await;
    assert!(Html::of(&page.body).text.contains(&text), "{}", page.body);
    // It is gone from the database, and the cookie finds nothing any more.
    let page = ada.get(answer.location()).await;
    assert!(!Html::of(&page.body).text.contains(&text));
    one.stop().await;
    other.stop().await;
}
