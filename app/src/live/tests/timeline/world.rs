//! A client, the server, and a network between them that reorders, repeats and loses.

use proptest::prelude::*;
use protocol::{
    MessageId, MessagePage, Rev, Seq,
    live::{Delta, Stored},
};

use super::server::{ME, PAGE, Server, WINDOW, body, conversation, user};
use crate::live::{
    outbox::{Delivery, Outgoing},
    timeline::{Outcome, Timeline},
};

#[derive(Clone, Debug)]
pub(super) enum Load {
    Older(Seq, MessagePage),
    Newer(Seq, MessagePage),
    Replace(MessagePage),
}

#[derive(Clone, Debug)]
pub(super) enum Frame {
    Delta(Delta),
    Changes(Delta),
    Ack(Stored),
    Load(Load),
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Theirs,
    /// An own message; `reaches` tells whether the server receives it.
    Mine {
        reaches: bool,
    },
    Resend {
        nth: u8,
    },
    Edit(u8),
    Receipt,
    /// The other member leaves, or comes back.
    ComeOrGo,
    /// A change of a kind that the client does not know.
    Surprise,
    /// The client requests changes, whether or not it believes that some are missing.
    Ask,
    /// The server reads the response to the oldest request.
    Read,
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

pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Theirs),
        3 => any::<bool>().prop_map(|reaches| Step::Mine { reaches }),
        1 => any::<u8>().prop_map(|nth| Step::Resend { nth }),
        3 => any::<u8>().prop_map(Step::Edit),
        1 => Just(Step::Receipt),
        1 => Just(Step::ComeOrGo),
        1 => Just(Step::Surprise),
        2 => Just(Step::Ask),
        2 => Just(Step::Read),
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

/// A request, and what happens before and after the server reads it; deltas and the response come in any order.
pub(super) fn crossing() -> impl Strategy<Value = Vec<Step>> {
    let arrival = prop_oneof![
        6 => any::<u8>().prop_map(|nth| Step::Deliver { nth }),
        1 => any::<u8>().prop_map(|nth| Step::Repeat { nth }),
        1 => any::<u8>().prop_map(|nth| Step::Lose { nth }),
    ];
    (0_usize..3, 0_usize..4, prop::collection::vec(arrival, 0..6)).prop_map(|(before, after, arrivals)| {
        let said = |count| vec![Step::Theirs; count];
        [vec![Step::Ask], said(before), vec![Step::Read], said(after), arrivals].concat()
    })
}

pub(super) struct World {
    pub(super) server: Server,
    pub(super) timeline: Timeline,
    pub(super) network: Vec<Frame>,
    pub(super) queue: Vec<Outgoing>,
    /// Requests that the server has not read yet.
    questions: Vec<Rev>,
    /// Whether the client waits for a response.
    waits: bool,
    /// The highest revision that a delta named to the client.
    heard: Rev,
}

impl World {
    pub(super) fn new(history: u8) -> Self {
        let mut server = Server::new();
        for _ in 0..history {
            let id = server.new_id();
            server.store(id, 1);
        }
        let timeline = Timeline::new(server.open(server.newest()), user(ME)).with_limit(WINDOW);
        let (network, queue, questions) = (Vec::new(), Vec::new(), Vec::new());
        Self { server, timeline, network, queue, questions, waits: false, heard: Rev::ZERO }
    }

    pub(super) fn index(&self, nth: u8) -> Option<usize> {
        usize::from(nth).checked_rem(self.network.len())
    }

    pub(super) fn send(&mut self, id: MessageId) {
        let (ack, delta) = self.server.store(id, ME);
        self.network.push(Frame::Ack(ack));
        self.network.extend(delta.map(Frame::Delta));
    }

    pub(super) fn take(&mut self, frame: Frame) -> Outcome {
        let before: Vec<_> = self.timeline.messages().cloned().collect();
        let replaced = matches!(frame, Frame::Load(_));
        let outcome = self.apply(frame);
        for message in self.timeline.messages().filter(|_| !replaced) {
            let known = before.iter().find(|known| known.id == message.id);
            assert!(known.is_none_or(|known| known.rev <= message.rev), "an older version came back");
        }
        outcome
    }

    pub(super) fn apply(&mut self, frame: Frame) -> Outcome {
        // Like the client: every frame that shows an own message to be stored removes it from the queue.
        let shown: Vec<MessageId> = match &frame {
            Frame::Delta(delta) | Frame::Changes(delta) => delta.messages().map(|m| m.id).collect(),
            Frame::Load(Load::Older(_, page) | Load::Newer(_, page) | Load::Replace(page)) => {
                page.messages.iter().map(|m| m.id).collect()
            }
            Frame::Ack(ack) => vec![ack.id],
        };
        let outcome = match frame {
            Frame::Delta(delta) => {
                self.heard = self.heard.max(delta.rev);
                self.timeline.apply_delta(delta)
            }
            Frame::Changes(changes) => {
                self.waits = false;
                self.timeline.apply_changes(changes)
            }
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

    pub(super) fn newer(&self) -> Load {
        let after = self.timeline.last();
        Load::Newer(after, self.server.page(after.0 + 1, after.0 + 1 + i64::try_from(PAGE).unwrap()))
    }

    pub(super) fn older(&self) -> Load {
        let before = self.timeline.first();
        Load::Older(before, self.server.page(before.0 - i64::try_from(PAGE).unwrap(), before.0))
    }

    pub(super) fn step(&mut self, step: Step) {
        match step {
            Step::Theirs => {
                let id = self.server.new_id();
                let (_, delta) = self.server.store(id, 1);
                self.network.extend(delta.map(Frame::Delta));
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
                let delta = self.server.edit(share);
                self.network.extend(delta.map(Frame::Delta));
            }
            Step::Receipt => {
                let delta = self.server.receipt();
                self.network.push(Frame::Delta(delta));
            }
            Step::ComeOrGo => {
                let delta = self.server.come_or_go();
                self.network.push(Frame::Delta(delta));
            }
            Step::Surprise => {
                let delta = self.server.surprise();
                self.network.push(Frame::Delta(delta));
            }
            Step::Ask => self.ask(),
            Step::Read => self.read(),
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

    fn ask(&mut self) {
        self.waits = true;
        self.questions.push(self.timeline.ask());
    }

    fn read(&mut self) {
        if !self.questions.is_empty() {
            let since = self.questions.remove(0);
            self.network.push(Frame::Changes(self.server.changes(since)));
        }
    }

    /// Does what the client does after every change: sends a request if something is missing, one at a time.
    pub(super) fn pump(&mut self) {
        if self.timeline.is_behind() && !self.waits {
            self.ask();
        }
    }

    /// Delivers everything on the network, while the client sends requests as long as it believes that something is
    /// missing. Nothing new happens, and the connection holds.
    pub(super) fn run_out(&mut self) -> Result<(), TestCaseError> {
        for _ in 0..200 {
            if self.network.is_empty() && self.questions.is_empty() {
                // The client stops waiting for a lost response.
                self.waits = false;
            }
            self.pump();
            self.read();
            if self.network.is_empty() {
                return Ok(());
            }
            let frame = self.network.remove(0);
            if self.take(frame) == Outcome::Reload {
                let page = self.server.newest();
                self.take(Frame::Load(Load::Replace(page)));
            }
            self.check()?;
        }
        prop_assert!(false, "asks for ever");
        Ok(())
    }

    /// Checks that everything that deltas named to the client has arrived.
    pub(super) fn check_heard(&self) -> Result<(), TestCaseError> {
        prop_assert!(self.timeline.rev() >= self.heard, "{:?} was heard of, and nobody asks", self.heard);
        Ok(())
    }

    /// Checks the invariants that hold at any moment, whatever was lost.
    pub(super) fn check(&self) -> Result<(), TestCaseError> {
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

    /// Does what the client does when it learns that something is missing.
    pub(super) fn catch_up(&mut self) -> Result<(), TestCaseError> {
        for _ in 0..4 {
            let answer = self.server.changes(self.timeline.ask());
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

    pub(super) fn check_end(&self) -> Result<(), TestCaseError> {
        self.check()?;
        prop_assert!(self.timeline.rev() == self.server.rev);
        for message in self.timeline.messages() {
            prop_assert_eq!(&**message, &self.server.messages[usize::try_from(message.seq.0 - 1).unwrap()]);
        }
        if !self.timeline.has_newer() {
            prop_assert_eq!(self.timeline.last(), self.server.last());
        }
        prop_assert_eq!(self.timeline.members().next(), self.server.present.then_some(&self.server.member));
        Ok(())
    }
}
