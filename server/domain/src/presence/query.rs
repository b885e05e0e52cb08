//! Queries for presence: users' availability, status and last seen time.

use std::collections::HashMap;

use protocol::{
    Millis, UserId,
    presence::{Availability, Status},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter, Value, prelude::Expr,
};
use uuid::Uuid;

use crate::{
    Result,
    db::Db,
    entities::user,
    live::PresenceRecord,
    sql::Sql,
    users::columns::{availability, availability_column},
};

/// The most users in one statement: SQLite takes 32,766 values, and a transaction that touches all users would block
/// others.
const AT_ONCE: usize = 4_096;

/// Reads the availability, status and last seen time of these users.
pub async fn people(db: &impl ConnectionTrait, ids: &[UserId]) -> Result<HashMap<UserId, PresenceRecord>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        availability: i16,
        status_emoji: String,
        status_text: String,
        status_until: Option<i64>,
        last_seen_at: Option<i64>,
    }
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(AT_ONCE) {
        let sql = Sql::new(
            "SELECT id, availability, status_emoji, status_text, status_until, last_seen_at FROM users \
             WHERE deleted_at IS NULL AND id IN (SELECT column1 FROM ",
        )
        .table(values(ids), "v")
        .push(")")
        .build(db.get_database_backend());
        found.extend(Row::find_by_statement(sql).all(db).await?.into_iter().map(|row| {
            let status = Status { emoji: row.status_emoji, text: row.status_text, until: row.status_until };
            let availability = availability(row.availability);
            (row.id.into(), PresenceRecord { availability, status, last_seen: row.last_seen_at })
        }));
    }
    Ok(found)
}

/// Stores that these users were last seen at this time. Invisible users are skipped.
pub async fn seen(db: &Db, ids: &[UserId], at: Millis) -> Result<(), DbErr> {
    let invisible = availability_column(Availability::Invisible);
    for ids in ids.chunks(AT_ONCE) {
        let backend = db.write().get_database_backend();
        let sql = Sql::new("UPDATE users SET last_seen_at = ")
            .bind(at)
            .push(" WHERE id IN (SELECT id FROM users WHERE id IN (SELECT column1 FROM ")
            .table(values(ids), "v")
            .push(") AND availability <> ")
            .bind(invisible)
            .push(" AND (last_seen_at IS NULL OR last_seen_at < ")
            .bind(at)
            .push(")");
        // In a fixed order: otherwise two nodes that update the same users would deadlock.
        let sql = if backend == DbBackend::Postgres { sql.push(" ORDER BY id FOR NO KEY UPDATE") } else { sql };
        db.write().execute_raw(sql.push(")").build(backend)).await?;
    }
    Ok(())
}

/// Stores a user's availability. `there` is the current time if the user is connected: for a user who becomes invisible
/// it is stored as the last seen time, since from then on it must look as if they had left.
pub async fn set_availability(
    db: &Db,
    user: UserId,
    availability: Availability,
    there: Option<Millis>,
) -> Result<(), DbErr> {
    let invisible = availability_column(Availability::Invisible);
    let row = user::Column::Id.eq(user.uuid());
    if let (Availability::Invisible, Some(now)) = (availability, there) {
        user::Entity::update_many()
            .col_expr(user::Column::Availability, Expr::value(invisible))
            .col_expr(user::Column::LastSeenAt, Expr::value(now))
            .filter(row.clone())
            .filter(user::Column::Availability.ne(invisible))
            .exec(db.write())
            .await?;
        return Ok(());
    }
    user::Entity::update_many()
        .col_expr(user::Column::Availability, Expr::value(availability_column(availability)))
        .filter(row)
        .exec(db.write())
        .await?;
    Ok(())
}

/// Stores a user's status.
pub async fn set_status(db: &Db, user: UserId, status: Status) -> Result<(), DbErr> {
    user::Entity::update_many()
        .col_expr(user::Column::StatusEmoji, Expr::value(status.emoji))
        .col_expr(user::Column::StatusText, Expr::value(status.text))
        .col_expr(user::Column::StatusUntil, Expr::value(status.until))
        .filter(user::Column::Id.eq(user.uuid()))
        .exec(db.write())
        .await?;
    Ok(())
}

fn values(ids: &[UserId]) -> Vec<[Value; 1]> {
    ids.iter().map(|id| [id.uuid().into()]).collect()
}
