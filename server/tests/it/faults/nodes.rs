//! Nodes that die, stop, or are cut off between what they did and what they told the others of it.

use std::time::Duration;

use protocol::{
    ConversationId,
    live::{ServerFrame, close},
};
use server::config::Config;

use crate::support::{Browser, Ended, Follower, Line, Program, Redis, Store, TestServer, connect_raw, within};

/// A node whose line to Redis a test can stall, and one that listens to it.
struct Nodes {
    victim: Program,
    _survivor: TestServer,
    /// From the victim to Redis.
    line: Line,
    ada: Browser,
    /// At the survivor.
    bob: Browser,
    room: ConversationId,
    _folder: tempfile::TempDir,
    _redis: Redis,
    /// Last: the database goes after the nodes.
    _store: Store,
}

impl Nodes {
    /// The survivor takes a node for dead that was silent for so long.
    async fn start(silence: Duration) -> Self {
        let (store, redis) = (Store::postgres().await, Redis::start().await);
        let (line, folder) = (Line::to(redis.address()).await, tempfile::tempdir().unwrap());
        let survivor = TestServer::on(&store, |config| {
            config.redis_url = Some(redis.url());
            config.presence.silence = silence;
        })
        .await;
        let (database, bus) = (store.url(), line.instead_of(&redis.url(), redis.address()));
        let settings = [("DATABASE_URL", database.as_str()), ("REDIS_URL", bus.as_str())];
        let victim = Program::start_with(folder.path(), &settings).await;
        let (mut ada, mut bob) = (survivor.with_user("ada").await, survivor.with_user("bob").await);
        let room = ada.join_room("both").await;
        bob.join_room("both").await;
        let ada = ada.at(victim.address);
        Self { victim, _survivor: survivor, line, ada, bob, room, _folder: folder, _redis: redis, _store: store }
    }

    /// Bob's page, as soon as it hears by itself what is said at the other node.
    async fn listen(&self) -> Follower {
        let mut bob = self.bob.follow(self.room).await;
        bob.hear(&mut self.ada.live().await).await;
        bob
    }
}

/// Longer than a node is silent between two beats.
const SILENCE: Duration = Duration::from_secs(7);
/// Longer than any test.
const NEVER: Duration = Duration::from_secs(3_600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_node_acknowledged_and_did_not_tell_is_heard() {
    let nodes = Nodes::start(SILENCE).await;
    let mut bob = nodes.listen().await;
    let mut ada = nodes.ada.live().await;
    nodes.line.stall();
    let said: Vec<String> = (0..20).map(|n| format!("before the end {n}")).collect();
    for text in &said {
        ada.send_and_store(nodes.room, text).await;
    }
    nodes.victim.kill();
    // Nobody says anything more.
    bob.wait_for(&said).await;
    let stored = nodes.bob.clone().history(nodes.room, protocol::Seq::ZERO).await;
    let stored: Vec<_> = stored.iter().map(|message| message.content.text().unwrap()).collect();
    assert!(stored.ends_with(&said.iter().map(String::as_str).collect::<Vec<_>>()), "{stored:?}");
    assert_eq!(bob.bodies(), stored);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stops_tells_what_it_can_before() {
    // Silence brings nothing: only the node itself can tell.
    let nodes = Nodes::start(NEVER).await;
    let mut bob = nodes.listen().await;
    let mut ada = nodes.ada.live().await;
    nodes.line.stall();
    let said: Vec<String> = (0..20).map(|n| format!("before the stop {n}")).collect();
    for text in &said {
        ada.send_and_store(nodes.room, text).await;
    }
    nodes.victim.terminate();
    // Its sockets are closed, and the process has nothing to do but to tell the others.
    assert_eq!(ada.ended().await, Ended::Closed(close::GOING_AWAY, "the server stops".into()));
    nodes.line.resume();
    assert!(nodes.victim.wait().await.success());
    bob.wait_for(&said).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_could_not_tell_before_its_stop_is_heard() {
    let nodes = Nodes::start(SILENCE).await;
    let mut bob = nodes.listen().await;
    let mut ada = nodes.ada.live().await;
    nodes.line.stall();
    let said: Vec<String> = (0..20).map(|n| format!("before the stop {n}")).collect();
    for text in &said {
        ada.send_and_store(nodes.room, text).await;
    }
    nodes.victim.terminate();
    assert!(nodes.victim.wait().await.success(), "a stop ends, whatever is stalled");
    drop(nodes.line);
    bob.wait_for(&said).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_says_goodbye_is_not_missed() {
    let nodes = Nodes::start(SILENCE).await;
    let mut bob = nodes.listen().await;
    let watched = nodes.ada.live().await.user;
    bob.live.say(&protocol::live::ClientFrame::SubscribePresence { people: vec![watched] }).await;
    nodes.victim.terminate();
    assert!(nodes.victim.wait().await.success());
    // When the silence is over, nobody of that node is there any more; and that is all.
    loop {
        match bob.live.next().await.unwrap() {
            ServerFrame::Resync => panic!("everybody was told to resync"),
            ServerFrame::PresenceUpdate { people }
                if people.iter().any(|sighting| sighting.presence == protocol::presence::Presence::Offline) =>
            {
                break;
            }
            _ => {}
        }
    }
}

/// Two nodes; the second asks the database over a line that holds answers.
struct Held {
    _one: TestServer,
    two: TestServer,
    line: Line,
    ada: Browser,
    bob: Browser,
    room: ConversationId,
    /// Hears what is said at the first node.
    ada_at_two: Follower,
    _redis: Redis,
    _store: Store,
}

impl Held {
    async fn start() -> Self {
        let (store, redis) = (Store::postgres().await, Redis::start().await);
        let line = Line::to(store.address()).await;
        let together = |config: &mut Config| config.redis_url = Some(redis.url());
        let one = TestServer::on(&store, together).await;
        let two = TestServer::on(&store, |config| {
            together(config);
            // Without prepared statements, the text of each question crosses the line.
            let url = format!("{}?statement-cache-capacity=0", line.instead_of(&store.url(), store.address()));
            config.database = domain::config::DatabaseConfig::Postgres(url);
        })
        .await;
        let (mut ada, mut bob) = (one.with_user("ada").await, one.with_user("bob").await);
        let room = ada.join_room("both").await;
        bob.join_room("both").await;
        let mut ada_at_two = ada.at(two.address).follow(room).await;
        ada_at_two.hear(&mut ada.live().await).await;
        Self { _one: one, two, line, ada, bob, room, ada_at_two, _redis: redis, _store: store }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_while_a_socket_opens_does_not_hear_the_room() {
    let mut t = Held::start().await;
    let talk = t.bob.start_direct("ada").await;
    let bobs_id = t.bob.live().await.user.uuid();
    t.line.hold_answer_to("present", bobs_id.as_bytes());
    let bob_at_two = t.bob.at(t.two.address);
    let opening = tokio::spawn(async move { bob_at_two.live().await });
    t.line.held().await;
    let left = t.bob.post(&format!("/c/{}", t.room), "/api/leave", &[("conversation", &t.room.to_string())]).await;
    assert_eq!(left.location(), "/", "{left:?}");
    // The other node has heard of it: ada, who is there, is told after bob's sockets are.
    t.ada_at_two.hear(&mut t.ada.live().await).await;
    t.line.release();
    let mut bob = within("the socket opens", opening).await.unwrap();
    let mut ada_at_one = t.ada.live().await;
    ada_at_one.send_and_store(t.room, "not for bob").await;
    ada_at_one.send_and_store(talk, "for bob").await;
    let heard = bob.expect("what is said to him", |frame| match frame {
        ServerFrame::Delta(delta) => delta.messages().next().map(|message| message.content.text().unwrap().to_owned()),
        _ => None,
    });
    assert_eq!(heard.await, "for bob");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_while_its_socket_opens_hears_nothing() {
    let mut t = Held::start().await;
    // Who asks is looked up first; that answer is from before the end.
    t.line.hold_answer_to("id_hash", &[]);
    let bob_at_two = t.bob.at(t.two.address);
    let opening = tokio::spawn(async move {
        let origin = bob_at_two.origin();
        connect_raw(&bob_at_two, Some(&origin)).await
    });
    t.line.held().await;
    assert_eq!(t.bob.post("/settings", "/api/sign_out", &[]).await.location(), "/sign-in");
    // The other node has heard of it.
    t.ada_at_two.hear(&mut t.ada.live().await).await;
    t.line.release();
    let mut socket = within("the socket opens", opening).await.unwrap().unwrap();
    let closed = async {
        use futures::StreamExt;
        while let Some(Ok(message)) = socket.next().await {
            if let tokio_tungstenite::tungstenite::Message::Close(Some(frame)) = message {
                return Some(u16::from(frame.code));
            }
        }
        None
    };
    assert_eq!(within("the socket is closed", closed).await, Some(close::SESSION_ENDED));
}
