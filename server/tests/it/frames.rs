//! Frames that are wrong, and frames about what is somebody else's.

use futures::SinkExt;
use protocol::{
    ConversationId, ErrorKind, Field, Rev, Seq,
    limits::{FRAME_MAX_BYTES, SYNC_MAX},
    live::{ClientFrame, Command, ConversationCursor, ServerFrame},
};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::support::{Ended, Live, TestServer, message_id};

/// What a request about a conversation was refused with.
async fn refusal(live: &mut Live, frame: ClientFrame) -> protocol::Error {
    live.say(&frame).await;
    live.expect("a refusal", |frame| match frame {
        ServerFrame::Refused { error, .. } => Some(error.clone()),
        ServerFrame::Changes(changes) => panic!("it answered: {changes:?}"),
        _ => None,
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_frame_closes_the_socket_with_a_reason() {
    let server = TestServer::start().await;
    let ada = server.with_user("ada").await;
    let id = Uuid::now_v7();
    let unreadable = [
        "".to_owned(),
        "{".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        r#"{"unknown":{}}"#.to_owned(),
        r#""ping""#.to_owned(),
        r#"{"ping":{"n":1},"seen":{}}"#.to_owned(),
        r#"{"send":{}}"#.to_owned(),
        r#"{"ping":{"n":-1}}"#.to_owned(),
        r#"{"ping":{"n":4294967296}}"#.to_owned(),
        format!(r#"{{"send":{{"id":"not-an-id","conversation":"{id}","body":"x"}}}}"#),
        format!(r#"{{"seen":{{"conversation":"{id}","seq":1e400}}}}"#),
        "[".repeat(60_000),
        // What only the server says.
        r#""resync""#.to_owned(),
    ];
    for text in unreadable {
        let mut live = ada.live().await;
        live.socket.send(Message::text(text.clone())).await.unwrap();
        let Ended::Closed(code, reason) = live.ended().await else { panic!("{text}: no reason") };
        assert_eq!((code, reason.as_str()), (4400, "this is no frame of the protocol"), "{text}");
    }
    let mut live = ada.live().await;
    live.socket.send(Message::binary(r#"{"ping":{"n":1}}"#.as_bytes())).await.unwrap();
    assert_eq!(live.ended().await, Ended::Closed(4400, "binary frames are not understood".into()));

    // All of this harmed nobody.
    ada.live().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_has_a_size() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("long").await;
    let max = usize::try_from(FRAME_MAX_BYTES).unwrap();

    // As long as can be: understood, if only to say that the text is too long.
    let mut live = ada.live().await;
    let id = message_id();
    let frame = |body: String| serde_json::to_string(&ClientFrame::Send { id, conversation: room, body }).unwrap();
    let room_for_body = max - frame(String::new()).len();
    live.socket.send(Message::text(frame("x".repeat(room_for_body)))).await.unwrap();
    assert_eq!(live.rejected(id).await, ErrorKind::TooLong { max: 8_000 }.on(Field::Body));

    // One byte more, and far too much at once.
    for excess in [1, 10 * max] {
        let mut live = ada.live().await;
        // The server may have hung up before all of it was sent.
        let _ = live.socket.send(Message::text(frame("x".repeat(room_for_body + excess)))).await;
        match live.ended().await {
            Ended::Closed(code, _) => assert_eq!(code, 1009),
            Ended::Broken => assert!(excess > max, "the reason is lost only when far too much is on its way"),
        }
    }

    // The longest text there may be, in the script that takes the most bytes.
    let stored = live.send_and_store(room, &"\u{1f980}".repeat(8_000)).await;
    assert_eq!(stored.seq, Seq(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_is_checked() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("words").await;
    let mut live = ada.live().await;
    let id = live.send(room, " \n ").await;
    assert_eq!(live.rejected(id).await, ErrorKind::Required.on(Field::Body));
    let id = live.send(room, &"é".repeat(8_001)).await;
    assert_eq!(live.rejected(id).await, ErrorKind::TooLong { max: 8_000 }.on(Field::Body));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_somebody_elses_does_not_exist() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let bob = server.with_user("bob").await;
    let eve = server.with_user("eve").await;
    let talk = ada.start_direct("bob").await;
    let mut ada = ada.live().await;
    let said = ada.send_and_store(talk, "between us").await;

    let mut eve = eve.live().await;
    let unknown: ConversationId = Uuid::now_v7().into();
    for conversation in [talk, unknown] {
        // The same answer for both: it is not told which exist.
        let id = eve.send(conversation, "hello").await;
        assert_eq!(eve.rejected(id).await.kind, ErrorKind::NotFound);
        let changes = ClientFrame::Changes { conversation, since: Rev(0) };
        assert_eq!(refusal(&mut eve, changes).await.kind, ErrorKind::NotFound);
        let seen = ClientFrame::Do { conversation, command: Command::Seen { seq: Seq(1) } };
        assert_eq!(refusal(&mut eve, seen).await.kind, ErrorKind::NotFound);
    }
    eve.say(&ClientFrame::Sync { cursors: vec![ConversationCursor { id: talk, rev: Rev(0), seen: Seq(0) }] }).await;
    let (rows, gone) = eve.expect("her rows", synced).await;
    assert!(rows.is_empty() && gone == [talk], "{rows:?} {gone:?}");

    // Another's message, told as one's own: by a member too.
    let mut bob = bob.live().await;
    let forged = ClientFrame::Send { id: said.id, conversation: talk, body: "I said that".into() };
    bob.say(&forged).await;
    assert_eq!(bob.rejected(said.id).await.kind, ErrorKind::Conflict);
    eve.say(&forged).await;
    assert_ne!(eve.rejected(said.id).await.kind, ErrorKind::Unavailable);
    bob.say(&ClientFrame::Changes { conversation: talk, since: Rev(0) }).await;
    let bodies = bob
        .expect("what is stored", |frame| match frame {
            ServerFrame::Changes(changes) => {
                Some(changes.messages().map(|m| m.content.text().unwrap().to_owned()).collect::<Vec<_>>())
            }
            _ => None,
        })
        .await;
    assert_eq!(bodies, ["between us"]);
}

fn synced(frame: &ServerFrame) -> Option<(Vec<ConversationId>, Vec<ConversationId>)> {
    match frame {
        ServerFrame::Synced { conversations, gone, .. } => {
            Some((conversations.iter().map(|row| row.id).collect(), gone.clone()))
        }
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_out_of_order_get_answers() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("order").await;
    let mut live = ada.live().await;
    let stored = live.send_and_store(room, "one").await;

    // Ahead of everything, behind everything, and nonsense.
    live.say(&ClientFrame::Changes { conversation: room, since: Rev(i64::MAX) }).await;
    let ahead = live.expect("changes", changes).await;
    assert!(ahead.0.is_empty() && ahead.1 >= stored.rev, "{ahead:?}");
    live.say(&ClientFrame::Changes { conversation: room, since: Rev(i64::MIN) }).await;
    assert_eq!(live.expect("changes", changes).await.0, ["one"]);
    live.say(&ClientFrame::Do { conversation: room, command: Command::Seen { seq: Seq(i64::MAX) } }).await;
    let seen = live.expect("read", |frame| match frame {
        ServerFrame::Read { seen, unread, .. } => Some((*seen, *unread)),
        _ => None,
    });
    assert!(seen.await.0 <= stored.seq);
    let seen = ClientFrame::Do { conversation: room, command: Command::Seen { seq: Seq(-1) } };
    assert_eq!(refusal(&mut live, seen).await, ErrorKind::Malformed.on(Field::Request));
    // As many rows as may be fit into a frame, however long their numbers; one more is refused.
    let max = usize::try_from(SYNC_MAX).unwrap();
    let known = ConversationCursor { id: room, rev: Rev(i64::MAX), seen: Seq(i64::MAX) };
    live.say(&ClientFrame::Sync { cursors: vec![known; max] }).await;
    live.expect("rows", synced).await;
    let error = refusal(&mut live, ClientFrame::Sync { cursors: vec![known; max + 1] }).await;
    assert_eq!(error, ErrorKind::TooLong { max: SYNC_MAX }.on(Field::Request));
    live.say(&ClientFrame::Ping { n: u32::MAX }).await;
    live.expect("a pong", |frame| (*frame == ServerFrame::Pong { n: u32::MAX }).then_some(())).await;
}

fn changes(frame: &ServerFrame) -> Option<(Vec<String>, Rev)> {
    match frame {
        ServerFrame::Changes(changes) => {
            Some((changes.messages().map(|m| m.content.text().unwrap().to_owned()).collect(), changes.rev))
        }
        _ => None,
    }
}
