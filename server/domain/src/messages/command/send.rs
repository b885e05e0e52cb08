//! Sending a message.

use protocol::{ConversationId, Error, ErrorKind, Field, MessageId, Millis, live::Stored};

use super::{Command, Scope};
use crate::{Actor, messages::batch::Batch, relationships::policy::Action};

/// A message to store. Its text has been validated.
#[derive(Clone, Debug)]
pub struct Send {
    pub actor: Actor,
    pub id: MessageId,
    pub conversation: ConversationId,
    pub body: String,
}

impl Command for Send {
    type Outcome = Stored;

    fn scope(&self) -> Scope {
        Scope { conversation: self.conversation, user: self.actor.user, new_message: Some(self.id) }
    }

    fn apply(&self, batch: &mut Batch, now: Millis) -> Result<Stored, Error> {
        let (id, user) = (self.conversation, self.actor.user);
        batch.conversation(id, user)?;
        // The message was sent before, in an earlier transaction or in this one, and gets its first response again. A
        // message that is refused now may have been stored while it was still allowed.
        if let Some((author, ack)) = batch.stored(self.id) {
            if (ack.conversation, author) != (id, user) {
                return Err(ErrorKind::Conflict.on(Field::Request));
            }
            batch.conversation(id, user)?.tell_again();
            return Ok(ack);
        }
        if !batch.may(id, user, Action::Message) {
            // The same error for a block, a privacy setting and a deleted account, so that it does not reveal which one
            // it is.
            return Err(ErrorKind::Forbidden.on(Field::Body));
        }
        let conversation = batch.conversation(id, user)?;
        let (seq, rev) = conversation.post(self.id, user, self.body.clone(), now);
        let ack = Stored { id: self.id, conversation: id, seq, rev, at: now };
        batch.put_stored(user, ack);
        Ok(ack)
    }
}
