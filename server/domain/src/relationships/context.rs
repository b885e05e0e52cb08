//! Queries for the relationship contexts that the [policy](super::policy) decides by.

use std::collections::HashMap;

use protocol::{ConversationId, UserId, privacy::Privacy};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::policy::RelationshipContext;
use crate::users::columns::{who_sees, who_writes};
use crate::{Actor, Result, sql::Sql};

/// The columns of a [`Row`], for the actor's account `a` and the other account `u`.
///
/// Whether the two are in a conversation together is looked up only if the other user accepts messages from
/// acquaintances, because it is the one part that is more than an index look-up.
const COLUMNS: &str = "a.id AS actor, u.id AS other, \
    u.who_messages, u.who_presence, u.sends_receipts, a.sends_receipts AS tells_receipts, \
    u.deleted_at IS NOT NULL OR a.deleted_at IS NOT NULL AS deleted, \
    EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id AND b.blocked_id = u.id) AS blocks, \
    EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = u.id AND b.blocked_id = a.id) AS blocked, \
    EXISTS (SELECT 1 FROM friendships t WHERE t.state = 1 AND t.low_id = a.id AND t.high_id = u.id) OR \
    EXISTS (SELECT 1 FROM friendships t WHERE t.state = 1 AND t.low_id = u.id AND t.high_id = a.id) AS friends, \
    CASE WHEN u.who_messages = 1 THEN EXISTS (SELECT 1 FROM members m \
        JOIN members n ON n.conversation_id = m.conversation_id AND n.user_id = u.id AND n.present \
        JOIN conversations c ON c.id = m.conversation_id AND c.kind <> 0 \
        WHERE m.user_id = a.id AND m.present) ELSE false END AS acquainted";

/// A row of [`COLUMNS`].
#[derive(Debug, FromQueryResult)]
struct Row {
    actor: Uuid,
    other: Uuid,
    who_messages: i16,
    who_presence: i16,
    sends_receipts: bool,
    tells_receipts: bool,
    deleted: bool,
    blocks: bool,
    blocked: bool,
    friends: bool,
    acquainted: bool,
}

impl From<&Row> for RelationshipContext {
    fn from(row: &Row) -> Self {
        Self {
            oneself: row.actor == row.other,
            deleted: row.deleted,
            blocks: row.blocks,
            blocked: row.blocked,
            friends: row.friends,
            acquainted: row.acquainted,
            tells_receipts: row.tells_receipts,
            privacy: Privacy {
                messages: who_writes(row.who_messages),
                presence: who_sees(row.who_presence),
                receipts: row.sends_receipts,
            },
        }
    }
}

/// Returns the relationship context between the actor and one other user.
///
/// # Errors
/// The database's error. A user who does not exist counts as deleted.
pub(crate) async fn load_context(
    db: &impl ConnectionTrait,
    actor: &Actor,
    other: UserId,
) -> Result<RelationshipContext> {
    let pair = (actor.user, other);
    Ok(load_pair_contexts(db, &[pair])
        .await?
        .remove(&pair)
        .unwrap_or(RelationshipContext { deleted: true, ..RelationshipContext::default() }))
}

/// Returns the relationship contexts between the actor and many other users. Users who do not exist have an entry too,
/// as deleted.
///
/// # Errors
/// The database's error.
pub(crate) async fn load_contexts(
    db: &impl ConnectionTrait,
    actor: &Actor,
    others: &[UserId],
) -> Result<HashMap<UserId, RelationshipContext>> {
    let pairs: Vec<_> = others.iter().map(|other| (actor.user, *other)).collect();
    let mut found = load_pair_contexts(db, &pairs).await?;
    let gone = RelationshipContext { deleted: true, ..RelationshipContext::default() };
    Ok(pairs.into_iter().map(|pair| (pair.1, found.remove(&pair).unwrap_or(gone))).collect())
}

/// Returns the relationship contexts of pairs of an actor and another user, in one query. Pairs with a user who does
/// not exist are missing.
///
/// # Errors
/// The database's error.
pub(crate) async fn load_pair_contexts(
    db: &impl ConnectionTrait,
    pairs: &[(UserId, UserId)],
) -> Result<HashMap<(UserId, UserId), RelationshipContext>> {
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<[Value; 2]> = pairs.iter().map(|(a, b)| [a.uuid().into(), b.uuid().into()]).collect();
    let sql = Sql::new("SELECT ")
        .push(COLUMNS)
        .push(" FROM ")
        .table(rows, "v")
        .push(" JOIN users a ON a.id = v.column1 JOIN users u ON u.id = v.column2")
        .build(db.get_database_backend());
    let rows = Row::find_by_statement(sql).all(db).await?;
    Ok(rows.iter().map(|row| ((row.actor.into(), row.other.into()), row.into())).collect())
}

/// Returns, for the message writer, the relationship contexts of users with the other user of their direct
/// conversations, but only where a setting, a deleted account or a block may forbid something. Almost all pairs have
/// none of these, so almost no rows are returned.
///
/// # Errors
/// The database's error.
pub(crate) async fn restrictions(
    db: &impl ConnectionTrait,
    direct: &[(ConversationId, UserId)],
) -> Result<HashMap<(ConversationId, UserId), RelationshipContext>> {
    if direct.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<[Value; 2]> = direct.iter().map(|(c, user)| [c.uuid().into(), user.uuid().into()]).collect();
    let sql = Sql::new("SELECT o.conversation_id, ")
        .push(COLUMNS)
        .push(" FROM ")
        .table(rows, "v")
        .push(
            " JOIN members o ON o.conversation_id = v.column1 AND o.user_id <> v.column2 \
             JOIN users a ON a.id = v.column2 JOIN users u ON u.id = o.user_id \
             WHERE u.who_messages <> 0 OR NOT u.sends_receipts OR NOT a.sends_receipts \
             OR u.deleted_at IS NOT NULL OR a.deleted_at IS NOT NULL \
             OR EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id AND b.blocked_id = u.id) \
             OR EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = u.id AND b.blocked_id = a.id)",
        )
        .build(db.get_database_backend());
    let mut found = HashMap::new();
    for row in db.query_all_raw(sql).await? {
        let conversation: Uuid = row.try_get("", "conversation_id")?;
        let row = Row::from_query_result(&row, "")?;
        found.insert((conversation.into(), row.actor.into()), RelationshipContext::from(&row));
    }
    Ok(found)
}
