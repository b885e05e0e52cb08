//! Actions of the user and of other tabs: writing and reading, and what the browser stores of them.

use protocol::{
    ConversationId, Error, Message, MessageId, Millis, Seq,
    live::{ClientFrame, Command},
    message::check_body,
};

use super::LiveState;
use crate::live::outbox::{KEY_START, Outbox, Outgoing};

/// The prefix of the storage keys of drafts; the conversation's id follows.
pub const DRAFT_START: &str = "draft:";

/// Counts of what the user wrote in this browser and did not send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    /// Messages that wait to be sent, or were refused.
    pub messages: u32,
    /// Drafts that are not empty.
    pub drafts: u32,
}

impl LiveState {
    /// Counts what any tab stored in this browser for the user.
    pub(in crate::live) fn unsent(&self) -> Unsent {
        let keys = |start| self.storage.keys(start).unwrap_or_default();
        let is_begun = |key: &String| matches!(self.storage.get(key), Ok(Some(text)) if !text.trim().is_empty());
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Unsent {
            // Messages that the browser refused to store are in this tab only.
            messages: count(keys(KEY_START).len().max(self.outbox.entries().len())),
            drafts: count(keys(DRAFT_START).iter().filter(|key| is_begun(key)).count()),
        }
    }

    /// Removes everything that is stored in this browser for the user.
    pub(in crate::live) fn forget(&mut self) {
        self.outbox = Outbox::default();
        for key in self.storage.keys("").unwrap_or_default() {
            // Storage that is forbidden by now holds nothing either, so a failure is ignored.
            let _ = self.storage.remove(&key);
        }
        self.show_pending();
    }

    /// Queues a message that was written at the time of day `at`. It is stored in the browser before this returns.
    pub(in crate::live) fn send(
        &mut self,
        conversation: ConversationId,
        text: &str,
        at: Millis,
        now: Millis,
        random: &[u8; 10],
    ) -> Result<MessageId, Error> {
        let body = check_body(text)?;
        let id = self.outbox.push(conversation, body, at, random);
        self.keep(id);
        self.show_pending();
        self.pump(now);
        Ok(id)
    }

    /// Sends a refused message again.
    pub(in crate::live) fn retry(&mut self, id: MessageId, now: Millis) {
        if self.outbox.retry(id) {
            self.keep(id);
            self.show_pending();
            self.pump(now);
        }
    }

    /// Removes a message. Returns false if it is being sent.
    pub(in crate::live) fn discard(&mut self, id: MessageId) -> bool {
        let discarded = self.outbox.discard(id);
        if discarded {
            self.keep(id);
            self.show_pending();
        }
        discarded
    }

    /// Moves the read position to `seq`, read in this tab. Returns whether the server must be told.
    pub(in crate::live) fn seen(&mut self, conversation: ConversationId, seq: Seq) -> bool {
        let known = self.sidebar.get(conversation).map_or(Seq::ZERO, |row| row.seen_seq);
        let wanted = self.seen_here.get(&conversation).copied().unwrap_or_default();
        if seq <= known.max(wanted) {
            return false;
        }
        self.seen_here.insert(conversation, seq);
        self.sidebar.read_here(conversation, seq);
        self.dirty.sidebar = true;
        true
    }

    /// Sends the read positions to the server; later, if it asked to wait.
    pub(in crate::live) fn tell_seen(&mut self, now: Millis) {
        if !self.is_ready {
            return;
        }
        self.seen_waits = now < self.ask_after;
        if self.seen_waits {
            return;
        }
        for (conversation, seq) in &self.seen_here {
            if self.seen_sent.get(conversation) != Some(seq) {
                self.seen_sent.insert(*conversation, *seq);
                let command = Command::Seen { seq: *seq };
                self.frames.push(ClientFrame::Do { conversation: *conversation, command });
            }
        }
    }

    /// Handles a change that another tab made to a storage key. Returns true if the message is new here and left to
    /// that tab for now.
    pub(in crate::live) fn changed_elsewhere(&mut self, key: &str, value: Option<&str>) -> bool {
        let Some(id) = Outgoing::id_of(key) else { return false };
        if value.is_none() {
            self.keep_rest();
        }
        let is_known = self.outbox.get(id).is_some();
        match value.and_then(|value| Outgoing::decode(key, value)) {
            None => self.outbox.dropped_elsewhere(id),
            Some(kept) if is_known => self.outbox.adopt(kept),
            Some(_) => return true,
        }
        self.show_pending();
        false
    }

    /// Adds the message that is stored under a key, if it still exists.
    pub(in crate::live) fn adopt(&mut self, key: &str) {
        if let Ok(Some(value)) = self.storage.get(key) {
            match Outgoing::decode(key, &value) {
                Some(kept) => self.outbox.adopt(kept),
                // The value is unreadable, and no other code uses this prefix.
                None => drop(self.storage.remove(key)),
            }
            self.show_pending();
        }
    }

    /// Adds all stored messages: written before a reload, or in tabs that were closed.
    pub(in crate::live) fn adopt_all(&mut self) {
        for key in self.storage.keys(KEY_START).unwrap_or_default() {
            self.adopt(&key);
        }
    }

    pub(in crate::live) fn are_stored<'a>(&mut self, messages: impl IntoIterator<Item = &'a Message>, now: Millis) {
        let me = self.me();
        for message in messages.into_iter().filter(|message| message.author == me) {
            self.is_stored(message.id, now);
        }
    }

    pub(in crate::live) fn is_stored(&mut self, id: MessageId, now: Millis) {
        if self.outbox.stored(id) {
            self.sending_since = now;
            self.keep(id);
        }
    }

    /// Stores a message that is in the queue, or removes one that is not.
    pub(in crate::live) fn keep(&mut self, id: MessageId) {
        match self.outbox.get(id).and_then(Outgoing::encode) {
            Some(value) => {
                let kept = self.storage.set(&Outgoing::key(id), &value).is_ok();
                self.outbox.note_kept(id, kept);
                if !kept {
                    return;
                }
            }
            None => {
                self.outbox.note_kept(id, true);
                // A message that stays would be sent again, which is harmless. If nothing can be removed, nothing was
                // stored either.
                if self.storage.remove(&Outgoing::key(id)).is_err() {
                    return;
                }
            }
        }
        self.keep_rest();
    }

    /// Retries to store the messages that could not be stored: there may be space now.
    pub(in crate::live) fn keep_rest(&mut self) {
        for id in self.outbox.unkept().collect::<Vec<_>>() {
            self.keep(id);
        }
    }

    /// Returns whether a message waits that would be lost with the page.
    pub(in crate::live) fn is_volatile(&self) -> bool {
        self.outbox.unkept().next().is_some()
    }
}
