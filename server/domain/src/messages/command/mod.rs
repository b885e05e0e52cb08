//! Commands: the changes of conversations that the writer stores, many in one transaction.
//!
//! A command is a file here. It names what it works on ([`Scope`]), and decides and changes in memory
//! ([`Command::apply`]). Loading, locking, writing, telling and repeating are the same for all of them. Those that a
//! client asks for by name, a [`live::Command`], are assigned to their files in [`run`].

mod seen;
mod send;

use std::fmt;

use protocol::{ConversationId, Error, MessageId, Millis, UserId, live};

use self::seen::Seen;
pub use self::send::Send;
use super::{batch::Batch, writer::Writer};
use crate::{Actor, rate_limit::LimitedAction};

/// Returns the action as which a command counts against the rate limits.
pub const fn limited_action(command: &live::Command) -> LimitedAction {
    match command {
        live::Command::Seen { .. } => LimitedAction::Seen,
    }
}

/// Runs a command that a client asked for.
///
/// # Errors
/// The reason why it is not allowed, or the database's error.
pub async fn run(
    writer: &Writer,
    actor: Actor,
    conversation: ConversationId,
    command: live::Command,
) -> crate::Result<()> {
    match command {
        live::Command::Seen { seq } => writer.run(Seen { actor, conversation, seq }).await,
    }
}

/// A change of a conversation.
pub trait Command: fmt::Debug + std::marker::Send + Sync + 'static {
    /// The answer to whoever asked for the change.
    type Outcome: std::marker::Send + 'static;

    /// Returns the rows that have to be loaded.
    fn scope(&self) -> Scope;

    /// Checks whether the change is allowed, and makes it in memory. May be called more than once, on a new batch each
    /// time: a transaction that failed is repeated.
    ///
    /// # Errors
    /// The reason why it is not allowed. Nothing may have been changed then.
    fn apply(&self, batch: &mut Batch, now: Millis) -> Result<Self::Outcome, Error>;
}

/// The rows that a command works on.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The conversation. It is locked.
    pub conversation: ConversationId,
    /// The user whose membership is loaded, and whose relationship with the other user of a direct conversation.
    pub user: UserId,
    /// The id of the message that the command stores, if it stores one. A message that has it already is loaded.
    pub new_message: Option<MessageId>,
}
