//! Redis is lost and comes back, and meanwhile conversations begin, rooms are left and sessions end.

use protocol::{
    ConversationId,
    live::{ServerFrame, close},
};

use crate::support::{Browser, Ended, Live, Redis, Store, TestServer};

/// Two nodes; ada and bob with pages at the second, who act at the first.
struct Apart {
    _one: TestServer,
    _two: TestServer,
    ada: Browser,
    bob: Browser,
    /// Pages at the second node.
    adas: Live,
    bobs: Live,
    redis: Redis,
    /// Last: the database goes after the nodes.
    _store: Store,
}

impl Apart {
    async fn start() -> Self {
        let (store, redis) = (Store::postgres().await, Redis::start().await);
        let url = redis.url();
        let one = TestServer::on(&store, |config| config.redis_url = Some(url.clone())).await;
        let two = TestServer::on(&store, |config| config.redis_url = Some(url.clone())).await;
        let (mut ada, bob) = (one.with_user("ada").await, one.with_user("bob").await);
        // Nodes that hear each other tell nobody to resync any more, until Redis is gone.
        let corner = ada.join_room("corner").await;
        let mut adas = ada.at(two.address).follow(corner).await;
        adas.hear(&mut ada.live().await).await;
        let (adas, bobs) = (adas.live, bob.at(two.address).live().await);
        Self { _one: one, _two: two, ada, bob, adas, bobs, redis, _store: store }
    }

    /// Redis comes back, and the second node has told its sockets.
    async fn come_back(&mut self) {
        self.adas.forget_early();
        self.bobs.forget_early();
        self.redis.restart().await;
        for page in [&mut self.adas, &mut self.bobs] {
            page.expect("a resync", |frame| matches!(frame, ServerFrame::Resync).then_some(())).await;
        }
    }
}

/// What a socket hears said in a conversation.
fn said(frame: &ServerFrame, conversation: ConversationId, body: &str) -> Option<()> {
    match frame {
        ServerFrame::Delta(delta) if delta.conversation == conversation => {
            delta.messages().any(|message| message.content.text() == Some(body)).then_some(())
        }
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_that_begins_without_redis_is_heard_after_it() {
    let mut t = Apart::start().await;
    t.redis.stop();
    let talk = t.bob.start_direct("ada").await;
    t.come_back().await;
    // Ada's page heard nothing of the conversation; it hears all that is said in it.
    let mut bob_at_one = t.bob.live().await;
    bob_at_one.send_and_store(talk, "hello").await;
    t.adas.expect("hello", |frame| said(frame, talk, "hello")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_is_left_without_redis_is_not_heard_after_it() {
    let mut t = Apart::start().await;
    let talk = t.bob.start_direct("ada").await;
    let room = t.ada.join_room("tea house").await;
    t.bob.join_room("tea house").await;
    t.bobs.expect("he came in", |frame| in_room(frame, room)).await;
    t.redis.stop();
    let left = t.bob.post(&format!("/c/{room}"), "/api/leave", &[("conversation", &room.to_string())]).await;
    assert_eq!(left.location(), "/", "{left:?}");
    t.come_back().await;
    let mut ada_at_one = t.ada.live().await;
    ada_at_one.send_and_store(room, "not for bob").await;
    ada_at_one.send_and_store(talk, "for bob").await;
    // Nodes tell in order: had he heard the first, it would have been before the second.
    let heard = t.bobs.expect("what is said to him", |frame| match frame {
        ServerFrame::Delta(delta) => delta.messages().next().map(|message| message.content.text().unwrap().to_owned()),
        _ => None,
    });
    assert_eq!(heard.await, "for bob");
}

fn in_room(frame: &ServerFrame, room: ConversationId) -> Option<()> {
    matches!(frame, ServerFrame::Delta(delta) if delta.conversation == room).then_some(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_without_redis_hears_nothing_after_it() {
    let mut t = Apart::start().await;
    t.redis.stop();
    assert_eq!(t.bob.post("/settings", "/api/sign_out", &[]).await.location(), "/sign-in");
    t.redis.restart().await;
    assert_eq!(t.bobs.ended().await, Ended::Closed(close::SESSION_ENDED, "the session ended".into()));
    // Another person's stays.
    t.adas.expect("a resync", |frame| matches!(frame, ServerFrame::Resync).then_some(())).await;
}
