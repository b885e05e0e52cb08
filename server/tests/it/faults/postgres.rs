//! PostgreSQL whose host goes silent, loses an answer, or becomes a standby.

use protocol::{
    ConversationId, ErrorKind, MessageId, Seq,
    live::{ClientFrame, ServerFrame},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::proxy::{Proxy, Trap};
use crate::support::{Browser, Live, PATIENCE, Program, Store, TestServer, message_id, until, within};

/// A node whose way to the database goes through a proxy, and ada and bob in a room.
struct World {
    server: TestServer,
    proxy: Proxy,
    ada: Browser,
    bob: Browser,
    room: ConversationId,
    store: Store,
}

impl World {
    async fn new() -> Self {
        let store = Store::postgres().await;
        let (proxy, url) = Proxy::before(&store.url()).await;
        let server = TestServer::on(&store, |config| {
            config.database = domain::config::DatabaseConfig::Postgres(url);
            // Who only listens answers no ping while a test waits for the database.
            config.timing.silence = PATIENCE * 10;
        })
        .await;
        let (mut ada, mut bob) = (server.with_user("ada").await, server.with_user("bob").await);
        ada.join_room("far").await;
        let room = bob.join_room("far").await;
        Self { server, proxy, ada, bob, room, store }
    }

    /// Sends it once: whether it was stored, or is to be tried again.
    async fn send(&self, live: &mut Live, id: MessageId, body: &str) -> bool {
        live.say(&ClientFrame::Send { id, conversation: self.room, body: body.to_owned() }).await;
        live.expect("an answer", |frame| match frame {
            ServerFrame::Stored { acks } if acks.iter().any(|ack| ack.id == id) => Some(true),
            ServerFrame::Rejected { id: rejected, error } if *rejected == id => {
                assert_eq!(error.kind, ErrorKind::Unavailable);
                Some(false)
            }
            _ => None,
        })
        .await
    }

    async fn send_at_last(&self, live: &mut Live, id: MessageId, body: &str) {
        let sent = async { while !self.send(live, id, body).await {} };
        within("the message is stored", sent).await;
    }

    async fn stored(&mut self) -> Vec<String> {
        self.ada
            .history(self.room, Seq::ZERO)
            .await
            .into_iter()
            .map(|message| message.content.text().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_stored_once_and_heard() {
    let mut world = World::new().await;
    let mut ada = world.ada.live().await;
    let mut bob = world.bob.follow(world.room).await;
    for round in 0..3 {
        let (id, body) = (message_id(), format!("round {round}"));
        world.proxy.set_trap(b"COMMIT", Trap::LoseAnswer);
        if !world.send(&mut ada, id, &body).await {
            world.send_at_last(&mut ada, id, &body).await;
        }
        assert!(world.proxy.has_sprung());
        // Without another message.
        bob.wait_for(&[body]).await;
    }
    assert_eq!(world.stored().await, ["round 0", "round 1", "round 2"]);
    assert_eq!(bob.bodies(), ["round 0", "round 1", "round 2"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_goes_silent_in_a_transaction_holds_nobody_up_for_long() {
    let mut world = World::new().await;
    let mut ada = world.ada.live().await;
    let mut bob = world.bob.follow(world.room).await;
    for (round, word) in [b"INSERT INTO messages".as_slice(), b"COMMIT"].into_iter().enumerate() {
        let (id, body) = (message_id(), format!("round {round}"));
        world.proxy.set_trap(word, Trap::Silence);
        assert!(!world.send(&mut ada, id, &body).await, "nobody knows whether it is stored");
        assert!(world.proxy.has_sprung());
        world.send_at_last(&mut ada, id, &body).await;
        bob.wait_for(&[body]).await;
    }
    // All of it, while there are connections: the writer and the pages say so, and go on when it is back.
    world.proxy.set_silent(true);
    let (id, body) = (message_id(), "after the silence".to_owned());
    assert!(!world.send(&mut ada, id, &body).await);
    let page = within("a page while the database is away", world.bob.clone().get("/")).await;
    assert_eq!(page.status, 503, "{}", page.body);
    let before = world.proxy.accepted();
    world.proxy.set_silent(false);
    world.send_at_last(&mut ada, id, &body).await;
    assert!(world.proxy.accepted() > before, "the silent connections are not used again");
    bob.wait_for(&[body]).await;
    assert_eq!(world.stored().await, ["round 0", "round 1", "after the silence"]);
    let page = until("pages are back", async || {
        let page = world.bob.get("/").await;
        (page.status == 200).then_some(page)
    });
    page.await;
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_to_a_database_that_became_read_only_are_dropped() {
    let mut world = World::new().await;
    let mut ada = world.ada.live().await;
    let name = world.store.url().rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let end_all = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    );
    // As after a failover: new connections find a standby.
    world.store.execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    world.store.execute(&end_all).await;
    let (id, body) = (message_id(), "after the failover");
    for _ in 0..2 {
        assert!(!world.send(&mut ada, id, body).await, "the database is read-only, which is no fault of the sender's");
    }
    let now = world.store.number("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint").await;
    let back = format!(
        "BEGIN; SET TRANSACTION READ WRITE; ALTER DATABASE {name} SET default_transaction_read_only = off; COMMIT"
    );
    world.store.execute(&back).await;
    world.send_at_last(&mut ada, id, body).await;
    assert_eq!(world.stored().await, [body]);
    // It is the primary again. Connections that were made before would stay read-only for ever.
    let old = format!(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()
            AND backend_start < to_timestamp({now} / 1000.0)"
    );
    let mut dropped = async || {
        world.send_at_last(&mut ada, message_id(), "and on").await;
        (world.store.number(&old).await == 0).then_some(())
    };
    until("read-only connections are dropped", &mut dropped).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_that_refuses_is_named_at_the_start() {
    // As PgBouncer answers with its default settings.
    let refusal = b"SFATAL\0C08P01\0Munsupported startup parameter: extra_float_digits\0\0";
    let length = u32::try_from(refusal.len() + 4).unwrap().to_be_bytes();
    let answer = [b"E".as_slice(), &length, refusal].concat();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://u@{}/d?sslmode=disable", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut startup = [0; 1024];
            let _ = client.read(&mut startup).await;
            let _ = client.write_all(&answer).await;
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let (status, said) = Program::fail(folder.path(), &[("DATABASE_URL", &url)]).await;
    assert_eq!(status.code(), Some(1));
    for part in ["PgBouncer", "1.21", "max_prepared_statements", "ignore_startup_parameters", "extra_float_digits"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(said.trim_end().lines().count(), 1, "one line: {said}");
}
