//! The log: an error that a user sees is found in it, and nothing that users write or keep secret is in it.

use std::path::PathBuf;

use app::words;
use axum::http::{
    Method,
    header::{ACCEPT, CONTENT_TYPE, ORIGIN},
};
use protocol::{
    ConversationId, Error, ErrorKind, Rev,
    live::{ClientFrame, ServerFrame},
};
use tempfile::TempDir;

use crate::support::{Answer, Browser, PASSWORD, Program, Store, connect_raw, message_id, until};

/// Everything that our own crates log, and what libraries log at the level that README.md names.
const TRACE: &str = "debug,app=trace,browser=trace,domain=trace,migrations=trace,protocol=trace,server=trace,\
                     tower_http=trace,weconnect=trace";

/// A program and its log.
struct Logged {
    program: Program,
    path: PathBuf,
    _folder: TempDir,
}

impl Logged {
    async fn start(filter: &str, database: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let settings = [("LOG", filter), ("DATABASE_URL", database.unwrap_or_default())];
        let program = Program::start_with_log(folder.path(), &settings, &path).await;
        Self { program, path, _folder: folder }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }

    /// The line with both of these texts, as soon as there is one.
    async fn line(&self, one: &str, other: &str) -> String {
        until(&format!("a line with {one} and {other}"), async || {
            self.log().lines().find(|line| line.contains(one) && line.contains(other)).map(str::to_owned)
        })
        .await
    }
}

/// Asks for the history of a conversation as a script does.
async fn history(browser: &mut Browser, conversation: ConversationId) -> Answer {
    let origin = browser.origin();
    let headers = [
        (ACCEPT.as_str(), "application/json"),
        (CONTENT_TYPE.as_str(), "application/json"),
        (ORIGIN.as_str(), origin.as_str()),
    ];
    let query = format!(r#"{{"conversation":"{conversation}","query":"newest","limit":10}}"#);
    browser.request(Method::POST, "/api/history", &headers, query).await
}

/// The number that a page shows after something went wrong.
fn number_on(page: &str) -> String {
    let sentence = words::error(&ErrorKind::Internal { id: "0".into() }.into());
    let (start, _) = sentence.split_once('0').unwrap();
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("no number: {page}"));
    rest.chars().take_while(char::is_ascii_hexdigit).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_number_of_an_error_is_in_the_log_with_its_cause_and_the_request() {
    let store = Store::postgres().await;
    let logged = Logged::start("warn,server::static_files=error", Some(&store.url())).await;
    let mut ada = logged.program.browser();
    ada.sign_up("ada").await;
    let room = ada.join_room("tea house").await;
    assert_eq!(logged.log(), "", "an ordinary day is quiet");

    store.execute("ALTER TABLE messages RENAME TO gone").await;
    let answer = history(&mut ada, room).await;
    assert_eq!(answer.status, 500, "{}", answer.body);
    let error: Error = serde_json::from_str(&answer.body).unwrap();
    let ErrorKind::Internal { id } = error.kind else { panic!("{error:?}") };
    let request = answer.header("x-request-id").to_owned();
    let cause = logged.line(&id, "internal error").await;
    for part in [&*format!("id={request}"), "method=POST", "path=/api/history", "messages"] {
        assert!(cause.contains(part), "{part}: {cause}");
    }
    let outcome = logged.line(&request, "request failed").await;
    assert!(outcome.contains("status=500") && outcome.contains("latency="), "{outcome}");

    // A page loads its data in tasks of its own.
    let page = ada.get(&format!("/c/{room}")).await;
    let cause = logged.line(&number_on(&page.body), "internal error").await;
    for part in [&*format!("id={}", page.header("x-request-id")), "path=/c/{"] {
        assert!(cause.contains(part), "{part}: {cause}");
    }

    // A socket has the id of the request that opened it, and no more than that.
    let mut live = ada.live().await;
    live.say(&ClientFrame::Changes { conversation: room, since: Rev(0) }).await;
    let id = live
        .expect("a refusal", |frame| match frame {
            ServerFrame::Refused { error, .. } => Some(error.kind.clone()),
            _ => None,
        })
        .await;
    let ErrorKind::Internal { id } = id else { panic!("{id:?}") };
    let cause = logged.line(&id, "internal error").await;
    assert!(cause.contains("socket{id=") && !cause.contains("request{"), "{cause}");

    // A text that could not be stored is not in the log instead.
    let sent = "lost in a broken table";
    live.say(&ClientFrame::Send { id: message_id(), conversation: room, body: sent.into() }).await;
    live.expect("a rejection", |frame| matches!(frame, ServerFrame::Rejected { .. }).then_some(())).await;
    keeps(&logged.log(), &[("a message", sent.to_owned())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_has_an_id_of_ours_and_is_logged_by_its_route() {
    let logged = Logged::start("debug,sqlx=warn", None).await;
    let mut nobody = logged.program.browser();
    let headers = [("accept", "text/html"), ("x-request-id", "proxy-4711")];
    let answer = nobody.request(Method::GET, "/sign-in?next=%2Fc%2Fsecret", &headers, "").await;
    let id = answer.header("x-request-id").to_owned();
    assert_eq!(uuid::Uuid::parse_str(&id).unwrap().get_version_num(), 7, "{id}");
    // The tests come from a trusted proxy's address.
    let line = logged.line(&id, "request answered").await;
    for part in ["proxy_id=proxy-4711 ", "method=GET", "path=/sign-in ", "status=200", "latency="] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let headers = [("x-request-id", "a line=\"forged\"")];
    let answer = nobody.request(Method::GET, "/outbox/0123456789abcdef", &headers, "").await;
    let line = logged.line(answer.header("x-request-id"), "request answered").await;
    assert!(line.contains("path=/outbox/{secret} ") && !line.contains("proxy_id"), "{line}");
}

/// Fails if one of these texts is in the log.
fn keeps(log: &str, secrets: &[(&str, String)]) {
    for (what, secret) in secrets {
        assert!(secret.len() >= 6, "{what} is too short to be looked for: {secret:?}");
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "the log contains {what}: {secret}");
    }
}

/// Adds the secrets of a browser's cookies.
fn add_cookies(secrets: &mut Vec<(&'static str, String)>, browser: &Browser) {
    secrets.extend(browser.cookies.values().filter(|value| value.len() >= 6).map(|value| ("a cookie", value.clone())));
}

/// The texts that follow this one on a page, as far as they can be part of a token.
fn tokens(page: &str, before: &str) -> Vec<String> {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    page.split(before).skip(1).map(|rest| rest.chars().take_while(is_part).collect()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_users_write_or_keep_secret_is_in_the_log() {
    const NEW: &str = "another plum tricycle";
    const WRONG: &str = "a mistyped plum";
    let logged = Logged::start(TRACE, None).await;
    let mut secrets = vec![("the password", PASSWORD.to_owned()), ("a password", NEW.into()), ("a try", WRONG.into())];
    let (mut ada, mut bob) = (logged.program.browser(), logged.program.browser());
    ada.sign_up("ada").await;
    add_cookies(&mut secrets, &ada);
    secrets.push(("the outbox's secret", ada.outbox.trim_start_matches("/outbox/").to_owned()));

    // Messages: over a socket, by a form, refused, and in a frame that is none.
    let room = ada.join_room("tea house").await;
    let here = format!("/c/{room}");
    let mut live = ada.live().await;
    live.send_and_store(room, "spoken over a socket").await;
    secrets.push(("a message", "spoken over a socket".into()));
    let (id, long) = (message_id().to_string(), "sent by a form ".repeat(1_000));
    for body in ["sent by a form", &long] {
        let form = [("conversation", &*room.to_string()), ("id", &*id), ("body", body)];
        assert_eq!(ada.post(&here, "/api/send_message", &form).await.status, 302, "{body}");
    }
    secrets.push(("a message", "sent by a form".into()));
    add_cookies(&mut secrets, &ada);
    assert!(ada.get(&here).await.body.contains("spoken over a socket"));
    let mut raw = connect_raw(&ada, None).await.unwrap();
    let frame = r#"{"type":"send","body":"said in a broken frame""#;
    futures::SinkExt::send(&mut raw, frame.into()).await.unwrap();
    secrets.push(("a frame", "said in a broken frame".into()));
    let form = [("text", "gone fishing with friends"), ("expiry", "never")];
    ada.post("/", "/api/set_status", &form).await;
    secrets.push(("a status", "gone fishing with friends".into()));
    ada.get("/people?q=somebody+looked+for").await;
    secrets.push(("a search", "somebody+looked+for".into()));

    // An invitation, followed by somebody who signs up.
    let code = tokens(&ada.get("/people").await.body, "/invite/").remove(0);
    assert!(bob.get(&format!("/invite/{code}")).await.body.contains("ada"));
    secrets.push(("an invitation", code));
    bob.sign_up("bob").await;
    add_cookies(&mut secrets, &bob);

    // A password that is forgotten, mistyped and set again.
    bob.post("/forgot", "/api/forgot_password", &[("email", "ada@example.org")]).await;
    let token = until("the link", async || {
        let outbox = ada.get(&ada.outbox.clone()).await.body;
        tokens(&outbox, "/reset?token=").pop()
    })
    .await;
    let page = format!("/reset?token={token}");
    assert_eq!(ada.get(&page).await.status, 200);
    let form = [("token", token.as_str()), ("password", NEW)];
    assert_eq!(ada.post(&page, "/api/reset_password", &form).await.location(), "/sign-in");
    assert!(ada.sign_in("ada", WRONG).await.location().starts_with("/sign-in?"));
    assert_eq!(ada.sign_in("ada", NEW).await.location(), "/");
    add_cookies(&mut secrets, &ada);
    let outbox = ada.get(&ada.outbox.clone()).await.body;
    let links = tokens(&outbox, "?token=");
    assert!(links.len() >= 3, "{outbox}");
    secrets.extend(links.into_iter().map(|token| ("a link's token", token)));

    // A path that is none, and a form that is none.
    ada.get("/outbx/mistyped-secret").await;
    ada.get("/as/mistyped-secret/api/send_message").await;
    secrets.push(("a path", "mistyped-secret".into()));
    let refused =
        ada.request(Method::POST, "/api/history", &[("content-type", "application/json")], "{\"in broken json");
    assert!(refused.await.status.is_client_error());
    secrets.push(("a broken request", "in broken json".into()));

    // The log is complete, as far as it goes.
    let answer = ada.get("/sign-in").await;
    logged.line(answer.header("x-request-id"), "request answered").await;
    let log = logged.log();
    for part in ["mail kept in the outbox", "path=/invite/{", "path=/reset ", "path=/as/{account}/api/send_message "] {
        assert!(log.contains(part), "{part}: {log}");
    }
    keeps(&log, &secrets);
}
