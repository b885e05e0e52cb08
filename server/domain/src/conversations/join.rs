//! Joining and leaving rooms.

use protocol::{ConversationId, ConversationKind, ErrorKind, Rev, Role, live::ServerFrame};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::change::{add, find_or_create, find_user, lock, next_rev, publish_member, tell_joined};
use super::columns::kind_column;
use crate::{
    Actor, Domain, Result,
    entities::{conversation, member},
    keys::unique_key,
    live::{Envelope, To},
    text,
};

/// Implements [`Conversations::join_room`](super::Conversations::join_room).
pub async fn join_room(domain: &Domain, actor: &Actor, name: &str) -> Result<ConversationId> {
    let name = text::room_name(name)?;
    let unique = unique_key(&name);
    let now = domain.now();
    let txn = domain.db().begin().await?;
    let (room, created) = find_or_create(&txn, ConversationKind::Room, Some(name), unique, actor, now).await?;
    let id = room.id.into();
    let before = Rev(room.rev);
    let row = member::Entity::find_by_id((room.id, actor.user.uuid())).one(&txn).await?;
    let row = match row {
        Some(row) if row.present => {
            // Published again: the response to an earlier request may have been lost, and the event with it.
            tell_joined(domain, id, [row.user_id]);
            return Ok(id);
        }
        Some(row) => {
            let last_seq = room.last_seq;
            let rev = next_rev(&txn, room).await?;
            let mut row = row.into_active_model();
            row.present = Set(true);
            row.joined_at = Set(now);
            // A member who joins again starts at the end, like a new one.
            row.delivered_seq = Set(last_seq);
            row.seen_seq = Set(last_seq);
            row.rev = Set(rev);
            row.update(&txn).await?
        }
        None => {
            let role = if created { Role::Owner } else { Role::Member };
            add(&txn, &room, actor.user.uuid(), role, true, now).await?
        }
    };
    let user = find_user(&txn, actor.user).await?;
    txn.commit().await?;
    tell_joined(domain, id, [actor.user.uuid()]);
    publish_member(domain, before, &row, user);
    Ok(id)
}

/// Implements [`Conversations::leave`](super::Conversations::leave).
pub async fn leave(domain: &Domain, actor: &Actor, id: ConversationId) -> Result<()> {
    let txn = domain.db().begin().await?;
    let found = lock(conversation::Entity::find_by_id(id.uuid()), domain).one(&txn).await?;
    let row = member::Entity::find_by_id((id.uuid(), actor.user.uuid()))
        .filter(member::Column::Present.eq(true))
        .one(&txn)
        .await?;
    let gone = ServerFrame::Gone { conversation: id };
    let (Some(found), Some(row)) = (found, row) else {
        // Published again: an earlier request may have been stored, and its response and its event lost.
        domain.0.bus.publish(Envelope::new(To::Left(id, actor.user), &gone));
        return Err(ErrorKind::NotFound.into());
    };
    if found.kind == kind_column(ConversationKind::Direct) {
        return Err(ErrorKind::Forbidden.into());
    }
    let before = Rev(found.rev);
    let rev = next_rev(&txn, found).await?;
    let mut row = row.into_active_model();
    row.present = Set(false);
    row.rev = Set(rev);
    let row = row.update(&txn).await?;
    let user = find_user(&txn, actor.user).await?;
    txn.commit().await?;
    domain.0.bus.publish(Envelope::new(To::Left(id, actor.user), &gone));
    publish_member(domain, before, &row, user);
    Ok(())
}
