//! Conversations: the sidebar, direct ones, rooms, and who is in them.

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
    access::access,
    leave_all::{announce, leave_all},
    members::{followed, members_since},
    queries::unread,
};
use crate::{Actor, Domain, Result, db::retry};

/// The services around conversations.
#[derive(Clone, Copy, Debug)]
pub struct Conversations<'a>(&'a Domain);

impl<'a> Conversations<'a> {
    pub(crate) const fn new(domain: &'a Domain) -> Self {
        Self(domain)
    }

    /// The actor's conversations, the most recently active first.
    ///
    /// A direct conversation in which nothing was said yet is seen by the person who began it, and by the other once they
    /// opened it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<ConversationSummary>> {
        queries::summaries(self.0.db().read(), actor, None).await
    }

    /// The rows of the sidebar that differ from what a client knows, those it knows that are gone, and the people of
    /// those that do not differ. What the actor is in is never gone, even if it is not in the list.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sync(
        &self,
        actor: &Actor,
        known: Vec<ConversationCursor>,
    ) -> Result<(Vec<ConversationSummary>, Vec<ConversationId>, Vec<UserSummary>)> {
        let mut known: HashMap<_, _> = known.into_iter().map(|k| (k.id, (k.rev, k.seen))).collect();
        let rows = self.list(actor).await?;
        // In a room the read position has no revision, so both are compared.
        let (rows, same): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| known.remove(&row.id) != Some((row.rev, row.seen_seq)));
        if !known.is_empty() {
            for (_, id) in members::followed(self.0.db().read(), &[actor.user]).await? {
                known.remove(&id);
            }
        }
        let mut people: Vec<_> = same.into_iter().flat_map(|row| [row.peer, row.last_author]).flatten().collect();
        people.sort_unstable_by_key(|card| card.id);
        people.dedup_by_key(|card| card.id);
        Ok((rows, known.into_keys().collect(), people))
    }

    /// One row of the sidebar.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a conversation that the actor is not in.
    pub async fn summary(&self, actor: &Actor, id: ConversationId) -> Result<ConversationSummary> {
        let row = queries::summaries(self.0.db().read(), actor, Some(id)).await?.pop();
        row.ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// A conversation as a page draws it at first: the newest messages or, when the first unread one is further back
    /// than those, the ones around it. With `before`, those before that place. From now on it is in the actor's list.
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

    /// The direct conversation with the person of that username, made now if there is none.
    ///
    /// # Errors
    /// On the username: [`ErrorKind::NotFound`], or [`ErrorKind::Forbidden`] when it is the actor's own. On the message
    /// that would follow, [`ErrorKind::Forbidden`] when that person does not take any from the actor.
    pub async fn start_direct(&self, actor: &Actor, username: &str) -> Result<ConversationId> {
        retry(|| direct::start_direct(self.0, actor, username)).await
    }

    /// Joins the room of that name, or creates it. Being in it already changes nothing.
    ///
    /// # Errors
    /// An unusable name, on [`Field::Room`](protocol::Field::Room).
    pub async fn join_room(&self, actor: &Actor, name: &str) -> Result<ConversationId> {
        retry(|| join::join_room(self.0, actor, name)).await
    }

    /// Leaves a room. Its messages stay; coming back is joining again.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a conversation that the actor is not in, [`ErrorKind::Forbidden`] for a direct one.
    pub async fn leave(&self, actor: &Actor, id: ConversationId) -> Result<()> {
        retry(|| join::leave(self.0, actor, id)).await
    }
}
