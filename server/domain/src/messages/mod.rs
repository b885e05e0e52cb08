//! Messages: sending, history, what changed, read positions.

mod batch;
mod command;
mod history;
mod publish;
mod writer;

use protocol::{
    ChangeSet, ConversationId, ErrorKind, Field, MessageId, MessagePage, Rev, Seq, live::Stored, message::PageQuery,
};
use tokio::sync::oneshot;
pub use writer::Writer;

use crate::{Actor, Domain, Error, Result, live::Ask, text};

/// The services around messages.
#[derive(Clone, Copy, Debug)]
pub struct Messages<'a>(&'a Domain);

impl<'a> Messages<'a> {
    pub(crate) const fn new(domain: &'a Domain) -> Self {
        Self(domain)
    }

    /// Hands a message to the writer. The answer comes once it is on disk.
    ///
    /// The writer takes messages in the order in which this is called, so a sender's messages keep theirs. The same
    /// id again, from the same author to the same conversation, stores nothing and gets the first answer.
    ///
    /// # Errors
    /// An unusable text, and [`ErrorKind::RateLimited`], at once; in the answer [`ErrorKind::NotFound`] for a conversation that the actor is not in,
    /// [`ErrorKind::Forbidden`] on [`Field::Body`] when the other of a direct conversation takes no messages from the
    /// actor, whatever the reason, [`ErrorKind::Conflict`] for an id that is another message's, and [`Error::Unavailable`].
    pub async fn submit(
        &self,
        actor: Actor,
        id: MessageId,
        conversation: ConversationId,
        body: &str,
    ) -> Result<oneshot::Receiver<Result<Stored>>> {
        self.0.may_ask(&actor, Ask::Send)?;
        let body = text::body(body)?;
        self.0.0.writer.send(command::Send { actor, id, conversation, body }).await
    }

    /// Stores a message and waits until it is on disk.
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    pub async fn send(&self, actor: Actor, id: MessageId, conversation: ConversationId, body: &str) -> Result<Stored> {
        let answer = self.submit(actor, id, conversation, body).await?;
        answer.await.map_err(|_| Error::Unavailable("the writer stopped".into()))?
    }

    /// Moves the actor's read position forward; an older one changes nothing, and one past the newest message means
    /// the newest.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a conversation that the actor is not in.
    pub async fn seen(&self, actor: Actor, conversation: ConversationId, seq: Seq) -> Result<()> {
        if seq < Seq::ZERO {
            return Err(ErrorKind::Malformed.on(Field::Request).into());
        }
        self.0.0.writer.seen(command::Seen { actor, conversation, seq }).await
    }

    /// Part of the history.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a conversation that the actor is not in.
    pub async fn page(
        &self,
        actor: &Actor,
        conversation: ConversationId,
        query: PageQuery,
        limit: u32,
    ) -> Result<MessagePage> {
        history::page(self.0.db().read(), actor, conversation, query, limit).await
    }

    /// What changed after a revision.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a conversation that the actor is not in.
    pub async fn changes(&self, actor: &Actor, conversation: ConversationId, since: Rev) -> Result<ChangeSet> {
        history::changes(self.0.db().read(), actor, conversation, since).await
    }
}

/// An id for a message that the server writes down for a client without scripts.
pub fn new_id() -> MessageId {
    uuid::Uuid::now_v7().into()
}
