//! Several nodes on one PostgreSQL, with a real Redis between them.

use protocol::{ConversationId, Seq};
use server::config::Config;

use crate::support::{Browser, Program, Redis, Store, TestServer, within};

/// Two nodes, and ada and bob in a room.
struct Nodes {
    one: TestServer,
    two: TestServer,
    /// At the first node.
    ada: Browser,
    /// At the second.
    bob: Browser,
    room: ConversationId,
    redis: Redis,
    /// Last: the database goes after the nodes.
    _store: Store,
}

impl Nodes {
    async fn start() -> Self {
        let (store, redis) = (Store::postgres().await, Redis::start().await);
        let url = redis.url();
        let together = |config: &mut Config| config.redis_url = Some(url.clone());
        let one = TestServer::on(&store, together).await;
        let two = TestServer::on(&store, together).await;
        let mut ada = one.with_user("ada").await;
        let mut bob = two.with_user("bob").await;
        let room = ada.join_room("both").await;
        assert_eq!(bob.join_room("both").await, room, "made at one node, entered at the other");
        Self { one, two, ada, bob, room, redis, _store: store }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_at_one_node_is_heard_at_the_other() {
    let nodes = Nodes::start().await;
    let mut ada = nodes.ada.follow(nodes.room).await;
    let mut bob = nodes.bob.follow(nodes.room).await;
    // Until both nodes listen, clients get by with resyncs. From then on, events come by themselves.
    let heard = async {
        for n in 0.. {
            ada.live.send_and_store(nodes.room, &format!("message {n}")).await;
            let before = bob.messages.len();
            while bob.messages.len() == before {
                if bob.step().await && bob.messages.len() > before {
                    return;
                }
            }
        }
    };
    within("an event from the other node", heard).await;
    bob.live.send_and_store(nodes.room, "and back").await;
    ada.wait_for(&["and back".into()]).await;

    // A session is good at every node, and ends at every node.
    let mut ada_at_two = nodes.ada.at(nodes.two.address);
    assert_eq!(ada_at_two.get("/").await.status, 200);
    let tab = ada_at_two.live().await;
    let mut ada_at_one = nodes.ada.clone();
    assert_eq!(ada_at_one.post("/settings", "/api/sign_out", &[]).await.location(), "/sign-in");
    assert_eq!(tab.ended().await, crate::support::Ended::Closed(4401, "the session ended".into()));
    assert_eq!(ada_at_two.get("/").await.location(), "/sign-in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_nothing_is_lost() {
    let mut nodes = Nodes::start().await;
    let mut ada = nodes.ada.follow(nodes.room).await;
    let mut bob = nodes.bob.follow(nodes.room).await;
    let mut said = Vec::new();
    for round in 0..3 {
        let mut say = async |text: String| {
            ada.live.send_and_store(nodes.room, &text).await;
            said.push(text);
        };
        say(format!("with Redis {round}")).await;
        nodes.redis.stop();
        for n in 0..10 {
            // It is stored and acknowledged as ever; people at this node see it.
            say(format!("without Redis {round}.{n}")).await;
        }
        ada.wait_for(&said).await;
        nodes.redis.restart().await;
        bob.wait_for(&said).await;
        assert_eq!(bob.bodies(), said);
    }
    // And what bob says in between reaches ada the same way.
    nodes.redis.stop();
    bob.live.send_and_store(nodes.room, "are you there?").await;
    nodes.redis.restart().await;
    ada.wait_for(&["are you there?".into()]).await;
    let stored = nodes.ada.history(nodes.room, Seq(0)).await;
    assert_eq!(stored.iter().map(|message| message.content.text().unwrap()).collect::<Vec<_>>(), ada.bodies());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_moves_from_one_node_to_the_other() {
    let nodes = Nodes::start().await;
    let mut bob = nodes.bob.follow(nodes.room).await;
    let mut ada = nodes.ada.live().await;
    ada.send_and_store(nodes.room, "one").await;
    bob.wait_for(&["one".into()]).await;
    let rev = bob.rev;

    // Its node goes, and a balancer sends it to the other.
    nodes.two.stop().await;
    ada.send_and_store(nodes.room, "two").await;
    ada.send_and_store(nodes.room, "three").await;
    assert_eq!(bob.rev, rev);
    bob.move_to(nodes.bob.at(nodes.one.address).live().await).await;
    bob.wait_for(&["two".into(), "three".into()]).await;
    assert_eq!(bob.bodies(), ["one", "two", "three"]);
    bob.live.send_and_store(nodes.room, "four").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_on_sqlite_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = Program::start(folder.path()).await;
    let (status, said) = Program::fail(folder.path(), &[]).await;
    assert_eq!(status.code(), Some(1));
    assert!(said.starts_with("weconnect: another WeConnect is already running on "), "{said}");
    for part in ["SQLite serves one node", "DATABASE_URL", "REDIS_URL"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(said.trim_end().lines().count(), 1, "one line: {said}");
    assert_eq!(first.browser().get("/healthz").await.status, 200, "the first goes on");
}
