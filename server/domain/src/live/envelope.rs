//! What travels on the bus.

use bytes::Bytes;
use protocol::{ConversationId, UserId, live::ServerFrame};
use serde::{Deserialize, Serialize};

/// A frame with an address. The frame is encoded once; every socket, here and on other nodes, sends the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Whom it concerns.
    pub to: To,
    /// A [`ServerFrame`] as JSON; empty when the address says it all.
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
    /// Everybody: something may have been lost on the way.
    Resync,
    /// Nobody: a sign that the line is alive.
    Beat,
}

impl Envelope {
    /// An envelope with a frame in it.
    pub fn new(to: To, frame: &ServerFrame) -> Self {
        Self { to, frame: encode(frame) }
    }

    /// An envelope whose address says it all.
    pub const fn bare(to: To) -> Self {
        Self { to, frame: Bytes::new() }
    }
}

/// [`ServerFrame::Resync`] as the socket sends it.
pub(super) const RESYNC: &[u8] = br#""resync""#;

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
    fn resync_is_encoded_as_any_frame() {
        assert_eq!(encode(&ServerFrame::Resync), RESYNC);
    }
}
