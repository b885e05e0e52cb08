//! Opening a socket: who may, and when the server gives it up.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use protocol::{
    limits::SOCKETS_MAX,
    live::{ClientFrame, ServerFrame, close},
    user::Me,
};
use tokio_tungstenite::tungstenite::{self, Message};

use crate::support::{Browser, Ended, Program, TestServer, connect_raw, until, within};

async fn refused(browser: &Browser, origin: Option<&str>) -> u16 {
    match connect_raw(browser, origin).await {
        Err(tungstenite::Error::Http(answer)) => answer.status().as_u16(),
        other => panic!("not refused: {other:?}"),
    }
}

/// Opens a socket that is closed at once; how.
async fn turned_away(browser: &Browser) -> Ended {
    let mut socket = connect_raw(browser, Some(&browser.origin())).await.unwrap();
    match within("the socket is closed", socket.next()).await {
        Some(Ok(Message::Close(Some(frame)))) => Ended::Closed(frame.code.into(), frame.reason.to_string()),
        other => panic!("not closed: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_needs_a_session_and_our_origin() {
    let server = TestServer::start().await;
    let ada = server.with_user("ada").await;
    let nobody = server.browser();
    // With a code that a page can read: the status of a handshake is not for scripts.
    let signed_out = Ended::Closed(close::SESSION_ENDED, "sign in first".into());
    assert_eq!(turned_away(&nobody).await, signed_out);
    assert_eq!(refused(&ada, Some("https://evil.example")).await, 403);
    assert_eq!(refused(&ada, Some("null")).await, 403);
    let mut forged = server.browser();
    forged.cookies.insert("weconnect".into(), "AAAAAAAAAAAAAAAAAAAAAA".into());
    assert_eq!(turned_away(&forged).await, signed_out);
    // What is no WebSocket handshake at all.
    let mut browser = ada.clone();
    assert_eq!(browser.get("/ws").await.status, 400);
    let me: Me = browser.call::<Option<Me>>("/api/me", &()).await.unwrap();
    assert_eq!(ada.live().await.user, me.user.id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_client_is_given_up() {
    let server = TestServer::with(|config| {
        config.timing.ping = Duration::from_millis(50);
        config.timing.silence = Duration::from_millis(200);
    })
    .await;
    let ada = server.with_user("ada").await;
    // Reading is what answers pings, so this one stays as long as it likes …
    let mut live = ada.live().await;
    let pings = async {
        let mut pings = 0;
        while pings < 10 {
            if let Message::Ping(_) = live.socket.next().await.unwrap().unwrap() {
                pings += 1;
            }
        }
    };
    within("ten pings", pings).await;
    live.say(&ClientFrame::Ping { n: 7 }).await;
    live.expect("a pong", |frame| (*frame == ServerFrame::Pong { n: 7 }).then_some(())).await;
    // … and who does not read is told why, for when it comes back to life.
    until_no_sockets(&server).await;
    assert_eq!(live.ended().await, Ended::Closed(4408, "nothing came for too long".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_dropped() {
    let server = TestServer::with(|config| config.timing.write = Duration::from_millis(200)).await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("flood").await;
    let mut live = ada.live().await;
    let body = "x".repeat(8_000);
    for _ in 0..50 {
        live.send_and_store(room, &body).await;
    }
    // It asks for all of it again and again, and reads none of it.
    let question =
        serde_json::to_string(&ClientFrame::Changes { conversation: room, since: protocol::Rev(0) }).unwrap();
    let asking = async { while live.socket.send(question.clone().into()).await.is_ok() {} };
    within("the server gives up", asking).await;
    until_no_sockets(&server).await;
}

/// Waits until the server has let go of its sockets.
async fn until_no_sockets(server: &TestServer) {
    until("the socket is gone", async || (server.domain.hub().sockets() == 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_says_goodbye_and_finishes_what_was_begun() {
    let mut server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("last words").await;
    let mut live = ada.live().await;
    let idle = ada.live().await;
    let ids = [live.send(room, "one").await, live.send(room, "two").await];
    live.stored(ids[0]).await;
    server.tell_to_stop();
    assert_eq!(idle.ended().await, Ended::Closed(1001, "the server stops".into()));
    // Whether the second was read before the stop is chance; if so, it was stored and is acknowledged.
    assert_eq!(live.ended().await, Ended::Closed(1001, "the server stops".into()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_more_pages_than_there_may_be_the_one_that_was_idle_longest_gives_way() {
    let server = TestServer::start().await;
    let ada = server.with_user("ada").await;
    let mut pages = Vec::new();
    for _ in 0..SOCKETS_MAX {
        pages.push(ada.live().await);
    }
    // The fourth and the second are idle; the answer to the ping comes after that is known.
    for n in [3, 1] {
        pages[n].say(&ClientFrame::Activity { active: false }).await;
        pages[n].say(&ClientFrame::Ping { n: 1 }).await;
        pages[n].expect("a pong", |frame| (*frame == ServerFrame::Pong { n: 1 }).then_some(())).await;
    }
    let gave_way = Ended::Closed(close::TOO_MANY, "another page was opened".into());
    // First the idle ones, the older one first; then the oldest.
    for oldest in [1, 2, 0] {
        pages.push(ada.live().await);
        assert_eq!(pages.remove(oldest).ended().await, gave_way);
    }
    // Nobody else's, and not those that stay.
    let mut bob = server.with_user("bob").await.live().await;
    for page in pages.iter_mut().chain([&mut bob]) {
        page.say(&ClientFrame::Ping { n: 2 }).await;
        page.expect("a pong", |frame| (*frame == ServerFrame::Pong { n: 2 }).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_server_is_full_a_socket_is_refused_and_pages_go_on() {
    let server = TestServer::with(|config| config.sockets_max = Some(2)).await;
    let mut ada = server.with_user("ada").await;
    let pages = [ada.live().await, ada.live().await];
    match connect_raw(&ada, Some(&ada.origin())).await {
        Err(tungstenite::Error::Http(answer)) => {
            assert_eq!(answer.status(), 503);
            assert_eq!(answer.headers()["retry-after"], "5");
        }
        other => panic!("not refused: {other:?}"),
    }
    assert_eq!(ada.get("/").await.status, 200);
    drop(pages);
    until("there is room again", async || connect_raw(&ada, Some(&ada.origin())).await.ok()).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_takes_as_many_open_files_as_the_system_gives() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_under(folder.path(), "ulimit -S -n 200").await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", program.id())).unwrap();
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let numbers: Vec<&str> = files.split_whitespace().skip(3).take(2).collect();
    assert_eq!(numbers[0], numbers[1], "soft and hard: {files}");
    assert_ne!(numbers[0], "200");
}
