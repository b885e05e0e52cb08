//! Conversations: their summaries for the sidebar, direct conversations, rooms, and members.

mod access;
mod change;
pub(crate) mod columns;
mod direct;
mod join;
mod leave_all;
mod members;
mod queries;

use std::collections::HashMap;

use protocol::{
    ConversationId, ConversationKind, ConversationSummary, ErrorKind, Seq, UserSummary,
    limits::PAGE_DEFAULT,
    live::ConversationCursor,
    message::{ConversationSnapshot, PageQuery},
};

pub(crate) use self::{
    access::{ChangesSince, Since, access},
    change::{Conversation, ConversationTx},
    leave_all::{leave_all, lock_all},
    members::{followed, members_since},
};
use crate::{Actor, Domain, Result};

/// The conversation services.
#[derive(Clone, Copy, Debug)]
pub struct Conversations<'a>(&'a Domain);

impl<'a> Conversations<'a> {
    pub(crate) const fn new(domain: &'a Domain) -> Self {
        Self(domain)
    }

    /// Returns the actor's conversations, the most recently active first.
    ///
    /// A direct conversation without messages is visible to the user who started it, and to the other user once they
    /// opened it.
    ///
    /// # Errors
    /// The database's error.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<ConversationSummary>> {
        queries::summaries(self.0.db().read(), actor, None).await
    }

    /// Returns the summaries that differ from what a client knows, the ids of those it knows that are gone, and the
    /// users of the summaries that do not differ. A conversation that the actor is a member of is never gone, even if
    /// it is not in the list.
    ///
    /// # Errors
    /// The database's error.
    pub async fn sync(
        &self,
        actor: &Actor,
        known: Vec<ConversationCursor>,
    ) -> Result<(Vec<ConversationSummary>, Vec<ConversationId>, Vec<UserSummary>)> {
        let mut known: HashMap<_, _> = known.into_iter().map(|k| (k.id, (k.rev, k.seen))).collect();
        let rows = self.list(actor).await?;
        // In a room, the read position has no revision, so both are compared.
        let (rows, same): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| known.remove(&row.id) != Some((row.rev, row.seen_seq)));
        if !known.is_empty() {
            for (_, id) in members::followed(self.0.db().read(), &[actor.user]).await? {
                known.remove(&id);
            }
        }
        let mut people: Vec<_> = same.into_iter().flat_map(|row| [row.peer, row.last_author]).flatten().collect();
        people.sort_unstable_by_key(|user| user.id);
        people.dedup_by_key(|user| user.id);
        Ok((rows, known.into_keys().collect(), people))
    }

    /// Returns the summary of one conversation.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a conversation that the actor is not in.
    pub async fn summary(&self, actor: &Actor, id: ConversationId) -> Result<ConversationSummary> {
        let row = queries::summaries(self.0.db().read(), actor, Some(id)).await?.pop();
        row.ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Returns a conversation as a page first shows it: the newest messages or, if the first unread message is older
    /// than those, the messages around it. With `before`, returns the messages before that position. The conversation
    /// is in the actor's list from now on.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a conversation that the actor is not in.
    pub async fn open(&self, actor: &Actor, id: ConversationId, before: Option<Seq>) -> Result<ConversationSnapshot> {
        let summary = self.summary(actor, id).await?;
        if summary.kind == ConversationKind::Direct && summary.last_seq == Seq::ZERO {
            direct::opened(self.0, actor, &summary).await;
        }
        let is_far = summary.unread > 0 && summary.seen_seq.plus(i64::from(PAGE_DEFAULT)) <= summary.last_seq;
        let query = match before {
            Some(before) => PageQuery::Before(before),
            None if is_far => PageQuery::Around(summary.seen_seq.plus(1)),
            None => PageQuery::Newest,
        };
        let page = self.0.messages().page(actor, id, query, PAGE_DEFAULT).await?;
        let members = if summary.kind.shows_receipts() {
            members::members(self.0.db().read(), actor, id).await?
        } else {
            Vec::new()
        };
        Ok(ConversationSnapshot { summary, page, members })
    }
}
