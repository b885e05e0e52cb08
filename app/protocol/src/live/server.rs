//! Frames that the server sends.

use serde::{Deserialize, Serialize};

use super::Delta;
use crate::{
    ConversationId, ConversationSummary, Error, MessageId, Millis, Rev, Seq, UserId, UserSummary,
    presence::{OwnPresence, UserPresence},
    relationship::Relationship,
};

/// A frame that the server sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame of a socket.
    Ready {
        /// The server's [`VERSION`](super::VERSION).
        version: u32,
        /// The user whose session opened the socket.
        user: UserId,
        /// The server's clock.
        at: Millis,
    },
    /// Acknowledges messages that are on disk.
    Stored {
        /// One acknowledgement per message.
        acks: Vec<Stored>,
    },
    /// Refuses a message. It was not stored.
    Rejected {
        /// The message's id.
        id: MessageId,
        /// The reason.
        error: Error,
    },
    /// Carries changes of a conversation.
    Delta(Delta),
    /// Answers [`Sync`](super::ClientFrame::Sync) with the rows of the sidebar that differ.
    Synced {
        /// New and changed rows.
        conversations: Vec<ConversationSummary>,
        /// Rows of the request whose conversations the user is no longer a member of.
        gone: Vec<ConversationId>,
        /// The number of friend requests that wait for the user's answer.
        requests: u32,
        /// The users in the unchanged rows, because a [`UsersChanged`](Self::UsersChanged) may have been missed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        people: Vec<UserSummary>,
    },
    /// Answers [`Changes`](super::ClientFrame::Changes).
    Changes(Delta),
    /// Carries the user's own read position, moved in this tab or another one.
    Read {
        /// The conversation.
        conversation: ConversationId,
        /// The read position.
        seen: Seq,
        /// The number of unread messages up to `last_seq`.
        unread: u32,
        /// The position of the newest message when `unread` was counted.
        last_seq: Seq,
    },
    /// The user is no longer a member of a conversation.
    Gone {
        /// The conversation.
        conversation: ConversationId,
    },
    /// The user's relationship with somebody changed, in this tab or another one.
    RelationshipChanged {
        /// The other user and the new state.
        relationship: Relationship,
        /// The number of friend requests that wait for the user's answer.
        requests: u32,
    },
    /// Carries the presence of users that the socket subscribed to.
    PresenceUpdate {
        /// The current state of each.
        people: Vec<UserPresence>,
    },
    /// Cancels presence subscriptions. The client should send
    /// [`SubscribePresence`](super::ClientFrame::SubscribePresence) again.
    PresenceDropped {
        /// The users concerned; all of them if empty.
        people: Vec<UserId>,
    },
    /// Carries the availability and the status that the user chose.
    OwnPresence(OwnPresence),
    /// Refuses a request that is not a message.
    Refused {
        /// The conversation that the request was about, if any.
        conversation: Option<ConversationId>,
        /// The reason.
        error: Error,
    },
    /// Carries users whose name or picture changed.
    UsersChanged {
        /// Their current summaries.
        people: Vec<UserSummary>,
    },
    /// Frames were skipped. The client should send [`Sync`](super::ClientFrame::Sync) and
    /// [`SubscribePresence`](super::ClientFrame::SubscribePresence), and request the changes of the open conversation.
    Resync,
    /// Answers [`Ping`](super::ClientFrame::Ping).
    Pong {
        /// The number in the request.
        n: u32,
    },
}

/// The acknowledgement of a message that is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The id that the client gave it.
    pub id: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// Its position.
    pub seq: Seq,
    /// Its revision.
    pub rev: Rev,
    /// The time when it was stored.
    pub at: Millis,
}
