//! Moving a read position.

use protocol::{ConversationId, Error, ErrorKind, Field, Millis, Seq};

use super::{Command, Scope};
use crate::{Actor, messages::batch::Batch, relationships::policy::Action};

/// A read position to move.
#[derive(Clone, Debug)]
pub struct Seen {
    pub actor: Actor,
    pub conversation: ConversationId,
    pub seq: Seq,
}

impl Command for Seen {
    type Outcome = ();

    fn scope(&self) -> Scope {
        Scope { conversation: self.conversation, user: self.actor.user, new_message: None }
    }

    fn apply(&self, batch: &mut Batch, _now: Millis) -> Result<(), Error> {
        if self.seq < Seq::ZERO {
            return Err(ErrorKind::Malformed.on(Field::Request));
        }
        let user = self.actor.user;
        let between = batch.may(self.conversation, user, Action::SeeReceipts);
        let conversation = batch.conversation(self.conversation, user)?;
        let shares = conversation.member(user).is_some_and(|member| member.sends_receipts);
        // In a group, one frame goes to all members, so it leaves out the position of a member who does not share
        // theirs. Members who do not share theirs must not see others' either; hiding those is left to their clients.
        let is_shown = conversation.kind().shows_receipts() && shares && between;
        conversation.read(user, self.seq, is_shown);
        Ok(())
    }
}
