//! Fills in keys that are derived from names and compared in their place, in rows that an earlier version wrote without
//! them. The database has no Unicode tables to do this by itself.

use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Expr};
use uuid::Uuid;

use crate::{
    db::Db,
    entities::{conversation, user},
    text::{room_key, search_key},
};

/// The prefix of a room's `unique_key`.
const ROOM: &str = "room.2:";
/// The earlier prefix, of keys that only ignored case and white space.
const EARLIER_ROOM: &str = "room:";
/// The number of rows in one transaction.
const CHUNK: u64 = 1_000;

/// Returns the `unique_key` of the room with this name.
pub fn unique_key(room: &str) -> String {
    format!("{ROOM}{}", room_key(room))
}

/// Fills in missing keys. Takes two queries if none is missing. Several nodes may do this at once.
///
/// # Errors
/// Returns an error if the database fails.
pub async fn fill(db: &Db) -> Result<(), DbErr> {
    while fill_people(db).await? {}
    while fill_rooms(db).await? {}
    Ok(())
}

async fn fill_people(db: &Db) -> Result<bool, DbErr> {
    let missing: Vec<(Uuid, String)> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::DisplayName])
        .filter(user::Column::DisplayKey.is_null())
        .limit(CHUNK)
        .into_tuple()
        .all(db.read())
        .await?;
    if missing.is_empty() {
        return Ok(false);
    }
    let txn = db.begin().await?;
    for (id, name) in &missing {
        // Only if the name is unchanged: another node may already be serving requests.
        user::Entity::update_many()
            .col_expr(user::Column::DisplayKey, Expr::value(search_key(name)))
            .filter(user::Column::Id.eq(*id))
            .filter(user::Column::DisplayName.eq(name))
            .exec(&txn)
            .await?;
    }
    txn.commit().await?;
    Ok(true)
}

/// Replaces the keys of rooms. Rooms that were different before can have the same key now. The oldest of them gets the
/// key, so that the name leads to it; members of the others stay there.
async fn fill_rooms(db: &Db) -> Result<bool, DbErr> {
    let earlier = conversation::Entity::find()
        .filter(conversation::Column::UniqueKey.starts_with(EARLIER_ROOM))
        .order_by_asc(conversation::Column::Id)
        .limit(CHUNK)
        .all(db.read())
        .await?;
    if earlier.is_empty() {
        return Ok(false);
    }
    let txn = db.begin().await?;
    for room in &earlier {
        let key = unique_key(room.name.as_deref().unwrap_or_default());
        let is_free = conversation::Entity::find()
            .filter(conversation::Column::UniqueKey.eq(&key))
            .limit(1)
            .one(&txn)
            .await?
            .is_none();
        let row = conversation::ActiveModel {
            id: Set(room.id),
            unique_key: Set(is_free.then_some(key)),
            ..Default::default()
        };
        conversation::Entity::update(row).exec(&txn).await?;
    }
    txn.commit().await?;
    Ok(true)
}
