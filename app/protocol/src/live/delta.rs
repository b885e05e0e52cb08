//! Changes of a conversation.

use serde::{Deserialize, Serialize};

use super::Change;
use crate::{ConversationId, Message, Rev, UserSummary};

/// The changes of one conversation from one revision to another, without gaps.
///
/// The server sends it when something changed, and as the answer to a request for the changes since a revision. If both
/// revisions are equal, there are no changes in it. The server sends such a frame if it does not know whether all
/// members heard of everything that is stored: a client that is behind requests the changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// The conversation.
    pub conversation: ConversationId,
    /// The revision that a client must have to apply this.
    pub since: Rev,
    /// The revision that it has afterwards.
    pub rev: Rev,
    /// The changes. A row that changed more than once is in it once, as it is at [`Self::rev`] or later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The number of members, if it changed or may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<u32>,
    /// The authors of the messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<UserSummary>,
    /// Whether messages are left out, because more changed than is replayed
    /// ([`CHANGES_MAX`](crate::limits::CHANGES_MAX)). The client loads the newest page instead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl Delta {
    /// Creates a delta without changes.
    pub const fn new(conversation: ConversationId, since: Rev, rev: Rev) -> Self {
        Self { conversation, since, rev, changes: Vec::new(), members: None, users: Vec::new(), truncated: false }
    }

    /// Returns the new and changed messages.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.changes
            .iter()
            .filter_map(|change| if let Change::Message(message) = change { Some(message) } else { None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Member, MessageId, Seq, UserId,
        live::{MemberLeft, ReadPosition},
    };

    fn conversation() -> ConversationId {
        ConversationId::from_parts(0, &[0; 10])
    }

    fn user() -> UserId {
        UserId::from_parts(0, &[1; 10])
    }

    #[test]
    fn changes_survive_the_wire() {
        let id = MessageId::from_parts(1, &[2; 10]);
        let message = Message::of_text(id, user(), Seq(1), Rev(2), 3, "hello".into());
        let member = Member {
            user: UserSummary::new(user(), "ada".into()),
            role: crate::Role::Owner,
            delivered_seq: Seq(1),
            seen_seq: Seq(1),
            rev: Rev(3),
        };
        let delta = Delta {
            changes: vec![
                Change::Message(message),
                Change::Member(member),
                Change::MemberLeft(MemberLeft { user: user(), rev: Rev(4) }),
                Change::ReadPosition(ReadPosition {
                    user: user(),
                    delivered_seq: Seq(1),
                    seen_seq: Seq(1),
                    rev: Rev(5),
                }),
            ],
            members: Some(2),
            users: vec![UserSummary::new(user(), "ada".into())],
            truncated: true,
            ..Delta::new(conversation(), Rev(1), Rev(5))
        };
        let wire = serde_json::to_string(&delta).unwrap();
        assert_eq!(serde_json::from_str::<Delta>(&wire).unwrap(), delta);
        let nothing = Delta::new(conversation(), Rev(1), Rev(1));
        let wire = serde_json::to_string(&nothing).unwrap();
        assert!(wire.ends_with(r#","since":1,"rev":1}"#), "{wire}");
        assert_eq!(serde_json::from_str::<Delta>(&wire).unwrap(), nothing);
    }

    #[test]
    fn a_change_of_an_unknown_kind_is_skipped_and_its_neighbours_are_read() {
        let left = r#"{"member_left":{"user":"00000000-0001-7001-8101-010101010101","rev":9}}"#;
        for new in [r#"{"pin":{"message":["deep",{"er":1}],"rev":8}}"#, r#"{"pin":null}"#, r#""locked""#] {
            let read: Vec<Change> = serde_json::from_str(&format!("[{left},{new},{left}]")).unwrap();
            assert!(
                matches!(read[..], [Change::MemberLeft(_), Change::Unknown, Change::MemberLeft(_)]),
                "{new}: {read:?}"
            );
        }
        // Known names with other contents are errors, and so is what is no change at all.
        for bad in [r#"{"member_left":{"user":7}}"#, "{}", "7", "null"] {
            assert!(serde_json::from_str::<Change>(bad).is_err(), "{bad}");
        }
    }
}
