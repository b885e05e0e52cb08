//! The check that every acknowledged message was received once and in order.

use std::collections::{HashMap, HashSet};

use protocol::{Message, MessageId, Seq, UserId};

/// Checks every message that one receiver receives.
#[derive(Debug)]
pub struct Audit {
    last: Seq,
    /// The number in the last message of each author. Authors number their messages.
    numbers: HashMap<UserId, u64>,
    heard: HashSet<MessageId>,
    fault: Fault,
}

/// The faults that were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// The number of acknowledged messages that did not arrive.
    pub lost: u64,
    /// The number of messages that arrived more than once.
    pub doubled: u64,
    /// The number of messages that arrived out of order.
    pub reordered: u64,
}

impl Fault {
    /// Returns the sum of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            lost: self.lost + other.lost,
            doubled: self.doubled + other.doubled,
            reordered: self.reordered + other.reordered,
        }
    }

    /// Returns whether there are no faults.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Audit {
    /// Starts after this message.
    pub fn new(last: Seq) -> Self {
        Self { last, numbers: HashMap::new(), heard: HashSet::new(), fault: Fault::default() }
    }

    /// Checks received messages.
    pub fn hear<'a>(&mut self, messages: impl IntoIterator<Item = &'a Message>) {
        for message in messages {
            if !self.heard.insert(message.id) {
                self.fault.doubled += 1;
                continue;
            }
            let number = number_in(message.content.text().unwrap_or_default());
            let is_later = self.numbers.get(&message.author).is_none_or(|last| number > *last);
            if message.seq <= self.last || !is_later {
                self.fault.reordered += 1;
            }
            self.last = self.last.max(message.seq);
            self.numbers.insert(message.author, number);
        }
    }

    /// Compares the received messages with the acknowledged ones.
    pub fn finish(mut self, acknowledged: &[MessageId]) -> Fault {
        self.fault.lost = acknowledged.iter().map(|id| u64::from(!self.heard.contains(id))).sum();
        self.fault
    }
}

/// Returns a text of 100 bytes: the author's number of the message, the time when it was sent, and filling.
pub fn body(number: u64, sent_at: u64) -> String {
    let text = format!("{number} {sent_at} A message as people write them, about as long as this");
    format!("{text:.<100}")
}

/// Returns the author's number of a message, from its text.
fn number_in(body: &str) -> u64 {
    body.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Returns the time when a message was sent, from its text.
pub fn sent_at(body: &str) -> Option<u64> {
    body.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use protocol::{Content, Rev};

    use super::*;

    fn message(id: u8, seq: i64, number: u64) -> Message {
        Message {
            id: MessageId::from_parts(0, &[id; 10]),
            author: UserId::from_parts(0, &[0; 10]),
            seq: Seq(seq),
            rev: Rev(seq),
            at: 0,
            reply_to: None,
            edited_at: None,
            content: Content::Text(body(number, 1)),
        }
    }

    #[test]
    fn bodies_have_100_bytes_and_pass_the_servers_check_unchanged() {
        for (number, time) in [(0, 0), (7, 1_234), (4_294_967_295, 1_000_000_000_000)] {
            let body = body(number, time);
            assert_eq!(body.len(), 100, "{body}");
            assert_eq!(protocol::message::check_body(&body).unwrap(), body);
            assert_eq!((number_in(&body), sent_at(&body)), (number, Some(time)));
        }
    }

    #[test]
    fn all_is_well() {
        let mut audit = Audit::new(Seq(3));
        let messages = [message(1, 4, 1), message(2, 5, 2)];
        audit.hear(&messages);
        assert!(audit.finish(&messages.map(|m| m.id)).is_none());
    }

    #[test]
    fn what_must_not_happen_is_found() {
        let mut audit = Audit::new(Seq(3));
        audit.hear(&[message(1, 4, 2), message(1, 4, 2), message(2, 5, 1)]);
        let fault = audit.finish(&[message(1, 4, 2).id, message(9, 6, 3).id]);
        assert_eq!(fault, Fault { lost: 1, doubled: 1, reordered: 1 });
    }
}
