//! Two people talk.

use protocol::{
    Seq,
    live::{ClientFrame, Command, ConversationCursor, ServerFrame, Stored},
};

use crate::support::{TestServer, message_id};

fn bodies(from: u32, to: u32) -> Vec<String> {
    (from..to).map(|n| format!("message {n}")).collect()
}

/// Each database, with and without Redis.
mod two_people_talk {
    use crate::support::{Redis, Store, TestServer};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite() {
        super::talk(&TestServer::start().await).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite_and_redis() {
        let redis = Redis::start().await;
        super::talk(&TestServer::with(|config| config.redis_url = Some(redis.url())).await).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        let store = Store::postgres().await;
        super::talk(&TestServer::on(&store, |_| {}).await).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres_and_redis() {
        let (store, redis) = (Store::postgres().await, Redis::start().await);
        super::talk(&TestServer::on(&store, |config| config.redis_url = Some(redis.url())).await).await;
    }
}

async fn talk(server: &TestServer) {
    let mut ada = server.with_user("ada").await;
    let mut bob = server.with_user("bob").await;
    // Bob is there before the conversation is: it comes to him.
    let mut bob_live = bob.live().await;
    let talk = ada.start_direct("bob").await;
    let mut ada_live = ada.follow(talk).await;
    let first = ada_live.live.send_and_store(talk, "hello").await;
    assert_eq!(first.seq, Seq(1));
    bob_live
        .expect("hello", |frame| match frame {
            ServerFrame::Delta(delta) if delta.conversation == talk => {
                delta.messages().any(|message| message.content.text() == Some("hello")).then_some(())
            }
            _ => None,
        })
        .await;
    assert_eq!(bob.start_direct("ADA").await, talk, "a pair has one conversation");

    let mut bob_live = bob.follow(talk).await;
    let answer = bob_live.live.send_and_store(talk, "hello yourself").await;
    assert_eq!(answer.seq, Seq(2));
    ada_live.wait_for(&["hello yourself".into()]).await;
    bob_live.wait_for(&["hello".into()]).await;
    assert_eq!(ada_live.bodies(), ["hello", "hello yourself"]);

    // What is read in one tab is read in the other.
    let mut tab = bob.live().await;
    bob_live.live.say(&ClientFrame::Do { conversation: talk, command: Command::Seen { seq: answer.seq } }).await;
    let unread = tab.expect("read", |frame| match frame {
        ServerFrame::Read { conversation, unread, seen, .. } if *conversation == talk => Some((*unread, *seen)),
        _ => None,
    });
    assert_eq!(unread.await, (0, answer.seq));

    // And without scripts, all of it is in the page.
    let page = ada.get(&format!("/c/{talk}")).await;
    assert_eq!(page.status, 200);
    for text in ["hello", "hello yourself"] {
        assert!(page.body.contains(text), "{text}");
    }
    let page = server.with_user("eve").await.get(&format!("/c/{talk}")).await;
    assert!(!page.body.contains("hello yourself"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_sends_and_the_live_see_it() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let mut bob = server.with_user("bob").await;
    let room = ada.join_room("Tea House").await;
    assert_eq!(bob.join_room("#tea-house").await, room);
    let mut bob_live = bob.follow(room).await;
    let (id, page) = (message_id().to_string(), format!("/c/{room}"));
    let form = [("conversation", &*room.to_string()), ("id", &id), ("body", "from a form")];
    for _ in 0..2 {
        let answer = ada.post(&page, "/api/send_message", &form).await;
        assert_eq!(answer.location(), page, "pressed twice, it is the same message");
    }
    bob_live.wait_for(&["from a form".into()]).await;
    assert_eq!(ada.history(room, Seq(0)).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_sent_twice_is_stored_once_and_answered_twice() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("echo").await;
    let mut live = ada.live().await;
    let frame = ClientFrame::Send { id: message_id(), conversation: room, body: "once".into() };
    live.say(&frame).await;
    live.say(&frame).await;
    let mut acks: Vec<Stored> = Vec::new();
    while acks.len() < 2 {
        let more = live.expect("answers", |frame| match frame {
            ServerFrame::Stored { acks } => Some(acks.clone()),
            _ => None,
        });
        acks.extend(more.await);
    }
    // Over another connection too, as after an answer that got lost.
    let mut again = ada.live().await;
    again.say(&frame).await;
    let ClientFrame::Send { id, .. } = frame else { unreachable!() };
    acks.push(again.stored(id).await);
    assert!(acks.iter().all(|ack| *ack == acks[0]), "{acks:?}");
    assert_eq!(ada.history(room, Seq(0)).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_keep_their_order_and_are_acknowledged_together() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let room = ada.join_room("busy").await;
    let mut bob = server.with_user("bob").await;
    bob.join_room("busy").await;
    let mut bob_live = bob.follow(room).await;
    let mut live = ada.live().await;
    // More than may be in flight: the rest waits in the network.
    let bodies = bodies(0, 250);
    let mut waiting = std::collections::HashSet::new();
    for body in &bodies {
        waiting.insert(live.send(room, body).await);
    }
    let (mut frames, mut last) = (0, Seq::ZERO);
    while !waiting.is_empty() {
        let acks = live.expect("answers", |frame| match frame {
            ServerFrame::Stored { acks } => Some(acks.clone()),
            _ => None,
        });
        frames += 1;
        for ack in acks.await {
            assert!(waiting.remove(&ack.id));
            last = last.max(ack.seq);
        }
    }
    assert_eq!(last, Seq(250));
    assert!(frames < 250, "{frames} frames acknowledged 250 messages");
    bob_live.wait_for(&bodies).await;
    assert_eq!(bob_live.bodies(), bodies);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_back_gets_what_changed() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let mut bob = server.with_user("bob").await;
    let room = ada.join_room("gap").await;
    bob.join_room("gap").await;
    let mut live = ada.live().await;
    live.send_and_store(room, "before").await;
    let mut follower = bob.follow(room).await;
    follower.wait_for(&["before".into()]).await;
    let known = ConversationCursor { id: room, rev: follower.rev, seen: Seq(0) };
    follower.live.socket.close(None).await.unwrap();

    live.send_and_store(room, "meanwhile").await;
    let mut back = bob.live().await;
    back.say(&ClientFrame::Sync { cursors: vec![known] }).await;
    let rows = back.expect("rows", |frame| match frame {
        ServerFrame::Synced { conversations, gone, .. } if gone.is_empty() => Some(conversations.clone()),
        _ => None,
    });
    let rows = rows.await;
    assert_eq!((rows.len(), rows[0].id, rows[0].unread), (1, room, 2));
    follower.move_to(back).await;
    follower.wait_for(&["meanwhile".into()]).await;
    assert_eq!(follower.bodies(), ["before", "meanwhile"]);
}
