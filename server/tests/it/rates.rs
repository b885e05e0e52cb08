//! How often one may ask: who asks without end is told when to ask again, and others notice nothing.

use protocol::{
    ErrorKind, Rev,
    live::{ClientFrame, Command, ServerFrame},
};

use crate::support::{TestServer, message_id};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_without_end_are_taken_at_a_pace_and_none_is_lost() {
    let server = TestServer::start().await;
    let (mut ada, mut bob) = (server.with_user("ada").await, server.with_user("bob").await);
    let room = ada.join_room("flood").await;
    bob.join_room("flood").await;
    let mut live = ada.live().await;
    let sent: Vec<_> = (0..620).map(|n| (message_id(), format!("message {n}"))).collect();
    for (id, body) in sent.clone() {
        live.say(&ClientFrame::Send { id, conversation: room, body }).await;
    }
    // As many as a long queue has are stored; of the rest some have to wait, and are told for how long.
    let (mut stored, mut waiting) = (0, Vec::new());
    while stored + waiting.len() < sent.len() {
        match live.next().await.unwrap() {
            ServerFrame::Stored { acks } => stored += acks.len(),
            ServerFrame::Rejected { id, error } => {
                assert_eq!(error.kind, ErrorKind::RateLimited { retry_after: 1 });
                waiting.push(id);
            }
            _ => {}
        }
    }
    assert!(stored >= 600 && !waiting.is_empty(), "{stored} stored, {} waiting", waiting.len());
    // Somebody else, and other questions, are none of it.
    bob.live().await.send_and_store(room, "in between").await;
    live.say(&ClientFrame::Changes { conversation: room, since: Rev(i64::MAX) }).await;
    live.expect("changes", |frame| matches!(frame, ServerFrame::Changes(_)).then_some(())).await;
    // Asked again until they are taken, as a client's queue does, each is stored once.
    while let Some(id) = waiting.pop() {
        let (_, body) = sent.iter().find(|(known, _)| *known == id).unwrap();
        live.say(&ClientFrame::Send { id, conversation: room, body: body.clone() }).await;
        let answered = live.expect("an answer", |frame| match frame {
            ServerFrame::Stored { acks } if acks.iter().any(|ack| ack.id == id) => Some(true),
            ServerFrame::Rejected { id: rejected, .. } if *rejected == id => Some(false),
            _ => None,
        });
        if !answered.await {
            waiting.push(id);
        }
    }
    assert_eq!(ada.history(room, protocol::Seq::ZERO).await.len(), sent.len() + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_without_end_are_refused_with_a_time() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("questions").await;
    let questions = [
        (ClientFrame::Sync { cursors: vec![] }, None),
        (ClientFrame::Changes { conversation: room, since: Rev(0) }, Some(room)),
        (ClientFrame::SubscribePresence { people: vec![] }, None),
        (ClientFrame::Do { conversation: room, command: Command::Seen { seq: protocol::Seq::ZERO } }, Some(room)),
    ];
    for (question, about) in questions {
        let mut live = ada.live().await;
        let refusal = |frame: &ServerFrame| match frame {
            ServerFrame::Refused { conversation, error } => Some((*conversation, error.kind.clone())),
            _ => None,
        };
        for _ in 0..700 {
            live.say(&question).await;
        }
        let refused = live.expect("a refusal", refusal).await;
        assert_eq!(refused, (about, ErrorKind::RateLimited { retry_after: 1 }), "{question:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_rates_are_off_nobody_is_told_to_wait() {
    let server = TestServer::with(|config| config.limits = false).await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("flood").await;
    let mut live = ada.live().await;
    let mut last = message_id();
    for n in 0..700 {
        last = live.send(room, &n.to_string()).await;
    }
    live.stored(last).await;
    assert_eq!(ada.history(room, protocol::Seq::ZERO).await.len(), 700);
}
