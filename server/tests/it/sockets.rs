//! Opening a socket: who may, and when the server gives it up.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use protocol::{
    account::Me,
    live::{ClientFrame, ServerFrame, close},
};
use tokio_tungstenite::tungstenite::{self, Message};

use crate::support::{Browser, Ended, TestServer, connect_raw, until, within};

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
    assert_eq!(ada.live().await.user, me.card.id);
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
    let room = ada.enter_room("flood").await;
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
    let room = ada.enter_room("last words").await;
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
