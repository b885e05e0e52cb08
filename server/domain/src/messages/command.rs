//! The commands of the message writer.

use protocol::{ConversationId, MessageId, Seq};

use crate::Actor;

/// A message to store. Its text has been validated.
#[derive(Clone, Debug)]
pub struct Send {
    pub actor: Actor,
    pub id: MessageId,
    pub conversation: ConversationId,
    pub body: String,
}

/// A read position to move.
#[derive(Clone, Debug)]
pub struct Seen {
    pub actor: Actor,
    pub conversation: ConversationId,
    pub seq: Seq,
}
