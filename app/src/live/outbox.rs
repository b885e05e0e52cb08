//! The outgoing queue: own messages, kept until the server acknowledges that they are on disk.
//!
//! Messages of one conversation are stored in the order in which they were written. So each conversation has a queue of
//! which only the first message is sent; the next follows when the first is stored or finally refused. A temporary
//! refusal pauses the queue. Sending an id again is harmless, so after a broken connection all queues start over, and
//! two tabs that hold the same queue may both send it.
//!
//! Each message is stored under a key of its own. Tabs share the storage without a lock, and with one value for the
//! whole queue the later writer would undo the changes of the earlier one.

use std::collections::{HashMap, HashSet};

use protocol::{
    ConversationId, Error, ErrorKind, Message, MessageId, Millis, Rev, Seq, UserId, limits::SENDS_IN_FLIGHT,
    live::ClientFrame,
};
use serde::{Deserialize, Serialize};

use super::reconnect::jittered;

/// The prefix of the storage keys of messages.
pub const KEY_START: &str = "queue:";

/// The delivery state of an own message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Waits for a connection, or for its turn.
    Queued,
    /// Sent on this connection, not yet answered.
    Sending,
    /// Refused; waits for the user's decision.
    Failed(Error),
}

/// An own message that is not known to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The id, made by this client and the same at every attempt.
    pub id: MessageId,
    /// The conversation to send it to.
    pub conversation: ConversationId,
    /// The text, as [`check_body`](protocol::message::check_body) returned it.
    pub body: String,
    /// The time when it was written, by this machine's clock.
    pub at: Millis,
    /// The delivery state.
    pub delivery: Delivery,
}

/// The stored form of a message. It omits whether the message was being sent: after a reload it is not.
#[derive(Serialize, Deserialize)]
struct Kept {
    conversation: ConversationId,
    body: String,
    at: Millis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<Error>,
}

impl Outgoing {
    /// Returns the key under which a message is stored.
    pub fn key(id: MessageId) -> String {
        format!("{KEY_START}{id}")
    }

    /// Returns the id of the message that a key belongs to.
    pub fn id_of(key: &str) -> Option<MessageId> {
        key.strip_prefix(KEY_START)?.parse().ok()
    }

    /// Returns the stored form. None only if it can't be written as JSON, which no text can cause.
    pub fn encode(&self) -> Option<String> {
        let failed = match &self.delivery {
            Delivery::Failed(error) => Some(error.clone()),
            Delivery::Queued | Delivery::Sending => None,
        };
        let kept = Kept { conversation: self.conversation, body: self.body.clone(), at: self.at, failed };
        serde_json::to_string(&kept).ok()
    }

    /// Reads the stored form. None for anything else: extensions, older versions and people can write to the storage.
    pub fn decode(key: &str, value: &str) -> Option<Self> {
        let id = Self::id_of(key)?;
        let Kept { conversation, body, at, failed } = serde_json::from_str(value).ok()?;
        Some(Self { id, conversation, body, at, delivery: failed.map_or(Delivery::Queued, Delivery::Failed) })
    }

    /// Returns the message as a row draws it: without a position.
    pub fn message(&self, author: UserId) -> Message {
        Message::of_text(self.id, author, Seq::ZERO, Rev::ZERO, self.at, self.body.clone())
    }
}

/// The pause of a conversation for which the server asked to wait.
#[derive(Clone, Copy, Debug)]
struct Stopped {
    tries: u32,
    until: Millis,
}

/// The outgoing queue of one tab.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    /// The messages by id, and so by time of writing.
    entries: Vec<Outgoing>,
    stopped: HashMap<ConversationId, Stopped>,
    /// Messages that the browser refused to store: they are lost with the page.
    unkept: HashSet<MessageId>,
    /// The time in the newest id; the next one gets a later one, whatever the clock does.
    last_at: Millis,
}

impl Outbox {
    /// Returns the messages in the queue, in order.
    pub fn entries(&self) -> &[Outgoing] {
        &self.entries
    }

    /// Returns the message, if it is in the queue.
    pub fn get(&self, id: MessageId) -> Option<&Outgoing> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    fn get_mut(&mut self, id: MessageId) -> Option<&mut Outgoing> {
        self.entries.iter_mut().find(|entry| entry.id == id)
    }

    /// Adds a message that was written at `now`, a time of day.
    pub fn push(&mut self, conversation: ConversationId, body: String, now: Millis, random: &[u8; 10]) -> MessageId {
        // Ids are ordered by their milliseconds, so no two messages of a tab may share one.
        let at = now.max(self.last_at.saturating_add(1));
        let id = MessageId::from_parts(at, random);
        self.insert(Outgoing { id, conversation, body, at, delivery: Delivery::Queued });
        id
    }

    /// Records whether the browser stored a message.
    pub fn note_kept(&mut self, id: MessageId, kept: bool) {
        if kept {
            self.unkept.remove(&id);
        } else {
            self.unkept.insert(id);
        }
    }

    /// Returns the messages in the queue that the browser refused to store, in no particular order.
    pub fn unkept(&self) -> impl Iterator<Item = MessageId> {
        self.unkept.iter().copied().filter(|id| self.get(*id).is_some())
    }

    /// Adds a stored message, written by this tab before a reload or by another tab. A known message adopts the other
    /// tab's decision to retry or to give up, unless it is being sent here, where the response decides.
    pub fn adopt(&mut self, kept: Outgoing) {
        self.unkept.remove(&kept.id);
        match self.get_mut(kept.id) {
            None => self.insert(kept),
            Some(known) if known.delivery != Delivery::Sending => known.delivery = kept.delivery,
            Some(_) => {}
        }
    }

    fn insert(&mut self, entry: Outgoing) {
        self.last_at = self.last_at.max(entry.at);
        let index = self.entries.partition_point(|known| known.id < entry.id);
        self.entries.insert(index, entry);
    }

    /// Returns the frames to send now, and marks their messages as being sent.
    pub fn due(&mut self, now: Millis) -> Vec<ClientFrame> {
        let sending = || self.entries.iter().filter(|entry| entry.delivery == Delivery::Sending);
        let mut busy: HashSet<ConversationId> = sending().map(|entry| entry.conversation).collect();
        busy.extend(self.stopped.iter().filter(|(_, stopped)| stopped.until > now).map(|(id, _)| *id));
        let room = usize::try_from(SENDS_IN_FLIGHT).unwrap_or(usize::MAX).saturating_sub(sending().count());
        self.entries
            .iter_mut()
            .filter(|entry| entry.delivery == Delivery::Queued && busy.insert(entry.conversation))
            .take(room)
            .map(|entry| {
                entry.delivery = Delivery::Sending;
                ClientFrame::Send { id: entry.id, conversation: entry.conversation, body: entry.body.clone() }
            })
            .collect()
    }

    /// Returns the time when a paused conversation may continue; none if nothing waits for that.
    pub fn wake_at(&self) -> Option<Millis> {
        let waits = |id: &ConversationId| {
            self.entries.iter().any(|entry| entry.conversation == *id && entry.delivery == Delivery::Queued)
        };
        self.stopped.iter().filter(|(id, _)| waits(id)).map(|(_, stopped)| stopped.until).min()
    }

    /// Returns whether a message is being sent.
    pub fn is_sending(&self) -> bool {
        self.entries.iter().any(|entry| entry.delivery == Delivery::Sending)
    }

    /// Removes a message that is on disk, according to the server or to a delta that carries it. Returns whether it
    /// was in the queue.
    pub fn stored(&mut self, id: MessageId) -> bool {
        let Some(index) = self.entries.iter().position(|entry| entry.id == id) else { return false };
        let entry = self.entries.remove(index);
        self.stopped.remove(&entry.conversation);
        true
    }

    /// Handles the refusal of a message. Returns whether it now waits for the user's decision. `random` is in `0..1`.
    pub fn rejected(&mut self, id: MessageId, error: Error, now: Millis, random: f64) -> bool {
        let Some(entry) = self.get_mut(id).filter(|entry| entry.delivery == Delivery::Sending) else { return false };
        let conversation = entry.conversation;
        // The end of a session is no reason against the message: it is sent after the next sign-in.
        if !error.kind.is_temporary() && error.kind != ErrorKind::Unauthenticated {
            entry.delivery = Delivery::Failed(error);
            self.stopped.remove(&conversation);
            return true;
        }
        entry.delivery = Delivery::Queued;
        let (tries, wait) = match error.kind {
            // The server named the time, so this does not count as a failed attempt.
            ErrorKind::RateLimited { retry_after } => (0, i64::from(retry_after).saturating_mul(1_000)),
            _ => (self.stopped.get(&conversation).map_or(0, |stopped| stopped.tries), 0),
        };
        let until = now.saturating_add(wait).saturating_add(i64::from(jittered(tries, random)));
        self.stopped.insert(conversation, Stopped { tries: tries.saturating_add(1), until });
        false
    }

    /// Handles the loss of the connection: messages that were being sent wait again, because their responses are lost.
    pub fn disconnected(&mut self) {
        for entry in self.entries.iter_mut().filter(|entry| entry.delivery == Delivery::Sending) {
            entry.delivery = Delivery::Queued;
        }
    }

    /// Queues a refused message again. Returns whether it was one.
    pub fn retry(&mut self, id: MessageId) -> bool {
        let Some(entry) = self.get_mut(id).filter(|entry| matches!(entry.delivery, Delivery::Failed(_))) else {
            return false;
        };
        entry.delivery = Delivery::Queued;
        true
    }

    /// Removes a message, unless it is being sent and may be stored already. Returns whether it was removed.
    pub fn discard(&mut self, id: MessageId) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.id != id || entry.delivery == Delivery::Sending);
        self.entries.len() < before
    }

    /// Handles that another tab removed a message from the storage: it is stored or was given up. One that is being
    /// sent here stays until its response.
    pub fn dropped_elsewhere(&mut self, id: MessageId) {
        self.discard(id);
    }
}
