//! Frames that a client sends.

use serde::{Deserialize, Serialize};

use super::Command;
use crate::{ConversationId, MessageId, Rev, Seq, UserId};

/// A frame that a client sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// Sends a message. Answered by [`Stored`](super::ServerFrame::Stored) or
    /// [`Rejected`](super::ServerFrame::Rejected).
    Send {
        /// The message's id, made by the client; a retry uses the same one.
        id: MessageId,
        /// The conversation to send it to.
        conversation: ConversationId,
        /// The text, at most [`MESSAGE_MAX`](crate::limits::MESSAGE_MAX) characters.
        body: String,
    },
    /// Asks for a change of a conversation. Answered by [`Refused`](super::ServerFrame::Refused) if it is not made.
    Do {
        /// The conversation.
        conversation: ConversationId,
        /// The change.
        command: Command,
    },
    /// Sends the state of the client's sidebar, at most [`SYNC_MAX`](crate::limits::SYNC_MAX) rows. Answered by
    /// [`Synced`](super::ServerFrame::Synced).
    Sync {
        /// One cursor per row.
        cursors: Vec<ConversationCursor>,
    },
    /// Requests the changes of a conversation. Answered by [`Changes`](super::ServerFrame::Changes).
    Changes {
        /// The conversation.
        conversation: ConversationId,
        /// The client's revision.
        since: Rev,
    },
    /// Subscribes to the presence of the users on screen, at most
    /// [`PRESENCE_SUBSCRIPTIONS_MAX`](crate::limits::PRESENCE_SUBSCRIPTIONS_MAX). Replaces the previous list.
    SubscribePresence {
        /// All users on screen.
        people: Vec<UserId>,
    },
    /// Tells whether the user is active in this tab.
    Activity {
        /// False after a few minutes without input.
        active: bool,
    },
    /// Asks for a [`Pong`](super::ServerFrame::Pong): scripts in a browser cannot send WebSocket pings.
    Ping {
        /// Returned unchanged.
        n: u32,
    },
}

/// The state of one conversation in the client's sidebar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationCursor {
    /// The conversation.
    pub id: ConversationId,
    /// Its revision in the client.
    pub rev: Rev,
    /// The user's read position in the client.
    pub seen: Seq,
}
