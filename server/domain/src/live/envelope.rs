//! Envelopes: frames with an address, as they travel on the bus.

use bytes::Bytes;
use protocol::{ConversationId, UserId, live::ServerFrame};
use serde::{Deserialize, Serialize};

use super::presence::roster::NodeMessage;

/// A frame with an address. The frame is encoded once, and every socket on every node sends the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The sockets that it concerns.
    pub to: To,
    /// A [`ServerFrame`] as JSON, or a message to the other nodes; empty if the address says everything.
    pub frame: Bytes,
}

/// The address of an envelope: the sockets that it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// All sockets that are subscribed to the conversation.
    Conversation(ConversationId),
    /// All sockets of the user.
    User(UserId),
    /// Subscribes the user's sockets to the conversation.
    Joined(ConversationId, UserId),
    /// Unsubscribes the user's sockets from the conversation. They receive the frame.
    Left(ConversationId, UserId),
    /// The user's sockets look up their sessions again and close if these have ended.
    SessionsEnded(UserId),
    /// The subscribers of the user's presence: the user's availability or status changed.
    PresenceChanged(UserId),
    /// The subscribers of the user's presence, or with a second user only these two: what they may see of each other
    /// changed.
    VisibilityChanged(UserId, Option<UserId>),
    /// All sockets: frames may have been lost.
    Resync,
    /// The other nodes: the frame is a [`NodeMessage`].
    AllNodes,
}

impl Envelope {
    /// Creates an envelope with a frame.
    pub fn new(to: To, frame: &ServerFrame) -> Self {
        Self { to, frame: encode(frame) }
    }

    /// Creates an envelope with a message from this node to the others.
    pub fn from_node(word: &NodeMessage) -> Self {
        match serde_json::to_vec(word) {
            Ok(json) => Self { to: To::AllNodes, frame: json.into() },
            // Ids and numbers always serialize. If they did not, all clients would have to query the database.
            Err(error) => {
                tracing::error!(%error, "a word to the other nodes could not be encoded");
                Self::bare(To::Resync)
            }
        }
    }

    /// Creates an envelope without a frame, for addresses that say everything.
    pub const fn bare(to: To) -> Self {
        Self { to, frame: Bytes::new() }
    }
}

/// [`ServerFrame::Resync`], as the socket sends it.
pub(super) const RESYNC: &[u8] = br#""resync""#;
/// [`ServerFrame::PresenceDropped`] for all users, as the socket sends it.
pub(super) const PRESENCE_DROPPED: &[u8] = br#"{"presence_dropped":{"people":[]}}"#;

/// Encodes a frame as the socket sends it.
pub fn encode(frame: &ServerFrame) -> Bytes {
    match serde_json::to_vec(frame) {
        Ok(json) => json.into(),
        // Plain structs with string keys always serialize. If one did not, the client would have to ask again.
        Err(error) => {
            tracing::error!(%error, "a frame could not be encoded");
            Bytes::from_static(RESYNC)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_without_a_buffer_of_their_own_are_encoded_as_any() {
        assert_eq!(encode(&ServerFrame::Resync), RESYNC);
        assert_eq!(encode(&ServerFrame::PresenceDropped { people: vec![] }), PRESENCE_DROPPED);
    }
}
