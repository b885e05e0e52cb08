//! Commands and changes: what a member asks for in a conversation, and what then is told to all members.

use serde::{Deserialize, Serialize};

use crate::{Member, Message, Rev, Seq, UserId, open_enum::deserialize_open_enum};

/// A change of a conversation that a member asks for, other than a message. Repeating one is safe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Moves the user's read position forward, never back.
    Seen {
        /// The position of the last message read.
        seq: Seq,
    },
}

/// A change of something that all members see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A message is new or changed.
    Message(Message),
    /// A user joined, or their membership changed.
    Member(Member),
    /// A user left.
    MemberLeft(MemberLeft),
    /// A member's read position moved. Members of a conversation without receipts are not told.
    ReadPosition(ReadPosition),
    /// A change of a kind that this version does not know. The client skips it, and its revision advances: a new kind
    /// of change must not make every open page reload.
    #[serde(skip)]
    Unknown,
}

/// A user left a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberLeft {
    /// The user.
    pub user: UserId,
    /// The revision at which they left.
    pub rev: Rev,
}

/// A member's read position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadPosition {
    /// The member.
    pub user: UserId,
    /// The position up to which messages reached one of the member's devices.
    pub delivered_seq: Seq,
    /// The position up to which the member has read.
    pub seen_seq: Seq,
    /// The revision at which it moved.
    pub rev: Rev,
}

impl Change {
    /// Returns the revision of the row; zero for an unknown change.
    pub const fn rev(&self) -> Rev {
        match self {
            Self::Message(message) => message.rev,
            Self::Member(member) => member.rev,
            Self::MemberLeft(left) => left.rev,
            Self::ReadPosition(position) => position.rev,
            Self::Unknown => Rev::ZERO,
        }
    }
}

impl From<Message> for Change {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

deserialize_open_enum!(Change {
    "message" => Message,
    "member" => Member,
    "member_left" => MemberLeft,
    "read_position" => ReadPosition,
});
