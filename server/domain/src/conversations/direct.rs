//! Direct conversations: starting one, and adding it to the actor's list when it is opened.

use protocol::{
    ConversationId, ConversationKind, ConversationSummary, ErrorKind, Field, Role, UserId, username::username_key,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, prelude::Expr};

use super::{
    Conversations,
    change::{Conversation, ConversationTx, listed},
};
use crate::{
    Actor, Domain, Result,
    db::retry,
    entities::member,
    rate_limit::LimitedAction,
    relationships::{direct_key, load_context, policy::Action},
    users::lookup::by_username,
};

impl Conversations<'_> {
    /// Returns the direct conversation with the user of this username. Creates it if there is none.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`].
    /// On [`Field::Username`](protocol::Field::Username): [`ErrorKind::Required`], [`ErrorKind::NotFound`], or
    /// [`ErrorKind::Forbidden`] if it is the actor's own. On [`Field::Body`](protocol::Field::Body):
    /// [`ErrorKind::Forbidden`] if that user does not accept messages from the actor.
    pub async fn start_direct(&self, actor: &Actor, username: &str) -> Result<ConversationId> {
        self.0.limit(actor, LimitedAction::Start)?;
        retry(|| self.start_direct_now(actor, username)).await
    }

    async fn start_direct_now(&self, actor: &Actor, username: &str) -> Result<ConversationId> {
        let key = username_key(username.trim_start().trim_start_matches('@'));
        if key.is_empty() {
            return Err(ErrorKind::Required.on(Field::Username).into());
        }
        let peer = by_username(self.0.db().read(), &key).await?.ok_or(ErrorKind::NotFound.on(Field::Username))?;
        let (me, peer) = (actor.user, peer.id.into());
        if me == peer {
            return Err(ErrorKind::Forbidden.on(Field::Username).into());
        }
        let unique = direct_key(me.uuid(), peer.uuid());
        let now = self.0.now();
        let mut tx = ConversationTx::of(self.0).await?;
        // An existing conversation stays readable. Whether the actor may write is checked for each message.
        if let Some(id) = tx.find(&unique).await? {
            tx.lock([(id, me), (id, peer)]).await?;
            begin_again(tx.locked(id)?, me, peer);
            tx.commit().await?;
            return Ok(id);
        }
        if !load_context(tx.db(), actor, peer).await?.may(Action::Message) {
            return Err(ErrorKind::Forbidden.on(Field::Body).into());
        }
        let (id, created) = tx.lock_or_create(ConversationKind::Direct, None, unique, me, now).await?;
        if created {
            // In the order of ids, in which accounts are locked.
            for user in [me.min(peer), me.max(peer)] {
                let gone = if user == me {
                    ErrorKind::Unauthenticated.into()
                } else {
                    ErrorKind::NotFound.on(Field::Username)
                };
                let summary = tx.user(user).await?.ok_or(gone)?;
                // The other user does not see the conversation in their list before there is a message.
                tx.locked(id)?.join(summary, Role::Member, user == me, now);
            }
            tx.locked(id)?.tell_only(me);
        } else {
            // Both users started it at the same time, and the other one's transaction came first.
            begin_again(tx.locked(id)?, me, peer);
        }
        tx.commit().await?;
        Ok(id)
    }
}

/// Puts a conversation that exists into the list of who starts it. When it was created, the response may have been lost,
/// and what it told with it, so both are told again.
fn begin_again(conversation: &mut Conversation, me: UserId, peer: UserId) {
    conversation.announce_member(me);
    conversation.announce_member(peer);
    conversation.list(me);
}

/// Adds a direct conversation without messages to the actor's list, because the actor has opened it.
///
/// An error is only logged: reading must not fail because nothing can be written.
pub(super) async fn opened(domain: &Domain, actor: &Actor, summary: &ConversationSummary) {
    match list(domain, actor, summary.id).await {
        Ok(true) => domain.0.bus.publish(listed(summary.id, actor.user, summary.rev)),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "an opened conversation could not be put into the list"),
    }
}

/// Adds a conversation to the actor's list, which is no change that others see. Returns `false` if it is there already.
async fn list(domain: &Domain, actor: &Actor, id: ConversationId) -> Result<bool> {
    let changed = member::Entity::update_many()
        .col_expr(member::Column::Listed, Expr::value(true))
        .filter(member::Column::ConversationId.eq(id.uuid()))
        .filter(member::Column::UserId.eq(actor.user.uuid()))
        .filter(member::Column::Listed.eq(false))
        .exec(domain.db().write())
        .await?;
    Ok(changed.rows_affected > 0)
}
