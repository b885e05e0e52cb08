//! Changes of a conversation.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, Member, Message, Rev, UserSummary};

/// Changes of one conversation, from one revision to another, without gaps.
///
/// If both revisions are equal, there are no changes in it. The server sends such a frame if it does not know whether
/// all members heard of everything that is stored: a client that is behind requests the changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// The conversation.
    pub conversation: ConversationId,
    /// The revision that a client must have to apply this.
    pub before: Rev,
    /// The revision that it has afterwards.
    pub after: Rev,
    /// New and changed messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// New and changed members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// The authors of those messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<UserSummary>,
}
