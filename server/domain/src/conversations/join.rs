//! Joining and leaving rooms.

use protocol::{ConversationId, ConversationKind, ErrorKind, Role};

use super::{
    Conversations,
    change::{ConversationTx, left},
};
use crate::{Actor, Result, db::retry, keys::unique_key, rate_limit::LimitedAction, text};

impl Conversations<'_> {
    /// Joins the room of this name. Creates it if there is none. Changes nothing if the actor is a member already.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`], and an error on [`Field::Room`](protocol::Field::Room) if the name is invalid.
    pub async fn join_room(&self, actor: &Actor, name: &str) -> Result<ConversationId> {
        self.0.limit(actor, LimitedAction::Start)?;
        let name = text::room_name(name)?;
        retry(|| self.join_room_now(actor, &name)).await
    }

    async fn join_room_now(&self, actor: &Actor, name: &str) -> Result<ConversationId> {
        let unique = unique_key(name);
        let now = self.0.now();
        let mut tx = ConversationTx::of(self.0).await?;
        let name = Some(name.to_owned());
        let (id, created) = tx.lock_or_create(ConversationKind::Room, name, unique, actor.user, now).await?;
        let user = tx.user(actor.user).await?.ok_or(ErrorKind::Unauthenticated)?;
        let room = tx.locked(id)?;
        if room.member(actor.user).is_some() {
            // The response to an earlier request may have been lost, and what it told with it.
            room.announce_member(actor.user);
        } else {
            room.join(user, if created { Role::Owner } else { Role::Member }, true, now);
        }
        tx.commit().await?;
        Ok(id)
    }

    /// Leaves a room. Its messages stay, and the actor can join it again.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`], [`ErrorKind::NotFound`] for a conversation that the actor is not in, [`ErrorKind::Forbidden`] for a direct one.
    pub async fn leave(&self, actor: &Actor, id: ConversationId) -> Result<()> {
        self.0.limit(actor, LimitedAction::Set)?;
        retry(|| self.leave_now(actor, id)).await
    }

    async fn leave_now(&self, actor: &Actor, id: ConversationId) -> Result<()> {
        let mut tx = ConversationTx::of(self.0).await?;
        tx.lock([(id, actor.user)]).await?;
        let Some(room) = tx.conversation(id).filter(|room| room.member(actor.user).is_some()) else {
            // Published again: an earlier request may have been stored, and its response and what it told lost.
            self.0.0.bus.publish(left(id, actor.user));
            return Err(ErrorKind::NotFound.into());
        };
        if room.kind() == ConversationKind::Direct {
            return Err(ErrorKind::Forbidden.into());
        }
        room.leave(actor.user);
        tx.commit().await
    }
}
