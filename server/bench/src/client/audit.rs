//! Whether what was received is what was acknowledged: each once, in order.

use std::collections::{HashMap, HashSet};

use protocol::{Message, MessageId, Seq, UserId};

/// Reads every message of one receiver.
#[derive(Debug)]
pub struct Audit {
    last: Seq,
    /// The number in each author's last message. Authors count theirs.
    numbers: HashMap<UserId, u64>,
    heard: HashSet<MessageId>,
    fault: Fault,
}

/// What must not happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Messages that were acknowledged and did not arrive.
    pub lost: u64,
    /// Messages that arrived more than once.
    pub doubled: u64,
    /// Messages that arrived before an earlier one.
    pub reordered: u64,
}

impl Fault {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            lost: self.lost + other.lost,
            doubled: self.doubled + other.doubled,
            reordered: self.reordered + other.reordered,
        }
    }

    /// Whether all is well.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Audit {
    /// Begins after this message.
    pub fn new(last: Seq) -> Self {
        Self { last, numbers: HashMap::new(), heard: HashSet::new(), fault: Fault::default() }
    }

    /// Reads messages.
    pub fn hear(&mut self, messages: &[Message]) {
        for message in messages {
            if !self.heard.insert(message.id) {
                self.fault.doubled += 1;
                continue;
            }
            let number = number_in(&message.body);
            let is_later = self.numbers.get(&message.author).is_none_or(|last| number > *last);
            if message.seq <= self.last || !is_later {
                self.fault.reordered += 1;
            }
            self.last = self.last.max(message.seq);
            self.numbers.insert(message.author, number);
        }
    }

    /// Compares with what was acknowledged.
    pub fn finish(mut self, acknowledged: &[MessageId]) -> Fault {
        self.fault.lost = acknowledged.iter().map(|id| u64::from(!self.heard.contains(id))).sum();
        self.fault
    }
}

/// A text of 100 bytes: the author's count, the time it was sent at, and filling.
pub fn body(number: u64, sent_at: u64) -> String {
    let text = format!("{number} {sent_at} A message as people write them, about as long as this");
    format!("{text:.<100}")
}

/// The author's count in a text.
fn number_in(body: &str) -> u64 {
    body.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// When a text was sent.
pub fn sent_at(body: &str) -> Option<u64> {
    body.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use protocol::Rev;

    use super::*;

    fn message(id: u8, seq: i64, number: u64) -> Message {
        Message {
            id: MessageId::from_parts(0, &[id; 10]),
            author: UserId::from_parts(0, &[0; 10]),
            seq: Seq(seq),
            rev: Rev(seq),
            at: 0,
            body: body(number, 1),
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
