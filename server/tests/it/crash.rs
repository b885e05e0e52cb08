//! `kill -9` under load: what was acknowledged is there, once.

use std::collections::{HashMap, HashSet};

use protocol::{
    ConversationId, Message, MessageId, Seq,
    live::{ClientFrame, ServerFrame, Stored},
};
use uuid::Uuid;

use crate::support::{Browser, Live, Program, message_id, within};

const ROUNDS: u32 = 20;
const SENDERS: usize = 4;
/// Messages that each sender has on the way.
const IN_FLIGHT: usize = 16;

/// What one sender knows.
#[derive(Debug, Default)]
struct Book {
    acknowledged: HashMap<MessageId, Stored>,
    /// Sent and not answered. They will be sent again under the same ids.
    open: HashMap<MessageId, String>,
    /// All that was ever sent.
    bodies: HashMap<MessageId, String>,
}

impl Book {
    fn acknowledge(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Stored { acks } => {
                for ack in acks {
                    assert!(self.bodies.contains_key(&ack.id), "an answer to what was never asked");
                    self.open.remove(&ack.id);
                    let before = self.acknowledged.insert(ack.id, ack);
                    assert!(before.is_none_or(|before| before == ack), "two answers differ: {before:?} {ack:?}");
                }
            }
            ServerFrame::Rejected { id, error } => panic!("{id} was rejected: {error:?}"),
            _ => {}
        }
    }

    /// Sends what is open again, and waits until all of it is answered.
    async fn settle(&mut self, live: &mut Live, room: ConversationId) {
        for (id, body) in self.open.clone() {
            live.say(&ClientFrame::Send { id, conversation: room, body }).await;
        }
        while !self.open.is_empty() {
            let frame = live.next().await.unwrap();
            self.acknowledge(frame);
        }
    }

    /// Sends without end, until the server is gone.
    async fn load(&mut self, mut live: Live, room: ConversationId, name: usize) {
        loop {
            while self.open.len() < IN_FLIGHT {
                let (id, body) = (message_id(), format!("{name}: {}", self.bodies.len()));
                self.open.insert(id, body.clone());
                self.bodies.insert(id, body.clone());
                if live.try_say(&ClientFrame::Send { id, conversation: room, body }).await.is_err() {
                    return;
                }
            }
            match live.next().await {
                Ok(frame) => self.acknowledge(frame),
                Err(_) => return,
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_crashes_lose_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path()).await;
    let mut people: Vec<Browser> = Vec::new();
    for n in 0..SENDERS {
        let mut person = program.browser();
        person.sign_up(&format!("sender{n}")).await;
        people.push(person);
    }
    let mut room = None;
    for person in &mut people {
        room = Some(person.join_room("storm").await);
    }
    let room = room.unwrap();
    let mut books: Vec<Book> = (0..SENDERS).map(|_| Book::default()).collect();
    let mut seen: Vec<Message> = Vec::new();
    let mut interrupted = 0;

    for round in 0..ROUNDS {
        let mut sending = Vec::new();
        for (n, mut book) in books.drain(..).enumerate() {
            let live = people[n].live().await;
            sending.push(tokio::spawn(async move {
                book.load(live, room, n).await;
                book
            }));
        }
        wait_for_some(&mut people[0], room, seen.len()).await;
        program.kill();
        for task in sending {
            books.push(within("a sender notices", task).await.unwrap());
        }
        interrupted += books.iter().filter(|book| !book.open.is_empty()).count();

        program = Program::start(folder.path()).await;
        people.iter_mut().for_each(|person| person.address = program.address);
        // Before anything is sent again: what was acknowledged is there.
        seen.extend(people[0].history(room, last(&seen)).await);
        check(round, &books, &seen);
        for (book, person) in books.iter_mut().zip(&people) {
            book.settle(&mut person.live().await, room).await;
        }
        seen.extend(people[0].history(room, last(&seen)).await);
        check(round, &books, &seen);
        let sent: usize = books.iter().map(|book| book.bodies.len()).sum();
        assert_eq!(seen.len(), sent, "round {round}: each message once");
    }
    assert!(interrupted > 0, "no crash came while messages were on their way");
}

/// Waits until some messages more are stored, a random number, so that the crash comes at any moment.
async fn wait_for_some(person: &mut Browser, room: ConversationId, before: usize) {
    let more = usize::from(Uuid::now_v7().as_bytes()[15]) + 1;
    let goal = Seq(i64::try_from(before + more).unwrap());
    let mut live = person.live().await;
    let stored = |frame: &ServerFrame| match frame {
        ServerFrame::Delta(delta) if delta.conversation == room => {
            delta.messages().any(|message| message.seq >= goal).then_some(())
        }
        _ => None,
    };
    live.expect("messages are stored", stored).await;
}

fn last(messages: &[Message]) -> Seq {
    messages.last().map_or(Seq::ZERO, |message| message.seq)
}

/// Every message stands in one place, places have no holes, and what was acknowledged is where the answer said.
fn check(round: u32, books: &[Book], stored: &[Message]) {
    let ids: HashSet<_> = stored.iter().map(|message| message.id).collect();
    assert_eq!(ids.len(), stored.len(), "round {round}: a message is there twice");
    for (message, place) in stored.iter().zip(1..) {
        assert_eq!(message.seq, Seq(place), "round {round}: a hole");
    }
    let by_id: HashMap<_, _> = stored.iter().map(|message| (message.id, message)).collect();
    for book in books {
        for (id, ack) in &book.acknowledged {
            let message = by_id.get(id).unwrap_or_else(|| panic!("round {round}: {id} was acknowledged and is lost"));
            assert_eq!((message.seq, message.at), (ack.seq, ack.at), "round {round}");
            assert_eq!(message.content.text(), Some(book.bodies[id].as_str()), "round {round}");
        }
    }
}
