//! Messages: sending, history, changes and read positions.

mod batch;
mod command;
mod history;
mod writer;

use protocol::{
    ConversationId, MessageId, MessagePage, Rev, Seq,
    live::{self, Delta, Stored},
    message::PageQuery,
};
use tokio::sync::oneshot;
pub use writer::Writer;

use crate::{Actor, Domain, Error, Result, rate_limit::LimitedAction, text};

/// The message services.
#[derive(Clone, Copy, Debug)]
pub struct Messages<'a>(&'a Domain);

impl<'a> Messages<'a> {
    pub(crate) const fn new(domain: &'a Domain) -> Self {
        Self(domain)
    }

    /// Queues a message for the writer. The receiver gets the response once the message is on disk.
    ///
    /// The writer stores messages in the order of the calls, so a sender's messages keep their order. A second call
    /// with the same id, author and conversation stores nothing and gets the first response again.
    ///
    /// # Errors
    /// Returned at once: an error if the text is invalid, and [`RateLimited`](protocol::ErrorKind::RateLimited). In the response:
    /// [`NotFound`](protocol::ErrorKind::NotFound) for a conversation that the actor is not in, [`Forbidden`](protocol::ErrorKind::Forbidden) on [`Field::Body`](protocol::Field::Body)
    /// if the other user of a direct conversation accepts no messages from the actor, whatever the reason,
    /// [`Conflict`](protocol::ErrorKind::Conflict) for an id that belongs to another message, and [`Error::Unavailable`].
    pub async fn submit(
        &self,
        actor: Actor,
        id: MessageId,
        conversation: ConversationId,
        body: &str,
    ) -> Result<oneshot::Receiver<Result<Stored>>> {
        self.0.limit(&actor, LimitedAction::Send)?;
        let body = text::body(body)?;
        self.0.0.writer.submit(command::Send { actor, id, conversation, body }).await
    }

    /// Stores a message and waits until it is on disk.
    ///
    /// # Errors
    /// The errors of [`submit`](Self::submit).
    pub async fn send(&self, actor: Actor, id: MessageId, conversation: ConversationId, body: &str) -> Result<Stored> {
        let answer = self.submit(actor, id, conversation, body).await?;
        answer.await.map_err(|_| Error::Unavailable("the writer stopped".into()))?
    }

    /// Makes a change that a member asks for, and waits until it is on disk.
    ///
    /// # Errors
    /// [`RateLimited`](protocol::ErrorKind::RateLimited), [`NotFound`](protocol::ErrorKind::NotFound) for a conversation that the actor is not in, and the errors of
    /// the command.
    pub async fn execute(&self, actor: Actor, conversation: ConversationId, command: live::Command) -> Result<()> {
        self.0.limit(&actor, command::limited_action(&command))?;
        command::run(&self.0.0.writer, actor, conversation, command).await
    }

    /// Moves the actor's read position forward. An older position changes nothing, and one past the newest message
    /// means the newest.
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute), and [`Malformed`](protocol::ErrorKind::Malformed) for a negative position.
    pub async fn seen(&self, actor: Actor, conversation: ConversationId, seq: Seq) -> Result<()> {
        self.execute(actor, conversation, live::Command::Seen { seq }).await
    }

    /// Returns a page of the history.
    ///
    /// # Errors
    /// [`NotFound`](protocol::ErrorKind::NotFound) for a conversation that the actor is not in.
    pub async fn page(
        &self,
        actor: &Actor,
        conversation: ConversationId,
        query: PageQuery,
        limit: u32,
    ) -> Result<MessagePage> {
        history::page(self.0.db().read(), actor, conversation, query, limit).await
    }

    /// Returns the changes after a revision.
    ///
    /// # Errors
    /// [`RateLimited`](protocol::ErrorKind::RateLimited), and [`NotFound`](protocol::ErrorKind::NotFound) for a conversation that the actor is not in.
    pub async fn changes(&self, actor: &Actor, conversation: ConversationId, since: Rev) -> Result<Delta> {
        self.0.limit(actor, LimitedAction::Changes)?;
        history::changes(self.0.db().read(), actor, conversation, since).await
    }
}

/// Generates an id for a message that the server submits for a client without JavaScript.
pub fn new_id() -> MessageId {
    uuid::Uuid::now_v7().into()
}
