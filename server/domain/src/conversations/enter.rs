//! Coming into a conversation and leaving it.

use protocol::{
    ConversationId, ConversationKind, ConversationSummary, ErrorKind, Field, Rev, Role, UserId, UserSummary,
    account::username_key,
    live::{Events, ServerFrame},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, prelude::Expr, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{
    convert::{kind_column, role_column},
    queries::to_member,
};
use crate::{
    Actor, Domain, Error, Result,
    db::Transaction,
    entities::{conversation, member, user},
    keys::unique_key,
    live::{Envelope, To},
    people::{load_context, policy::Action},
    text,
};

/// See [`Conversations::start_direct`](super::Conversations::start_direct).
pub async fn start_direct(domain: &Domain, actor: &Actor, username: &str) -> Result<ConversationId> {
    let key = username_key(username.trim_start().trim_start_matches('@'));
    if key.is_empty() {
        return Err(ErrorKind::Required.on(Field::Username).into());
    }
    let peer = user::Entity::find()
        .filter(user::Column::UsernameKey.eq(key))
        .filter(user::Column::DeletedAt.is_null())
        .one(domain.db().read())
        .await?
        .ok_or(ErrorKind::NotFound.on(Field::Username))?;
    let (me, peer) = (actor.user.uuid(), peer.id);
    if me == peer {
        return Err(ErrorKind::Forbidden.on(Field::Username).into());
    }
    let unique = direct_key(me, peer);
    let now = domain.now();
    let txn = domain.db().begin().await?;
    // What was said stays readable; whether more may be said is asked with each message.
    let begun = conversation::Entity::find().filter(conversation::Column::UniqueKey.eq(&unique)).one(&txn).await?;
    if let Some(begun) = begun {
        let (id, rev) = (begun.id.into(), Rev(begun.rev));
        if list(&txn, actor, id).await? {
            txn.commit().await?;
            publish_listed(domain, actor, id, rev);
        }
        // Once more: when it began, the answer may have been lost, and with it the news.
        tell_joined(domain, id, [me, peer]);
        return Ok(id);
    }
    if !load_context(&txn, actor, peer.into()).await?.may(Action::Message) {
        return Err(ErrorKind::Forbidden.on(Field::Body).into());
    }
    let (conversation, created) = find_or_create(&txn, ConversationKind::Direct, None, unique, actor, now).await?;
    if created {
        for user in [me, peer] {
            // The other is not bothered with it before something is said.
            add(&txn, &conversation, user, Role::Member, user == me, now).await?;
        }
    } else {
        // Both began it at once, and the other was faster.
        list(&txn, actor, conversation.id.into()).await?;
    }
    txn.commit().await?;
    let id = conversation.id.into();
    if created {
        tell_joined(domain, id, [me, peer]);
    }
    publish_listed(domain, actor, id, Rev(conversation.rev));
    Ok(id)
}

fn tell_joined(domain: &Domain, id: ConversationId, users: impl IntoIterator<Item = Uuid>) {
    for user in users {
        domain.0.bus.publish(Envelope::bare(To::Joined(id, user.into())));
    }
}

/// Notes that the actor has opened a direct conversation in which nothing was said: it is in their list from now on.
///
/// Reading must not fail because nothing can be written.
pub(super) async fn opened(domain: &Domain, actor: &Actor, summary: &ConversationSummary) {
    match list(domain.db().write(), actor, summary.id).await {
        Ok(true) => publish_listed(domain, actor, summary.id, summary.rev),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "an opened conversation could not be put into the list"),
    }
}

/// Puts a conversation into the actor's list; `false` if it is there.
async fn list(db: &impl ConnectionTrait, actor: &Actor, id: ConversationId) -> Result<bool, DbErr> {
    let changed = member::Entity::update_many()
        .col_expr(member::Column::Listed, Expr::value(true))
        .filter(member::Column::ConversationId.eq(id.uuid()))
        .filter(member::Column::UserId.eq(actor.user.uuid()))
        .filter(member::Column::Listed.eq(false))
        .exec(db)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Tells the actor's other tabs that there is a conversation in the list, and nobody else. Events that change nothing
/// make those ask that do not have it.
fn publish_listed(domain: &Domain, actor: &Actor, conversation: ConversationId, rev: Rev) {
    let (before, after) = (rev, rev);
    let events = Events { conversation, before, after, messages: vec![], members: vec![], people: vec![] };
    domain.0.bus.publish(Envelope::new(To::User(actor.user), &ServerFrame::Events(events)));
}

/// What makes the direct conversation of two people unique. The same from both sides: there is one for a pair, even when
/// both begin it at once.
pub fn direct_key(a: Uuid, b: Uuid) -> String {
    format!("direct:{}:{}", a.min(b), a.max(b))
}

/// See [`Conversations::join_room`](super::Conversations::join_room).
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
            // As above.
            tell_joined(domain, id, [row.user_id]);
            return Ok(id);
        }
        Some(row) => {
            let last_seq = room.last_seq;
            let rev = next_rev(&txn, room).await?;
            let mut row = row.into_active_model();
            row.present = Set(true);
            row.joined_at = Set(now);
            // As for who comes for the first time.
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
    let user = find_card(&txn, actor.user).await?;
    txn.commit().await?;
    tell_joined(domain, id, [actor.user.uuid()]);
    publish_member(domain, before, &row, user);
    Ok(id)
}

/// See [`Conversations::leave`](super::Conversations::leave).
pub async fn leave(domain: &Domain, actor: &Actor, id: ConversationId) -> Result<()> {
    let txn = domain.db().begin().await?;
    let found = lock(conversation::Entity::find_by_id(id.uuid()), domain).one(&txn).await?;
    let row = member::Entity::find_by_id((id.uuid(), actor.user.uuid()))
        .filter(member::Column::Present.eq(true))
        .one(&txn)
        .await?;
    let gone = ServerFrame::Gone { conversation: id };
    let (Some(found), Some(row)) = (found, row) else {
        // As above: the first time may have been stored.
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
    let user = find_card(&txn, actor.user).await?;
    txn.commit().await?;
    domain.0.bus.publish(Envelope::new(To::Left(id, actor.user), &gone));
    publish_member(domain, before, &row, user);
    Ok(())
}

/// The conversation of that key, locked for this transaction, and whether it was created just now.
async fn find_or_create(
    txn: &Transaction,
    kind: ConversationKind,
    name: Option<String>,
    unique_key: String,
    actor: &Actor,
    now: i64,
) -> Result<(conversation::Model, bool)> {
    let new = conversation::ActiveModel {
        id: Set(Uuid::now_v7()),
        kind: Set(kind_column(kind)),
        name: Set(name),
        unique_key: Set(Some(unique_key.clone())),
        rev: Set(0),
        last_seq: Set(0),
        created_by: Set(actor.user.uuid()),
        created_at: Set(now),
    };
    // Waits for another transaction that creates the same one, and then finds it.
    let inserted = conversation::Entity::insert(new)
        .on_conflict(OnConflict::column(conversation::Column::UniqueKey).do_nothing().to_owned())
        .exec_without_returning(txn)
        .await?;
    let mut query = conversation::Entity::find().filter(conversation::Column::UniqueKey.eq(unique_key));
    if txn.get_database_backend() == sea_orm::DbBackend::Postgres {
        query = query.lock_exclusive();
    }
    let found = query.one(txn).await?.ok_or_else(|| Error::internal("a conversation vanished"))?;
    Ok((found, inserted > 0))
}

fn lock(query: sea_orm::Select<conversation::Entity>, domain: &Domain) -> sea_orm::Select<conversation::Entity> {
    if domain.db().locks_rows() { query.lock_exclusive() } else { query }
}

pub(super) async fn next_rev(txn: &Transaction, conversation: conversation::Model) -> Result<i64> {
    let rev = conversation.rev + 1;
    let mut conversation = conversation.into_active_model();
    conversation.rev = Set(rev);
    conversation.update(txn).await?;
    Ok(rev)
}

async fn add(
    txn: &Transaction,
    to: &conversation::Model,
    user: Uuid,
    role: Role,
    listed: bool,
    now: i64,
) -> Result<member::Model> {
    // Read again: two are added to a direct conversation, each with a revision of its own.
    let current = conversation::Entity::find_by_id(to.id).one(txn).await?;
    let rev = next_rev(txn, current.ok_or_else(|| Error::internal("a conversation vanished"))?).await?;
    let row = member::ActiveModel {
        conversation_id: Set(to.id),
        user_id: Set(user),
        role: Set(role_column(role)),
        present: Set(true),
        joined_at: Set(now),
        delivered_seq: Set(to.last_seq),
        // Who comes into a room starts at its end: what was said before is history, not news.
        seen_seq: Set(to.last_seq),
        rev: Set(rev),
        listed: Set(listed),
    };
    Ok(row.insert(txn).await?)
}

async fn find_card(txn: &Transaction, id: UserId) -> Result<UserSummary> {
    // Also for somebody whose account was deleted while this ran: they come into no room any more.
    let user = user::Entity::find_by_id(id.uuid()).filter(user::Column::DeletedAt.is_null()).one(txn).await?;
    Ok(user.ok_or(ErrorKind::Unauthenticated)?.into())
}

pub(super) fn publish_member(domain: &Domain, before: Rev, row: &member::Model, user: UserSummary) {
    let conversation = row.conversation_id.into();
    let events = Events {
        conversation,
        before,
        after: Rev(row.rev),
        messages: vec![],
        members: vec![to_member(row, user, false)],
        people: vec![],
    };
    domain.0.bus.publish(Envelope::new(To::Conversation(conversation), &ServerFrame::Events(events)));
}
