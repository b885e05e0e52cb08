//! Requests that are none: what they hold is refused before anything is done with it, by a status that says so.

use app::words;
use axum::http::Method;
use protocol::{ErrorKind, Field, live::ClientFrame};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Answer, Browser, PASSWORD, Store, TestServer, message_id};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Posts as a page with scripts does.
async fn post(browser: &mut Browser, path: &str, content: &str, body: &[u8]) -> Answer {
    let origin = browser.origin();
    let headers = [("accept", JSON), ("content-type", content), ("origin", origin.as_str())];
    browser.request(Method::POST, path, &headers, body).await
}

/// NUL in each field of each form, in JSON, in addresses.
async fn nul_is_refused(server: &TestServer) {
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("tea house").await;
    let id = message_id();
    let forms = [
        ("/api/sign_up", "email=a%00@b.c&username=abc&password=x"),
        ("/api/sign_up", "email=a@b.c&username=a%00bc&password=x"),
        ("/api/sign_up", "email=eve@example.org&username=eve&password=plum+tricycle%009"),
        ("/api/sign_up", "email=eve@example.org&username=eve&password=plum+tricycle+9&invite=%00"),
        ("/api/check_username", "username=a%00bc"),
        ("/api/verify", "token=%00"),
        ("/api/sign_in", "login=a%00&password=x&next="),
        ("/api/forgot_password", "email=a%00@b.c"),
        ("/api/reset_password", "token=x&password=plum+tricycle%00"),
        ("/api/set_theme", "theme=%00"),
        ("/api/start_direct", "username=a%00"),
        ("/api/join_room", "room=tea%00house"),
        ("/api/profile_update", "display_name=a&pronouns=&bio=%00"),
        ("/api/set_status", "emoji=&text=a%00b&expiry=&offset=0"),
        ("/api/search_people", "text=a%00"),
        ("/api/profile", "username=a%00"),
        ("/api/invitation", "code=a%00"),
        ("/api/accept_invite", "code=a%00"),
        ("/api/change_email", "email=a%00@b.c&current_password=x"),
        ("/api/change_username", "username=a%00b&current_password=x"),
        ("/api/change_password", "current_password=%00&password=plum+tricycle+9"),
        ("/api/confirm_email", "token=%00"),
        ("/api/enter_code", "code=%00&next="),
        ("/api/search_people", "%00=1&text=a"),
    ];
    let message = format!("conversation={room}&id={id}&body=a%00b");
    for (path, form) in forms.into_iter().chain([("/api/send_message", message.as_str())]) {
        let answer = post(&mut ada, path, FORM, form.as_bytes()).await;
        assert_eq!(answer.status, 422, "{path} {form}: {}", answer.body);
        assert!(answer.body.contains("malformed"), "{path} {form}: {}", answer.body);
    }
    let json = format!(r#"{{"conversation":"{room}","query":"Newest","limit":10,"x":"\u0000"}}"#);
    assert_eq!(post(&mut ada, "/api/history", JSON, json.as_bytes()).await.status, 422);
    for path in
        ["/u/a%00b", "/c/%00", "/people?q=a%00b", "/sign-in?next=%00", "/verify?token=%00", "/picture/%00/1", "/%00"]
    {
        assert_eq!(ada.get(path).await.status, 400, "{path}");
    }
    let mut live = ada.live().await;
    let id = message_id();
    live.say(&ClientFrame::Send { id, conversation: room, body: "a\0b".into() }).await;
    assert_eq!(live.rejected(id).await, ErrorKind::Malformed.on(Field::Body));
    live.send_and_store(room, "the socket goes on").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_text_has_nul_on_sqlite() {
    nul_is_refused(&TestServer::with(|config| config.limits = false).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_text_has_nul_on_postgres() {
    let store = Store::postgres().await;
    let server = TestServer::on(&store, |config| config.limits = false).await;
    nul_is_refused(&server).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_malformed_is_said_to_be() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let cases: [(&str, &str, &[u8]); 9] = [
        ("/api/history", JSON, b"{"),
        ("/api/history", JSON, b""),
        ("/api/history", JSON, b"[1,2]"),
        ("/api/history", JSON, br#"{"conversation":5}"#),
        ("/api/history", JSON, b"{\"conversation\":\"\xff\"}"),
        ("/api/sign_in", FORM, b"login=%ff&password=x"),
        ("/api/sign_in", FORM, b"login=\xff&password=x"),
        ("/api/sign_in", FORM, b"password=x"),
        ("/api/leave", FORM, b"conversation=nonsense"),
    ];
    for (path, content, body) in cases {
        let answer = post(&mut ada, path, content, body).await;
        assert_eq!(answer.status, 422, "{path} {body:?}: {}", answer.body);
        assert_eq!(answer.body, r#"{"kind":"malformed","field":"request"}"#, "{path} {body:?}");
    }
    for path in ["/u/%ff", "/%c3%28", "/sign-in?next=%ff"] {
        assert_eq!(ada.get(path).await.status, 400, "{path}");
    }
}

/// Posts a body in chunks, whose size nobody knows before.
async fn post_in_chunks(browser: &Browser, path: &str, accept: &str, size: usize) -> String {
    let mut stream = TcpStream::connect(browser.address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\naccept: {accept}\r\ncontent-type: {FORM}\r\norigin: {}\r\n\
         cookie: {}\r\ntransfer-encoding: chunked\r\n\r\n",
        browser.address,
        browser.origin(),
        browser.cookie_header()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut left, first) = (size, b"login=");
    stream.write_all(&[b"6\r\n".as_slice(), first, b"\r\n"].concat()).await.unwrap();
    while left > 0 {
        let now = left.min(16 * 1024);
        let chunk = format!("{now:x}\r\n{}\r\n", "x".repeat(now));
        stream.write_all(chunk.as_bytes()).await.unwrap();
        left -= now;
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_too_large_is_heard_out_and_refused() {
    let server = TestServer::start().await;
    let nobody = server.browser();
    let too_large = words::error(&ErrorKind::TooLarge { max: 0 }.on(Field::Request));
    for accept in [JSON, "text/html"] {
        let answer = post_in_chunks(&nobody, "/api/sign_in", accept, 300_000).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert_eq!(answer.contains(&*too_large), accept != JSON, "{answer}");
    }
    let fits = post_in_chunks(&nobody, "/api/sign_in", JSON, 1_000).await;
    assert!(fits.starts_with("HTTP/1.1 422 ") || fits.starts_with("HTTP/1.1 401 "), "{fits}");
    // Also with a size that is said before, and by somebody signed in, who may send more.
    let mut ada = server.with_user("ada").await;
    let long = "x".repeat(300_000);
    let answer = server.browser().post("/sign-in", "/api/sign_in", &[("login", &long), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, 413);
    assert_eq!(ada.post("/new", "/api/join_room", &[("room", &long)]).await.status, 302);
    assert_eq!(ada.post("/new", "/api/join_room", &[("room", &"x".repeat(1_100_000))]).await.status, 413);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_too_often_is_told_when_to_come_back() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let mut download = ada.get("/account/data.json").await;
    for _ in 0..10 {
        download = ada.get("/account/data.json").await;
    }
    let mut page = ada.get("/u/ada").await;
    let mut script = post(&mut ada, "/api/search_people", FORM, b"text=ada").await;
    let mut picture = ada.upload("/api/picture", "picture", b"x", JSON).await;
    for _ in 0..200 {
        if page.status != 429 {
            page = ada.get("/u/ada").await;
        }
        if script.status != 429 {
            script = post(&mut ada, "/api/search_people", FORM, b"text=ada").await;
        }
        if picture.status != 429 {
            picture = ada.upload("/api/picture", "picture", b"x", JSON).await;
        }
    }
    for (what, answer) in [("download", download), ("page", page), ("script", script), ("picture", picture)] {
        assert_eq!(answer.status, 429, "{what}");
        let seconds: u32 = answer.header("retry-after").parse().unwrap_or_else(|_| panic!("{what}: {answer:?}"));
        assert!(seconds > 0, "{what}");
    }
}
