//! What a person and other tabs do: writing, reading, and what of it is kept in the browser.

use protocol::{ConversationId, Error, Message, MessageId, Millis, Seq, live::ClientFrame, message::check_body};

use super::LiveState;
use crate::live::outbox::{KEY_START, Outbox, Outgoing};

/// What the keys of drafts start with; the conversation follows.
pub const DRAFT_START: &str = "draft:";

/// What somebody wrote in this browser and did not send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    /// Messages that wait to be sent, or were refused.
    pub messages: usize,
    /// Texts that were begun.
    pub drafts: usize,
}

impl Unsent {
    /// How much it is, in words; none when it is nothing.
    pub fn words(self) -> Option<String> {
        let many = |count, one: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {one}s")),
        };
        match (many(self.messages, "unsent message"), many(self.drafts, "draft")) {
            (Some(messages), Some(drafts)) => Some(format!("{messages} and {drafts}")),
            (messages, drafts) => messages.or(drafts),
        }
    }
}

impl LiveState {
    /// Counts what is kept here for this person, by any tab.
    pub(in crate::live) fn unsent(&self) -> Unsent {
        let keys = |start| self.storage.keys(start).unwrap_or_default();
        let is_begun = |key: &String| matches!(self.storage.get(key), Ok(Some(text)) if !text.trim().is_empty());
        Unsent {
            // Those that the browser would not keep are in this tab only.
            messages: keys(KEY_START).len().max(self.outbox.entries().len()),
            drafts: keys(DRAFT_START).iter().filter(|key| is_begun(key)).count(),
        }
    }

    /// Forgets all that is kept here for this person.
    pub(in crate::live) fn forget(&mut self) {
        self.outbox = Outbox::default();
        for key in self.storage.keys("").unwrap_or_default() {
            // Storage that is forbidden by now holds nothing either.
            let _ = self.storage.remove(&key);
        }
        self.show_pending();
    }

    /// Takes a message that was written at this time of day; it is kept before this returns.
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

    /// Gives a message up. False when it is under way.
    pub(in crate::live) fn discard(&mut self, id: MessageId) -> bool {
        let discarded = self.outbox.discard(id);
        if discarded {
            self.keep(id);
            self.show_pending();
        }
        discarded
    }

    /// This person read up to `seq`, here. Whether the server is to be told.
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

    /// Tells the server how far this person has read; later, where it asked for patience.
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
                self.frames.push(ClientFrame::Seen { conversation: *conversation, seq: *seq });
            }
        }
    }

    /// Another tab changed what is kept under a key. True if a message is new here and not this tab's business yet.
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

    /// Takes over what is kept under a key, if it still is.
    pub(in crate::live) fn adopt(&mut self, key: &str) {
        if let Ok(Some(value)) = self.storage.get(key) {
            match Outgoing::decode(key, &value) {
                Some(kept) => self.outbox.adopt(kept),
                // Not ours, and nobody else's under this prefix.
                None => drop(self.storage.remove(key)),
            }
            self.show_pending();
        }
    }

    /// Takes over all that is kept: what was written before a reload, or in tabs that are gone.
    pub(in crate::live) fn adopt_all(&mut self) {
        for key in self.storage.keys(KEY_START).unwrap_or_default() {
            self.adopt(&key);
        }
    }

    pub(in crate::live) fn are_stored(&mut self, messages: &[Message], now: Millis) {
        let me = self.me();
        for message in messages.iter().filter(|message| message.author == me) {
            self.is_stored(message.id, now);
        }
    }

    pub(in crate::live) fn is_stored(&mut self, id: MessageId, now: Millis) {
        if self.outbox.stored(id) {
            self.sending_since = now;
            self.keep(id);
        }
    }

    /// Keeps what is in the queue, and no longer what is not.
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
                // One that stays would be sent again, which changes nothing. Where nothing can be removed, nothing was
                // kept.
                if self.storage.remove(&Outgoing::key(id)).is_err() {
                    return;
                }
            }
        }
        self.keep_rest();
    }

    /// Tries again to keep what could not be kept: there may be room now.
    pub(in crate::live) fn keep_rest(&mut self) {
        for id in self.outbox.unkept().collect::<Vec<_>>() {
            self.keep(id);
        }
    }

    /// Whether something waits that lasts no longer than the page.
    pub(in crate::live) fn is_volatile(&self) -> bool {
        self.outbox.unkept().next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_has_words() {
        let words = |messages, drafts| Unsent { messages, drafts }.words();
        assert_eq!(words(0, 0), None);
        assert_eq!(words(1, 0).as_deref(), Some("1 unsent message"));
        assert_eq!(words(0, 2).as_deref(), Some("2 drafts"));
        assert_eq!(words(2, 1).as_deref(), Some("2 unsent messages and 1 draft"));
    }
}
