//! Fills in what is derived from names and compared in their place, where it is missing: in rows that an earlier version
//! wrote. The database has no tables of Unicode to do it by itself.

use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Expr};
use uuid::Uuid;

use crate::{
    db::Db,
    entities::{conversation, user},
    text::{room_key, search_key},
};

/// What the `unique_key` of a room begins with.
const ROOM: &str = "room.2:";
/// What it began with when only capitals and white space made no difference.
const EARLIER_ROOM: &str = "room:";
/// Rows at a time.
const CHUNK: u64 = 1_000;

/// The `unique_key` of the room of that name.
pub fn unique_key(room: &str) -> String {
    format!("{ROOM}{}", room_key(room))
}

/// Fills in what is missing. Costs two looks when nothing is. Nodes may do it at once.
///
/// # Errors
/// What the database says.
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
        // Only where the name is still that one: another node may be serving already.
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

/// Rooms that are one by today's key were several before. The oldest keeps the name; who is in another stays there, and
/// its name leads to the oldest.
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
