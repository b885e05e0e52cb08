//! What travels on the bus.

use bytes::Bytes;
use protocol::{ConversationId, UserId, live::ServerFrame};
use serde::{Deserialize, Serialize};

use super::presence::roster::NodeMessage;

/// A frame with an address. The frame is encoded once; every socket, here and on other nodes, sends the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Whom it concerns.
    pub to: To,
    /// A [`ServerFrame`] as JSON, or what a node says to the others; empty when the address says it all.
    pub frame: Bytes,
}

/// Whom an envelope concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// Everybody who follows the conversation.
    Conversation(ConversationId),
    /// All sockets of a person.
    User(UserId),
    /// The person's sockets follow the conversation from now on.
    Joined(ConversationId, UserId),
    /// The person's sockets no longer follow the conversation; they get the frame.
    Left(ConversationId, UserId),
    /// The person's sockets are closed: their sessions ended.
    SessionsEnded(UserId),
    /// Who watches the person: how they want to be seen has changed.
    PresenceChanged(UserId),
    /// Who watches the person, or with another, only these two: what of them may be seen has changed.
    VisibilityChanged(UserId, Option<UserId>),
    /// Everybody: something may have been lost on the way.
    Resync,
    /// The other nodes: who is where.
    AllNodes,
}

impl Envelope {
    /// An envelope with a frame in it.
    pub fn new(to: To, frame: &ServerFrame) -> Self {
        Self { to, frame: encode(frame) }
    }

    /// What this node says to the others.
    pub fn from_node(word: &NodeMessage) -> Self {
        match serde_json::to_vec(word) {
            Ok(json) => Self { to: To::AllNodes, frame: json.into() },
            // Ids and numbers always serialise. Should they not, everybody asks the database.
            Err(error) => {
                tracing::error!(%error, "a word to the other nodes could not be encoded");
                Self::bare(To::Resync)
            }
        }
    }

    /// An envelope whose address says it all.
    pub const fn bare(to: To) -> Self {
        Self { to, frame: Bytes::new() }
    }
}

/// [`ServerFrame::Resync`] as the socket sends it.
pub(super) const RESYNC: &[u8] = br#""resync""#;
/// [`ServerFrame::PresenceDropped`] with everybody in it.
pub(super) const PRESENCE_DROPPED: &[u8] = br#"{"presence_dropped":{"people":[]}}"#;

/// A frame as the socket sends it.
pub fn encode(frame: &ServerFrame) -> Bytes {
    match serde_json::to_vec(frame) {
        Ok(json) => json.into(),
        // Plain structs with string keys always serialise. Should one not, the client is told to ask again.
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
