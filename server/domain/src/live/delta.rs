//! Frames for the changes of a transaction.

use protocol::{
    UserSummary,
    limits::DELTA_SPLIT_BYTES,
    live::{Change, Delta, ServerFrame},
};

use super::{Bus, Envelope, To};

/// The bytes that surround a message's text in JSON, rounded up: ids, positions, time and field names.
const MESSAGE_OVERHEAD: usize = 240;
/// The most bytes of any other change in JSON. The largest is a member with a long name, all of it escaped.
const CHANGE_MAX: usize = 1_024;

/// Publishes the changes of a conversation, in as few frames as the limit on the size of a frame allows. The changes must
/// be in the order of their revisions.
pub(crate) fn publish(bus: &dyn Bus, to: To, delta: Delta) {
    // Named one by one, so that a field that is added later cannot be left out here.
    let Delta { conversation, since, rev, changes, members, users, truncated } = delta;
    let limit = usize::try_from(DELTA_SPLIT_BYTES).unwrap_or(usize::MAX);
    let send = |delta: Delta| bus.publish(Envelope::new(to, &ServerFrame::Delta(delta)));
    let mut part = Delta::new(conversation, since, since);
    let mut size = 0;
    for change in changes {
        let this = json_size(&change);
        if size + this > limit && !part.changes.is_empty() {
            let next = Delta::new(conversation, part.rev, part.rev);
            part.users = authors(&part, &users);
            send(std::mem::replace(&mut part, next));
            size = 0;
        }
        size += this;
        part.rev = change.rev().max(part.rev);
        part.changes.push(change);
    }
    part.rev = rev;
    part.members = members;
    part.truncated = truncated;
    part.users = authors(&part, &users);
    send(part);
}

fn authors(delta: &Delta, users: &[UserSummary]) -> Vec<UserSummary> {
    users.iter().filter(|user| delta.messages().any(|message| message.author == user.id)).cloned().collect()
}

/// Returns a bound on the bytes that a change takes in JSON.
fn json_size(change: &Change) -> usize {
    match change {
        Change::Message(message) => MESSAGE_OVERHEAD + message.content.text().map_or(0, json_length),
        _ => CHANGE_MAX,
    }
}

/// Returns the most bytes that a text takes in JSON, as serde_json escapes it: up to six for one.
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

    use protocol::{Content, ConversationId, Message, MessageId, Rev, Seq, UserId, live::ReadPosition};

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
        let silent = UserSummary::new(UserId::from_parts(0, &[2; 10]), "ben".into());
        let mut changes: Vec<Change> = (1..=100)
            .map(|n| {
                Change::Message(Message {
                    id: MessageId::from_parts(n, &[0; 10]),
                    author: author.id,
                    seq: Seq(n),
                    rev: Rev(n),
                    at: n,
                    reply_to: None,
                    edited_at: None,
                    content: Content::Text("\"\n".repeat(usize::try_from(n * 20).unwrap())),
                })
            })
            .collect();
        let position = |n| ReadPosition { user: silent.id, delivered_seq: Seq(n), seen_seq: Seq(n), rev: Rev(n) };
        changes.extend((101..=200).map(|n| Change::ReadPosition(position(n))));
        let bus = Heard::default();
        let delta = Delta {
            changes: changes.clone(),
            members: Some(7),
            users: vec![author.clone(), silent],
            ..Delta::new(ConversationId::from_parts(0, &[0; 10]), Rev(0), Rev(201))
        };
        publish(&bus, To::Conversation(delta.conversation), delta);
        let mut at = Rev(0);
        let mut heard = Vec::new();
        for envelope in bus.0.into_inner().unwrap() {
            assert!(envelope.frame.len() <= 64 * 1024);
            let ServerFrame::Delta(delta) = serde_json::from_slice(&envelope.frame).unwrap() else { panic!() };
            assert_eq!(delta.since, at);
            assert_eq!(delta.members.is_some(), delta.rev == Rev(201), "said once, with the last");
            assert_eq!(delta.users.len(), usize::from(delta.messages().next().is_some()));
            assert!(delta.changes.iter().all(|change| at < change.rev() && change.rev() <= delta.rev));
            at = delta.rev;
            heard.extend(delta.changes);
        }
        assert_eq!(at, Rev(201));
        assert_eq!(heard, changes);
    }

    #[test]
    fn a_delta_without_changes_is_one_frame() {
        let bus = Heard::default();
        let id = ConversationId::from_parts(0, &[0; 10]);
        publish(&bus, To::Conversation(id), Delta::new(id, Rev(7), Rev(7)));
        assert_eq!(bus.0.into_inner().unwrap().len(), 1);
    }
}
