//! A virtual user: a socket, and what its user does.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    rc::Rc,
    time::Instant,
};

use futures::{FutureExt, SinkExt, StreamExt};
use protocol::{
    ConversationId, ConversationKind, MessageId, Rev, UserId,
    live::{ClientFrame, Delta, ServerFrame, Stored},
};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::{self, Message};
use uuid::Uuid;

use super::{
    audit::{Audit, Fault, body, sent_at},
    cursor::{Cursor, Step},
    socket::{Socket, hear},
    wire::{self, Heard},
};
use crate::error::{Context, Result};

/// The most frames that one socket takes in a turn, before other sockets have theirs.
const BURST: usize = 32;

/// The conversation of a virtual user. Each has at most one of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The room.
    Room,
    /// The direct conversation.
    Direct,
}

/// The behavior of a virtual user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behavior {
    /// Sends a message only when told.
    Listen,
    /// Sends another message for each one that is stored.
    Press,
    /// Answers each message of another user.
    Answer,
}

/// An order to a virtual user.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    Speak,
    CatchUp,
}

/// The state that all virtual users share.
#[derive(Debug)]
pub(super) struct Shared {
    pub began: Instant,
    pub stopped: Cell<bool>,
    pub sent: Cell<u64>,
    pub stored: Cell<u64>,
    /// The number of messages that users with [`Behavior::Answer`] received from others.
    pub heard: Cell<u64>,
    /// The nanoseconds from send to receive, of every message at every receiver; `None` while they are not recorded.
    pub latencies: RefCell<Option<Vec<u64>>>,
    /// The acknowledged messages of each conversation, and the highest revision among them.
    pub acknowledged: RefCell<HashMap<ConversationId, (Rev, Vec<MessageId>)>>,
}

impl Shared {
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// The results of a virtual user.
#[derive(Debug)]
pub(super) struct Outcome {
    pub track: Cursor,
    pub audit: Option<Audit>,
    pub fault: Fault,
}

#[derive(Debug)]
pub(super) struct VirtualUser {
    socket: Socket,
    user: UserId,
    conversation: ConversationId,
    habit: Behavior,
    shared: Rc<Shared>,
    track: Cursor,
    audit: Option<Audit>,
    fault: Fault,
    /// The current revision, for the load to read.
    rev: Rc<Cell<Rev>>,
    number: u64,
    in_flight: HashSet<MessageId>,
    outgoing: Vec<ClientFrame>,
}

impl VirtualUser {
    /// Finds its conversation and the position there, as a client does after a reconnect.
    pub async fn take_place(
        (mut socket, user): (Socket, UserId),
        (place, habit, is_auditor): (Place, Behavior, bool),
        shared: Rc<Shared>,
    ) -> Result<Self> {
        socket.send(encode(&ClientFrame::Sync { cursors: vec![] })?).await.context("asking for the sidebar")?;
        let conversations = loop {
            if let ServerFrame::Synced { conversations, .. } = hear(&mut socket).await? {
                break conversations;
            }
        };
        let kind = match place {
            Place::Room => ConversationKind::Room,
            Place::Direct => ConversationKind::Direct,
        };
        let summary = conversations.into_iter().find(|c| c.kind == kind).ok_or("a member has no conversation")?;
        Ok(Self {
            socket,
            user,
            conversation: summary.id,
            habit,
            shared,
            track: Cursor::new(summary.rev),
            audit: is_auditor.then(|| Audit::new(summary.last_seq)),
            fault: Fault::default(),
            rev: Rc::new(Cell::new(summary.rev)),
            number: 0,
            in_flight: HashSet::new(),
            outgoing: Vec::new(),
        })
    }

    pub const fn conversation(&self) -> ConversationId {
        self.conversation
    }

    pub fn rev(&self) -> Rc<Cell<Rev>> {
        self.rev.clone()
    }

    /// Follows its orders and its behavior until the sender of the orders is dropped.
    pub async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) -> Result<Outcome> {
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Speak) => self.speak(),
                    Some(Order::CatchUp) => {
                        let step = self.track.ask();
                        self.ask(step);
                    }
                    None => break,
                },
                frame = self.socket.next() => self.take(frame)?,
            }
            // Handles everything else that is ready before one flush.
            for _ in 0..BURST {
                let Some(frame) = self.socket.next().now_or_never() else { break };
                self.take(frame)?;
            }
            self.rev.set(self.track.rev());
            if !self.outgoing.is_empty() {
                for frame in std::mem::take(&mut self.outgoing) {
                    self.socket.feed(encode(&frame)?).await.context("sending")?;
                }
                self.socket.flush().await.context("sending")?;
            }
        }
        Ok(Outcome { track: self.track, audit: self.audit, fault: self.fault })
    }

    fn speak(&mut self) {
        self.number += 1;
        let id = MessageId::from(Uuid::now_v7());
        self.in_flight.insert(id);
        self.shared.sent.update(|sent| sent + 1);
        let body = body(self.number, self.shared.now());
        self.outgoing.push(ClientFrame::Send { id, conversation: self.conversation, body });
    }

    fn take(&mut self, frame: Option<Result<Message, tungstenite::Error>>) -> Result<()> {
        let text = match frame.ok_or("a socket was closed")?.context("a socket broke")? {
            Message::Text(text) => text,
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            other => return Err(format!("not a frame of the protocol: {other:?}").into()),
        };
        match wire::read(text.as_str())? {
            Heard::Delta { since, rev } => match self.track.delta(since, rev) {
                Step::Apply => self.apply(text.as_str())?,
                step => self.ask(step),
            },
            Heard::Frame(frame) => self.take_frame(frame)?,
        }
        Ok(())
    }

    fn apply(&mut self, text: &str) -> Result<()> {
        if let Some(latencies) = &mut *self.shared.latencies.borrow_mut() {
            let now = self.shared.now();
            latencies.extend(wire::bodies(text).filter_map(sent_at).map(|sent| now.saturating_sub(sent)));
        }
        if (self.audit.is_some() || self.habit == Behavior::Answer)
            && let ServerFrame::Delta(delta) = serde_json::from_str(text).context("a frame")?
        {
            self.hear(&delta);
        }
        Ok(())
    }

    fn hear(&mut self, delta: &Delta) {
        if let Some(audit) = &mut self.audit {
            audit.hear(delta.messages());
        }
        if self.habit != Behavior::Answer {
            return;
        }
        let user = self.user;
        for _ in delta.messages().filter(|message| message.author != user) {
            self.shared.heard.update(|heard| heard + 1);
            if !self.shared.stopped.get() {
                self.speak();
            }
        }
    }

    fn take_frame(&mut self, frame: ServerFrame) -> Result<()> {
        match frame {
            ServerFrame::Stored { acks } => acks.iter().for_each(|ack| self.acknowledge(ack)),
            ServerFrame::Changes(set) => match self.track.changes(set.since, set.rev, set.truncated) {
                Step::Apply => self.hear(&set),
                step => self.ask(step),
            },
            ServerFrame::Resync => {
                let step = self.track.ask();
                self.ask(step);
            }
            ServerFrame::Rejected { error, .. } | ServerFrame::Refused { error, .. } => {
                return Err(format!("the server refuses: {error}").into());
            }
            // Frames about other conversations, or that a receiver of messages does not need.
            _ => {}
        }
        Ok(())
    }

    fn acknowledge(&mut self, ack: &Stored) {
        if !self.in_flight.remove(&ack.id) {
            self.fault.doubled += 1;
            return;
        }
        self.shared.stored.update(|stored| stored + 1);
        let mut acknowledged = self.shared.acknowledged.borrow_mut();
        let (rev, ids) = acknowledged.entry(ack.conversation).or_default();
        *rev = ack.rev.max(*rev);
        ids.push(ack.id);
        drop(acknowledged);
        if self.habit == Behavior::Press && !self.shared.stopped.get() {
            self.speak();
        }
    }

    fn ask(&mut self, step: Step) {
        if let Step::Ask(since) = step {
            self.outgoing.push(ClientFrame::Changes { conversation: self.conversation, since });
        }
    }
}

fn encode(frame: &ClientFrame) -> Result<Message> {
    Ok(Message::text(serde_json::to_string(frame)?))
}
