//! The parts that all changes of a conversation's members share: the lock, the revision, and the delta for the members.

use protocol::{
    ConversationId, ConversationKind, ErrorKind, Rev, Role, UserId, UserSummary, live::Delta,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{
    columns::{kind_column, role_column},
    members::to_change,
};
use crate::{
    Actor, Domain, Error, Result,
    db::Transaction,
    entities::{conversation, member, user},
    live::{Envelope, To, delta},
};

pub(super) fn tell_joined(domain: &Domain, id: ConversationId, users: impl IntoIterator<Item = Uuid>) {
    for user in users {
        domain.0.bus.publish(Envelope::bare(To::Joined(id, user.into())));
    }
}

/// Returns the conversation with this key, locked for this transaction, and whether it was created just now.
pub(super) async fn find_or_create(
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
    // If another transaction is creating the same conversation, this waits for it and then inserts nothing.
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

pub(super) fn lock(
    query: sea_orm::Select<conversation::Entity>,
    domain: &Domain,
) -> sea_orm::Select<conversation::Entity> {
    if domain.db().locks_rows() { query.lock_exclusive() } else { query }
}

pub(super) async fn next_rev(txn: &Transaction, conversation: conversation::Model) -> Result<i64> {
    let rev = conversation.rev + 1;
    let mut conversation = conversation.into_active_model();
    conversation.rev = Set(rev);
    conversation.update(txn).await?;
    Ok(rev)
}

pub(super) async fn add(
    txn: &Transaction,
    to: &conversation::Model,
    user: Uuid,
    role: Role,
    listed: bool,
    now: i64,
) -> Result<member::Model> {
    // Read again: two members are added to a direct conversation, each with a revision of its own.
    let current = conversation::Entity::find_by_id(to.id).one(txn).await?;
    let rev = next_rev(txn, current.ok_or_else(|| Error::internal("a conversation vanished"))?).await?;
    let row = member::ActiveModel {
        conversation_id: Set(to.id),
        user_id: Set(user),
        role: Set(role_column(role)),
        present: Set(true),
        joined_at: Set(now),
        delivered_seq: Set(to.last_seq),
        // A new member starts at the end of a room, so that earlier messages do not count as unread.
        seen_seq: Set(to.last_seq),
        rev: Set(rev),
        listed: Set(listed),
    };
    Ok(row.insert(txn).await?)
}

pub(super) async fn find_user(txn: &Transaction, id: UserId) -> Result<UserSummary> {
    let mut query = user::Entity::find_by_id(id.uuid()).filter(user::Column::DeletedAt.is_null());
    // Locked, so that the account is not being deleted by a transaction that has already left its rooms.
    if txn.get_database_backend() == sea_orm::DbBackend::Postgres {
        query = query.lock_shared();
    }
    // This also fails if the account was deleted while this ran: it must not join any more.
    Ok(query.one(txn).await?.ok_or(ErrorKind::Unauthenticated)?.into())
}

pub(super) fn publish_member(domain: &Domain, before: Rev, row: &member::Model, user: UserSummary) {
    let changes = vec![to_change(row, user, false)];
    delta::publish(&*domain.0.bus, Delta { changes, ..Delta::new(row.conversation_id.into(), before, Rev(row.rev)) });
}
