//! Joining and leaving rooms.

use protocol::{ConversationId, ConversationKind, ErrorKind, Role};

use super::change::{ConversationTx, left};
use crate::{Actor, Domain, Result, keys::unique_key, text};

/// Implements [`Conversations::join_room`](super::Conversations::join_room).
pub async fn join_room(domain: &Domain, actor: &Actor, name: &str) -> Result<ConversationId> {
    let name = text::room_name(name)?;
    let unique = unique_key(&name);
    let now = domain.now();
    let mut tx = ConversationTx::of(domain).await?;
    let (id, created) = tx.lock_or_create(ConversationKind::Room, Some(name), unique, actor.user, now).await?;
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

/// Implements [`Conversations::leave`](super::Conversations::leave).
pub async fn leave(domain: &Domain, actor: &Actor, id: ConversationId) -> Result<()> {
    let mut tx = ConversationTx::of(domain).await?;
    tx.lock([(id, actor.user)]).await?;
    let Some(room) = tx.conversation(id).filter(|room| room.member(actor.user).is_some()) else {
        // Published again: an earlier request may have been stored, and its response and what it told lost.
        domain.0.bus.publish(left(id, actor.user));
        return Err(ErrorKind::NotFound.into());
    };
    if room.kind() == ConversationKind::Direct {
        return Err(ErrorKind::Forbidden.into());
    }
    room.leave(actor.user);
    tx.commit().await
}
