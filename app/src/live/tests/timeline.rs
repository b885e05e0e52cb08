//! The timeline against a model of the server, over a network that reorders, repeats and loses.

use proptest::prelude::*;
use protocol::{
    ChangeSet, ConversationId, ConversationKind, ConversationSummary, Member, Message, MessageId, MessagePage, Rev,
    Role, Seq, UserCard, UserId,
    live::{Events, Stored},
    message::OpenConversation,
};

use crate::live::{
    outbox::{Delivery, Outgoing},
    timeline::{Outcome, Timeline},
};

/// A window and an answer small enough that every bound is met.
const WINDOW: usize = 7;
const PAGE: usize = 3;
const CHANGES: usize = 6;

fn conversation() -> ConversationId {
    ConversationId::from_parts(1, &[1; 10])
}

fn user(n: u8) -> UserId {
    UserId::from_parts(2, &[n; 10])
}

fn card(n: u8) -> UserCard {
    UserCard { id: user(n), username: format!("user{n}") }
}

const ME: u8 = 0;

/// The server: what it stores, and the frames it sent.
struct Server {
    rev: Rev,
    messages: Vec<Message>,
    member: Member,
    next_id: i64,
}

impl Server {
    fn new() -> Self {
        let member = Member {
            user: card(1),
            role: Role::Member,
            present: true,
            delivered_seq: Seq::ZERO,
            seen_seq: Seq::ZERO,
            rev: Rev::ZERO,
        };
        Self { rev: Rev::ZERO, messages: Vec::new(), member, next_id: 0 }
    }

    fn last(&self) -> Seq {
        self.messages.last().map_or(Seq::ZERO, |message| message.seq)
    }

    fn new_id(&mut self) -> MessageId {
        self.next_id += 1;
        MessageId::from_parts(self.next_id, &[3; 10])
    }

    fn events(&self, before: Rev, messages: Vec<Message>, members: Vec<Member>) -> Events {
        Events {
            conversation: conversation(),
            before,
            after: self.rev,
            messages,
            members,
            people: vec![card(0), card(1)],
        }
    }

    /// Stores a message, once per id.
    fn store(&mut self, id: MessageId, author: u8) -> (Stored, Option<Events>) {
        let ack = |message: &Message| Stored {
            id,
            conversation: conversation(),
            seq: message.seq,
            rev: message.rev,
            at: message.at,
        };
        if let Some(known) = self.messages.iter().find(|message| message.id == id) {
            return (ack(known), None);
        }
        let before = self.rev;
        self.rev = self.rev.plus(1);
        let message = Message {
            id,
            author: user(author),
            seq: self.last().plus(1),
            rev: self.rev,
            at: self.rev.0 * 1_000,
            body: body(id, 0),
        };
        self.messages.push(message.clone());
        (ack(&message), Some(self.events(before, vec![message], vec![])))
    }

    fn edit(&mut self, share: u8) -> Option<Events> {
        let index = usize::from(share).checked_rem(self.messages.len())?;
        let before = self.rev;
        self.rev = self.rev.plus(1);
        let message = &mut self.messages[index];
        message.rev = self.rev;
        message.body = body(message.id, self.rev.0);
        let message = message.clone();
        Some(self.events(before, vec![message], vec![]))
    }

    fn receipt(&mut self) -> Events {
        let before = self.rev;
        self.rev = self.rev.plus(1);
        self.member.seen_seq = self.last();
        self.member.rev = self.rev;
        self.events(before, vec![], vec![self.member.clone()])
    }

    fn changes(&self, since: Rev) -> ChangeSet {
        let mut messages: Vec<_> = self.messages.iter().filter(|message| message.rev > since).cloned().collect();
        messages.sort_by_key(|message| message.rev);
        let truncated = messages.len() > CHANGES;
        if truncated {
            messages.clear();
        }
        let members = if self.member.rev > since { vec![self.member.clone()] } else { vec![] };
        ChangeSet { conversation: conversation(), since, rev: self.rev, messages, members, people: vec![], truncated }
    }

    /// The messages from one place to before another.
    fn page(&self, from: i64, to: i64) -> MessagePage {
        let last = self.last().0;
        let (from, to) = (from.clamp(1, last + 1), to.clamp(1, last + 1));
        let messages: Vec<_> = self.messages.iter().filter(|m| m.seq.0 >= from && m.seq.0 < to).cloned().collect();
        MessagePage {
            conversation: conversation(),
            rev: self.rev,
            has_older: from > 1 && last > 0,
            has_newer: to <= last,
            messages,
            people: vec![card(1)],
        }
    }

    fn newest(&self) -> MessagePage {
        let end = self.last().0 + 1;
        self.page(end - i64::try_from(PAGE).unwrap(), end)
    }

    fn open(&self, page: MessagePage) -> OpenConversation {
        let summary = ConversationSummary {
            id: conversation(),
            kind: ConversationKind::Direct,
            title: "user1".into(),
            peer: Some(card(1)),
            rev: self.rev,
            last_seq: self.last(),
            seen_seq: Seq::ZERO,
            unread: 0,
            last_message: None,
            last_author: None,
            active_at: 0,
            members: 2,
        };
        OpenConversation { summary, page, members: vec![self.member.clone()] }
    }
}

fn body(id: MessageId, edit: i64) -> String {
    format!("{id} {edit}")
}

#[derive(Clone, Debug)]
enum Load {
    Older(Seq, MessagePage),
    Newer(Seq, MessagePage),
    Replace(MessagePage),
}

#[derive(Clone, Debug)]
enum Frame {
    Events(Events),
    Changes(ChangeSet),
    Ack(Stored),
    Load(Load),
}

#[derive(Clone, Debug)]
enum Step {
    Theirs,
    /// An own message; the share of the id decides what becomes of it on its way there.
    Mine {
        reaches: bool,
    },
    Resend {
        nth: u8,
    },
    Edit(u8),
    Receipt,
    Ask,
    LoadOlder,
    LoadNewer,
    Jump {
        around: Option<u8>,
    },
    Follow(bool),
    Deliver {
        nth: u8,
    },
    Repeat {
        nth: u8,
    },
    Lose {
        nth: u8,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Theirs),
        3 => any::<bool>().prop_map(|reaches| Step::Mine { reaches }),
        1 => any::<u8>().prop_map(|nth| Step::Resend { nth }),
        3 => any::<u8>().prop_map(Step::Edit),
        1 => Just(Step::Receipt),
        2 => Just(Step::Ask),
        3 => Just(Step::LoadOlder),
        2 => Just(Step::LoadNewer),
        1 => prop::option::of(any::<u8>()).prop_map(|around| Step::Jump { around }),
        1 => any::<bool>().prop_map(Step::Follow),
        // Mostly in order, as a socket delivers; sometimes not, because pages come by another way.
        14 => Just(Step::Deliver { nth: 0 }),
        3 => any::<u8>().prop_map(|nth| Step::Deliver { nth }),
        2 => any::<u8>().prop_map(|nth| Step::Repeat { nth }),
        2 => any::<u8>().prop_map(|nth| Step::Lose { nth }),
    ]
}

struct World {
    server: Server,
    timeline: Timeline,
    network: Vec<Frame>,
    queue: Vec<Outgoing>,
}

impl World {
    fn new(history: u8) -> Self {
        let mut server = Server::new();
        for _ in 0..history {
            let id = server.new_id();
            server.store(id, 1);
        }
        let timeline = Timeline::new(server.open(server.newest()), user(ME)).with_limit(WINDOW);
        Self { server, timeline, network: Vec::new(), queue: Vec::new() }
    }

    fn index(&self, nth: u8) -> Option<usize> {
        usize::from(nth).checked_rem(self.network.len())
    }

    fn send(&mut self, id: MessageId) {
        let (ack, events) = self.server.store(id, ME);
        self.network.push(Frame::Ack(ack));
        self.network.extend(events.map(Frame::Events));
    }

    fn take(&mut self, frame: Frame) -> Outcome {
        // As the client does: whatever shows an own message to be stored empties the queue.
        let shown: Vec<MessageId> = match &frame {
            Frame::Events(events) => events.messages.iter().map(|m| m.id).collect(),
            Frame::Changes(changes) => changes.messages.iter().map(|m| m.id).collect(),
            Frame::Load(Load::Older(_, page) | Load::Newer(_, page) | Load::Replace(page)) => {
                page.messages.iter().map(|m| m.id).collect()
            }
            Frame::Ack(ack) => vec![ack.id],
        };
        let outcome = match frame {
            Frame::Events(events) => self.timeline.apply_events(events),
            Frame::Changes(changes) => self.timeline.apply_changes(changes),
            Frame::Ack(ack) => {
                self.timeline.stored(&ack);
                Outcome::Applied
            }
            Frame::Load(load) => {
                match load {
                    Load::Older(before, page) => self.timeline.prepend(page, before),
                    Load::Newer(after, page) => self.timeline.append(page, after),
                    Load::Replace(page) => self.timeline.replace(page),
                };
                Outcome::Applied
            }
        };
        self.queue.retain(|outgoing| !shown.contains(&outgoing.id));
        self.timeline.show_pending(&self.queue);
        outcome
    }

    fn newer(&self) -> Load {
        let after = self.timeline.last();
        Load::Newer(after, self.server.page(after.0 + 1, after.0 + 1 + i64::try_from(PAGE).unwrap()))
    }

    fn older(&self) -> Load {
        let before = self.timeline.first();
        Load::Older(before, self.server.page(before.0 - i64::try_from(PAGE).unwrap(), before.0))
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Theirs => {
                let id = self.server.new_id();
                let (_, events) = self.server.store(id, 1);
                self.network.extend(events.map(Frame::Events));
            }
            Step::Mine { reaches } => {
                let id = self.server.new_id();
                self.queue.push(Outgoing {
                    id,
                    conversation: conversation(),
                    body: body(id, 0),
                    at: 0,
                    delivery: Delivery::Sending,
                });
                self.timeline.show_pending(&self.queue);
                if reaches {
                    self.send(id);
                }
            }
            Step::Resend { nth } => {
                if let Some(index) = usize::from(nth).checked_rem(self.queue.len()) {
                    self.send(self.queue[index].id);
                }
            }
            Step::Edit(share) => {
                let events = self.server.edit(share);
                self.network.extend(events.map(Frame::Events));
            }
            Step::Receipt => {
                let events = self.server.receipt();
                self.network.push(Frame::Events(events));
            }
            Step::Ask => self.network.push(Frame::Changes(self.server.changes(self.timeline.rev()))),
            Step::LoadOlder => self.network.push(Frame::Load(self.older())),
            Step::LoadNewer => self.network.push(Frame::Load(self.newer())),
            Step::Jump { around } => {
                let page = around.map_or_else(
                    || self.server.newest(),
                    |share| {
                        let middle = self.server.last().0 * i64::from(share) / 255;
                        self.server.page(middle - 1, middle + 2)
                    },
                );
                self.network.push(Frame::Load(Load::Replace(page)));
            }
            Step::Follow(following) => self.timeline.set_following(following),
            Step::Deliver { nth } => {
                if let Some(index) = self.index(nth) {
                    let frame = self.network.remove(index);
                    self.take(frame);
                }
            }
            Step::Repeat { nth } => {
                if let Some(index) = self.index(nth) {
                    self.take(self.network[index].clone());
                }
            }
            Step::Lose { nth } => {
                if let Some(index) = self.index(nth) {
                    self.network.remove(index);
                }
            }
        }
    }

    /// What holds at any moment, whatever was lost.
    fn check(&self) -> Result<(), TestCaseError> {
        let window: Vec<_> = self.timeline.messages().collect();
        prop_assert!(window.len() <= WINDOW);
        for pair in window.windows(2) {
            prop_assert_eq!(pair[0].seq.plus(1), pair[1].seq, "a hole in the window");
        }
        for message in &window {
            let truth = &self.server.messages[usize::try_from(message.seq.0 - 1).unwrap()];
            prop_assert_eq!(message.id, truth.id);
            if truth.rev <= self.timeline.rev() {
                prop_assert_eq!(&***message, truth, "older than its revision at {:?}", self.timeline.rev());
            }
        }
        if !self.timeline.has_newer() {
            let due = self.server.messages.iter().rev().find(|m| m.rev <= self.timeline.rev());
            prop_assert!(due.is_none_or(|due| due.seq <= self.timeline.last()), "the end is missing");
        }
        prop_assert!(self.timeline.has_older() == (self.timeline.first() > Seq(1)) || window.is_empty());
        let rows = self.timeline.rows(|_| 0);
        let mut ids: Vec<_> = rows.iter().map(crate::live::rows::Row::id).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), rows.len(), "a row is there twice");
        for outgoing in &self.queue {
            prop_assert!(ids.contains(&outgoing.id), "an own message vanished");
        }
        Ok(())
    }

    /// What the client does on its own when it is told that something is missing.
    fn catch_up(&mut self) -> Result<(), TestCaseError> {
        for _ in 0..4 {
            let answer = self.server.changes(self.timeline.rev());
            if self.take(Frame::Changes(answer)) == Outcome::Reload {
                let page = self.server.newest();
                self.take(Frame::Load(Load::Replace(page)));
            }
            self.check()?;
            if !self.timeline.is_behind() {
                return Ok(());
            }
        }
        prop_assert!(false, "still behind");
        Ok(())
    }

    fn check_end(&self) -> Result<(), TestCaseError> {
        self.check()?;
        prop_assert!(self.timeline.rev() == self.server.rev);
        for message in self.timeline.messages() {
            prop_assert_eq!(&**message, &self.server.messages[usize::try_from(message.seq.0 - 1).unwrap()]);
        }
        if !self.timeline.has_newer() {
            prop_assert_eq!(self.timeline.last(), self.server.last());
        }
        prop_assert_eq!(self.timeline.members().next(), Some(&self.server.member));
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases * 3, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    /// Any order, repetition and loss of events, answers, pages and acknowledgements ends in the server's state.
    #[test]
    fn ends_in_the_servers_state(history in 0_u8..12, steps in prop::collection::vec(step(), 0..120)) {
        let mut world = World::new(history);
        for step in steps {
            world.step(step);
            world.check()?;
        }
        // The connection comes back: what is unacknowledged goes out again, and changes are asked for.
        for id in world.queue.iter().map(|outgoing| outgoing.id).collect::<Vec<_>>() {
            let (ack, _) = world.server.store(id, ME);
            world.take(Frame::Ack(ack));
            world.check()?;
        }
        world.catch_up()?;
        world.check_end()?;
        prop_assert!(world.queue.is_empty());
        // From there one can scroll anywhere.
        for _ in 0..200 {
            if !world.timeline.has_newer() {
                break;
            }
            let load = world.newer();
            world.take(Frame::Load(load));
            world.check_end()?;
        }
        prop_assert_eq!(world.timeline.last(), world.server.last());
        for _ in 0..200 {
            if !world.timeline.has_older() {
                break;
            }
            let load = world.older();
            world.take(Frame::Load(load));
            world.check_end()?;
        }
        prop_assert!(world.timeline.first() <= Seq(1));
        prop_assert_eq!(world.server.messages.len() > WINDOW, world.timeline.has_newer());
    }

    /// When nothing is lost, events alone suffice, in whatever order they come.
    #[test]
    fn order_does_not_matter(order in Just((0..20_usize).collect::<Vec<_>>()).prop_shuffle(), edits: [u8; 20]) {
        let mut world = World::new(3);
        for edit in edits {
            world.step(if edit % 3 == 0 { Step::Edit(edit) } else { Step::Theirs });
        }
        let frames = std::mem::take(&mut world.network);
        for index in order {
            world.take(frames[index].clone());
            world.check()?;
        }
        prop_assert!(!world.timeline.is_behind());
        world.check_end()?;
    }
}

#[test]
fn an_acknowledged_message_waits_for_those_before_it_without_leaving_the_screen() {
    let mut world = World::new(2);
    world.step(Step::Theirs);
    world.step(Step::Mine { reaches: true });
    let ids: Vec<_> = world.timeline.rows(|_| 0).iter().map(|row| row.id()).collect();
    // Events of theirs, acknowledgement, events of mine: the acknowledgement comes first.
    let ack = world.network.remove(1);
    world.take(ack);
    assert_eq!(world.timeline.last(), Seq(2));
    assert_eq!(world.timeline.rows(|_| 0).iter().map(|row| row.id()).collect::<Vec<_>>(), ids);
    let theirs = world.network.remove(0);
    world.take(theirs);
    assert_eq!(world.timeline.last(), Seq(4));
    assert_eq!(world.timeline.rows(|_| 0).len(), 4);
}

#[test]
fn a_reader_up_in_the_history_keeps_what_is_on_screen() {
    let mut world = World::new(6);
    let load = world.older();
    world.take(Frame::Load(load));
    world.timeline.set_following(false);
    for _ in 0..5 {
        world.step(Step::Theirs);
        world.step(Step::Deliver { nth: 0 });
    }
    assert_eq!((world.timeline.first(), world.timeline.last()), (Seq(1), Seq(7)));
    assert!(world.timeline.has_newer() && !world.timeline.is_behind());
}

#[test]
fn a_server_that_went_back_is_not_asked_for_ever() {
    let mut world = World::new(2);
    let mut events = world.server.receipt();
    events.before = Rev(50);
    events.after = Rev(51);
    assert_eq!(world.take(Frame::Events(events)), Outcome::Gap);
    assert_eq!(world.take(Frame::Changes(world.server.changes(Rev(2)))), Outcome::Gap);
    assert_eq!(world.take(Frame::Changes(world.server.changes(Rev(3)))), Outcome::Old);
    assert!(!world.timeline.is_behind());
}
