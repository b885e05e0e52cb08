//! Queries for relationships, as the user who asks may see them.

use protocol::{
    ErrorKind, UserId,
    relationship::{Contacts, FriendStatus, Relationship},
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::users::user_summary;
use crate::{Actor, Result, entities::block, sql::Sql, text::search_key};

/// The stored states of a friendship. This one is a friend request without a response.
pub(super) const ASKED: i16 = 0;
pub(super) const FRIENDS: i16 = 1;
pub(super) const DECLINED: i16 = 2;
/// A request that was declined and then withdrawn. To both users it looks as if there were none, until the sender sends
/// it again.
pub(super) const WITHDRAWN: i16 = 3;

/// Converts a stored state to the friend status that one of the two users sees.
pub(super) fn friend_status(state: i16, asked_by: Uuid, me: Uuid) -> FriendStatus {
    match state {
        FRIENDS => FriendStatus::Friends,
        // The sender never learns from the friend status that the request was declined.
        ASKED | DECLINED if asked_by == me => FriendStatus::RequestSent,
        ASKED => FriendStatus::RequestReceived,
        _ => FriendStatus::None,
    }
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    username: String,
    display_name: String,
    picture_id: Option<Uuid>,
    state: Option<i16>,
    asked_by: Option<Uuid>,
    created_at: Option<i64>,
    changed_at: Option<i64>,
    blocked_at: Option<i64>,
}

impl Row {
    fn relationship(self, me: Uuid) -> Relationship {
        let friend_status = self
            .state
            .zip(self.asked_by)
            .map_or(FriendStatus::None, |(state, asked_by)| friend_status(state, asked_by, me));
        let since = match (friend_status, self.blocked_at) {
            (_, Some(at)) => at,
            (FriendStatus::None, None) => 0,
            (FriendStatus::Friends, None) => self.changed_at.unwrap_or_default(),
            // The row also changes when the request is declined, which `changed_at` would reveal to the sender.
            (FriendStatus::RequestSent | FriendStatus::RequestReceived, None) => self.created_at.unwrap_or_default(),
        };
        Relationship {
            person: user_summary(self.id, self.username, self.display_name, self.picture_id),
            friend_status,
            blocked: self.blocked_at.is_some(),
            since,
        }
    }
}

/// Returns users with their relationships to the actor. `which` continues after `WHERE`, on the accounts `u`.
pub(super) async fn relationships(
    db: &impl ConnectionTrait,
    me: Uuid,
    which: impl FnOnce(Sql) -> Sql,
) -> Result<Vec<Relationship>> {
    let sql = Sql::new(
        "SELECT u.id, u.username, u.display_name, u.picture_id, \
         t.state, t.asked_by, t.created_at, t.changed_at, b.created_at AS blocked_at \
         FROM users u LEFT JOIN friendships t ON t.low_id = CASE WHEN u.id < ",
    )
    .bind(me)
    .push(" THEN u.id ELSE ")
    .bind(me)
    .push(" END AND t.high_id = CASE WHEN u.id < ")
    .bind(me)
    .push(" THEN ")
    .bind(me)
    .push(" ELSE u.id END LEFT JOIN blocks b ON b.blocked_id = u.id AND b.blocker_id = ")
    .bind(me)
    .push(" WHERE u.deleted_at IS NULL AND ");
    let rows = Row::find_by_statement(which(sql).build(db.get_database_backend())).all(db).await?;
    Ok(rows.into_iter().map(|row| row.relationship(me)).collect())
}

/// Returns the relationship of one user to the actor. The actor is a stranger to themselves.
///
/// # Errors
/// [`ErrorKind::NotFound`] if the account was deleted.
pub(super) async fn relationship(db: &impl ConnectionTrait, actor: &Actor, other: Uuid) -> Result<Relationship> {
    let found = relationships(db, actor.user.uuid(), |sql| sql.push("u.id = ").bind(other)).await?.pop();
    Ok(found.ok_or(ErrorKind::NotFound)?)
}

/// Implements [`Relationships::contacts`](super::Relationships::contacts).
pub(super) async fn contacts(db: &impl ConnectionTrait, actor: &Actor) -> Result<Contacts> {
    let me = actor.user.uuid();
    let found = relationships(db, me, |sql| {
        sql.push("u.id IN (SELECT high_id FROM friendships WHERE low_id = ")
            .bind(me)
            .push(" UNION SELECT low_id FROM friendships WHERE high_id = ")
            .bind(me)
            .push(" UNION SELECT blocked_id FROM blocks WHERE blocker_id = ")
            .bind(me)
            .push(")")
    })
    .await?;
    let mut contacts = Contacts::default();
    for relationship in found {
        match relationship.friend_status {
            _ if relationship.blocked => contacts.blocked.push(relationship),
            FriendStatus::Friends => contacts.friends.push(relationship),
            FriendStatus::RequestReceived => contacts.requests_received.push(relationship),
            FriendStatus::RequestSent => contacts.requests_sent.push(relationship),
            // A request that was declined, or that was withdrawn after that.
            FriendStatus::None => {}
        }
    }
    for list in [&mut contacts.friends, &mut contacts.blocked] {
        list.sort_by_cached_key(|relationship| (search_key(relationship.person.name()), relationship.person.id));
    }
    for list in [&mut contacts.requests_received, &mut contacts.requests_sent] {
        list.sort_by_key(|relationship| (std::cmp::Reverse(relationship.since), relationship.person.id));
    }
    Ok(contacts)
}

/// Counts the friend requests that wait for this user's response.
pub(crate) async fn requests(db: &impl ConnectionTrait, me: Uuid) -> Result<u32, DbErr> {
    count(db, me, ASKED, |sql| sql.push(" AND t.asked_by <> ").bind(me)).await
}

/// Counts the friendships of this user in a state.
pub(super) async fn count(
    db: &impl ConnectionTrait,
    me: Uuid,
    state: i16,
    which: impl FnOnce(Sql) -> Sql,
) -> Result<u32, DbErr> {
    // Reads each side of the friendship by its own index: with an OR, and before statistics, PostgreSQL may join all
    // accounts.
    let sql = Sql::new(
        "SELECT count(*) AS n FROM (SELECT high_id AS other, state, asked_by FROM friendships WHERE low_id = ",
    )
    .bind(me)
    .push(" UNION ALL SELECT low_id AS other, state, asked_by FROM friendships WHERE high_id = ")
    .bind(me)
    .push(") t JOIN users u ON u.id = t.other AND u.deleted_at IS NULL WHERE t.state = ")
    .bind(state);
    let n: Option<i64> = db
        .query_one_raw(which(sql).build(db.get_database_backend()))
        .await?
        .map(|row| row.try_get("", "n"))
        .transpose()?;
    Ok(n.and_then(|n| u32::try_from(n).ok()).unwrap_or(0))
}

/// Returns the users that this user blocked.
pub(crate) async fn blocked_by(db: &impl ConnectionTrait, me: Uuid) -> Result<Vec<UserId>, DbErr> {
    let ids: Vec<Uuid> = block::Entity::find()
        .select_only()
        .column(block::Column::BlockedId)
        .filter(block::Column::BlockerId.eq(me))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}
