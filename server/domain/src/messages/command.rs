//! What the writer is asked to store.

use protocol::{ConversationId, MessageId, Seq};

use crate::Actor;

/// A message to store. Its text is checked.
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
