//! SQLite on a disk that is full, or whose writes, syncs and opens fail.

use protocol::{
    ConversationId, ErrorKind, MessageId,
    live::{ClientFrame, ServerFrame, Stored},
};

use super::failing_io::{BROKEN, FULL, FailingIo};
use crate::support::{Browser, Follower, Live, PASSWORD, Program, message_id, until};

/// How a message went.
#[derive(Debug, PartialEq, Eq)]
enum Sent {
    Stored(Stored),
    NotNow,
}

/// Two people in a room, on a disk that can fail.
struct World {
    io: FailingIo,
    folder: tempfile::TempDir,
    program: Program,
    ada: Browser,
    bob: Browser,
    room: ConversationId,
    /// What ada was told is stored, in order.
    acknowledged: Vec<(MessageId, String)>,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let io = FailingIo::new(folder.path());
        let program = start(&folder, &io).await;
        let (mut ada, mut bob) = (program.browser(), program.browser());
        ada.sign_up("ada").await;
        bob.sign_up("bob").await;
        ada.join_room("disk").await;
        let room = bob.join_room("disk").await;
        Self { io, folder, program, ada, bob, room, acknowledged: Vec::new() }
    }

    async fn send(&mut self, live: &mut Live, id: MessageId, body: &str) -> Sent {
        live.say(&ClientFrame::Send { id, conversation: self.room, body: body.to_owned() }).await;
        let sent = live
            .expect("an answer", |frame| match frame {
                ServerFrame::Stored { acks } => acks.iter().find(|ack| ack.id == id).copied().map(Sent::Stored),
                ServerFrame::Rejected { id: rejected, error } if *rejected == id => {
                    assert_eq!(error.kind, ErrorKind::Unavailable, "a full disk is no fault of the sender's");
                    Some(Sent::NotNow)
                }
                _ => None,
            })
            .await;
        if matches!(sent, Sent::Stored(_)) {
            self.acknowledged.push((id, body.to_owned()));
        }
        sent
    }

    /// Sends until it is stored, as a client does: with the same id.
    async fn send_at_last(&mut self, live: &mut Live, id: MessageId, body: &str) {
        for _ in 0..100 {
            if matches!(self.send(live, id, body).await, Sent::Stored(_)) {
                return;
            }
        }
        panic!("{body} is never stored");
    }

    /// Reads what is there after a kill and a new start: exactly what was acknowledged, in that order.
    async fn check(self) {
        let Self { io, folder, program, mut ada, mut bob, room, acknowledged } = self;
        program.kill();
        io.heal();
        let program = start(&folder, &io).await;
        ada.address = program.address;
        bob.address = program.address;
        let stored = bob.history(room, protocol::Seq::ZERO).await;
        let stored: Vec<_> =
            stored.into_iter().map(|message| (message.id, message.content.text().unwrap().to_owned())).collect();
        assert_eq!(stored, acknowledged);
    }
}

async fn start(folder: &tempfile::TempDir, io: &FailingIo) -> Program {
    let settings = io.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Program::start_with(folder.path(), &settings).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_after_the_disk_was_full_twice() {
    let mut world = World::new().await;
    let mut live = world.ada.live().await;
    let mut bob = Follower::new(world.bob.live().await, world.room).await;
    for round in 0..3 {
        let (id, body) = (message_id(), format!("while full, {round}"));
        world.io.fail(0, -1, FULL);
        assert_eq!(world.send(&mut live, id, &body).await, Sent::NotNow);
        world.io.heal();
        world.send_at_last(&mut live, id, &body).await;
        for n in 0..10 {
            world.send_at_last(&mut live, message_id(), &format!("after {round}: {n}")).await;
        }
    }
    let bodies: Vec<_> = world.acknowledged.iter().map(|(_, body)| body.clone()).collect();
    bob.wait_for(&bodies).await;
    assert_eq!(bob.bodies(), bodies);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_operation_fails_what_was_acknowledged_is_stored_once() {
    let mut world = World::new().await;
    let mut live = world.ada.live().await;
    let mut bob = Follower::new(world.bob.live().await, world.room).await;
    // What storing a message takes: every operation of it fails once, alone and with all that follow for a while.
    let before = world.io.operations();
    world.send_at_last(&mut live, message_id(), "to count").await;
    let operations = world.io.operations() - before;
    assert!(operations > 0, "storing a message writes nothing");
    let mut failed = 0;
    for error in [FULL, BROKEN] {
        for bad in [1, 2, 3, -1] {
            for good in 0..operations + 2 {
                let (id, body) = (message_id(), format!("{error} {bad} {good}"));
                world.io.fail(good, bad, error);
                if world.send(&mut live, id, &body).await == Sent::NotNow {
                    failed += 1;
                    world.io.heal();
                    world.send_at_last(&mut live, id, &body).await;
                }
                world.io.heal();
            }
        }
    }
    assert!(failed > 0, "nothing ever failed");
    let bodies: Vec<_> = world.acknowledged.iter().map(|(_, body)| body.clone()).collect();
    bob.wait_for(&bodies).await;
    assert_eq!(bob.bodies(), bodies);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_else_is_written_while_the_disk_is_full_is_refused_and_works_again() {
    let mut world = World::new().await;
    world.io.fail(0, -1, FULL);
    let mut eve = world.program.browser();
    let answer = eve.sign_in("ada", PASSWORD).await;
    assert!(answer.location().starts_with("/sign-in?"), "back to the form, which says why: {answer:?}");
    assert!(answer.set_cookie("weconnect").is_none(), "nobody is signed in: {answer:?}");
    let refused = eve.get("/").await;
    assert_eq!(refused.location(), "/sign-in", "{refused:?}");
    world.io.heal();
    let answer = eve.sign_in("ada", PASSWORD).await;
    assert_eq!(answer.location(), "/", "{answer:?}");
    until("ada writes again", async || {
        let mut live = world.ada.live().await;
        matches!(world.send(&mut live, message_id(), "back").await, Sent::Stored(_)).then_some(())
    })
    .await;
    world.check().await;
}
