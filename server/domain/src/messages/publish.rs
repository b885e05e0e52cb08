//! Frames for the changes of a transaction.

use std::collections::HashMap;

use protocol::{
    ConversationId, Member, Message, Rev, UserId, UserSummary,
    limits::EVENTS_SPLIT_BYTES,
    live::{Events, ServerFrame},
};

use crate::live::{Bus, Envelope, To};

/// The changes of one transaction in one conversation.
#[derive(Debug)]
pub struct Changes {
    pub conversation: ConversationId,
    pub before: Rev,
    pub after: Rev,
    /// The new messages, in the order of their revisions.
    pub messages: Vec<Message>,
    pub members: Vec<Member>,
    pub people: HashMap<UserId, UserSummary>,
}

/// The bytes that surround a message's text in JSON, rounded up: ids, positions, time and field names.
const MESSAGE_OVERHEAD: usize = 220;

/// Publishes the changes, in as few frames as the limit on the size of a frame allows.
pub fn publish(bus: &dyn Bus, changes: Changes) {
    let Changes { conversation, mut before, after, messages, members, people } = changes;
    let limit = usize::try_from(EVENTS_SPLIT_BYTES).unwrap_or(usize::MAX);
    let mut send = |after: Rev, messages: Vec<Message>, members: Vec<Member>| {
        let mut authors: Vec<UserId> = messages.iter().map(|m| m.author).collect();
        authors.sort_unstable();
        authors.dedup();
        let people = authors.iter().filter_map(|id| people.get(id).cloned()).collect();
        let events = Events { conversation, before, after, messages, members, people };
        bus.publish(Envelope::new(To::Conversation(conversation), &ServerFrame::Events(events)));
        before = after;
    };
    let mut chunk = Vec::new();
    let mut size = 0;
    for message in messages {
        // Counts the text as escaped: JSON makes up to six bytes of one.
        let this = MESSAGE_OVERHEAD + json_length(&message.body);
        if size + this > limit
            && let Some(last) = chunk.last().map(|m: &Message| m.rev)
        {
            send(last, std::mem::take(&mut chunk), Vec::new());
            size = 0;
        }
        size += this;
        chunk.push(message);
    }
    send(after, chunk, members);
}

/// Sends a user's new read position to all of their sockets.
pub fn publish_read(bus: &dyn Bus, user: UserId, frame: &ServerFrame) {
    bus.publish(Envelope::new(To::User(user), frame));
}

/// Returns the most bytes that a text takes in JSON, as serde_json escapes it.
fn json_length(text: &str) -> usize {
    text.len()
        + text
            .bytes()
            .map(|b| match b {
                b'"' | b'\\' | b'\n' | b'\t' => 1,
                0..=0x1f => 5,
                _ => 0,
            })
            .sum::<usize>()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use protocol::{MessageId, Seq};

    use super::*;

    #[derive(Debug, Default)]
    struct Heard(Mutex<Vec<Envelope>>);

    impl Bus for Heard {
        fn publish(&self, envelope: Envelope) {
            self.0.lock().unwrap().push(envelope);
        }

        fn is_shared(&self) -> bool {
            false
        }

        fn leave(&self) -> futures::future::BoxFuture<'static, ()> {
            Box::pin(std::future::ready(()))
        }
    }

    #[test]
    fn large_batches_are_split_into_frames_that_fit_and_follow_each_other() {
        let author = UserSummary::new(UserId::from_parts(0, &[1; 10]), "ada".into());
        let messages: Vec<_> = (1..=100)
            .map(|n| Message {
                id: MessageId::from_parts(n, &[0; 10]),
                author: author.id,
                seq: Seq(n),
                rev: Rev(n),
                at: n,
                body: "\"\n".repeat(usize::try_from(n * 20).unwrap()),
            })
            .collect();
        let bus = Heard::default();
        publish(
            &bus,
            Changes {
                conversation: ConversationId::from_parts(0, &[0; 10]),
                before: Rev(0),
                after: Rev(100),
                messages: messages.clone(),
                members: vec![],
                people: HashMap::from([(author.id, author)]),
            },
        );
        let mut at = Rev(0);
        let mut heard = Vec::new();
        for envelope in bus.0.into_inner().unwrap() {
            assert!(envelope.frame.len() <= 64 * 1024);
            let ServerFrame::Events(events) = serde_json::from_slice(&envelope.frame).unwrap() else { panic!() };
            assert_eq!(events.before, at);
            assert_eq!(events.people.len(), 1);
            at = events.after;
            heard.extend(events.messages);
        }
        assert_eq!(at, Rev(100));
        assert_eq!(heard, messages);
    }
}
