//! Finding an account by its id, its e-mail address or its username.

use protocol::{ErrorKind, username::username_key};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{
    Result,
    db::Transaction,
    email::{email_key, former_key},
    entities::user,
};

/// Returns the account with this id.
///
/// # Errors
/// [`ErrorKind::Unauthenticated`] if it was deleted: only sessions name accounts by their id.
pub(crate) async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<user::Model> {
    let found = user::Entity::find_by_id(id).filter(user::Column::DeletedAt.is_null()).one(db).await?;
    Ok(found.ok_or(ErrorKind::Unauthenticated)?)
}

/// Returns the account with this id and locks its row until the end of the transaction. Whatever was decided by a row
/// that was read before must be decided again.
///
/// # Errors
/// [`ErrorKind::Unauthenticated`] if it was deleted.
pub(crate) async fn lock_by_id(txn: &Transaction, id: Uuid) -> Result<user::Model> {
    let mut query = user::Entity::find_by_id(id).filter(user::Column::DeletedAt.is_null());
    if txn.locks_rows() {
        query = query.lock_exclusive();
    }
    Ok(query.one(txn).await?.ok_or(ErrorKind::Unauthenticated)?)
}

/// Returns the account with this id, unless it was deleted. It is neither changed nor deleted until the end of the
/// transaction; others may do the same at the same time.
///
/// # Errors
/// The database's error.
pub(crate) async fn share_by_id(txn: &Transaction, id: Uuid) -> Result<Option<user::Model>, DbErr> {
    let mut query = user::Entity::find_by_id(id).filter(user::Column::DeletedAt.is_null());
    if txn.locks_rows() {
        query = query.lock_shared();
    }
    query.one(txn).await
}

/// Returns the account with this [`username_key`].
///
/// # Errors
/// The database's error.
pub(crate) async fn by_username(db: &impl ConnectionTrait, key: &str) -> Result<Option<user::Model>, DbErr> {
    let there = user::Entity::find().filter(user::Column::DeletedAt.is_null());
    there.filter(user::Column::UsernameKey.eq(key)).one(db).await
}

/// Returns the account with this [`email_key`].
///
/// # Errors
/// The database's error.
pub(crate) async fn by_email(db: &impl ConnectionTrait, key: &str) -> Result<Option<user::Model>, DbErr> {
    let there = user::Entity::find().filter(user::Column::DeletedAt.is_null());
    let Some(former) = former_key(key) else { return there.filter(user::Column::EmailKey.eq(key)).one(db).await };
    // An older account may have the former key. If there is one of each, each is found by its own.
    let mut found = there.filter(user::Column::EmailKey.is_in([key, &former])).all(db).await?;
    found.sort_by_key(|user| user.email_key != key);
    Ok(found.into_iter().next())
}

/// Returns whether a login is an e-mail address. No username contains `@`.
pub(crate) fn is_email(login: &str) -> bool {
    login.contains('@')
}

/// Returns the account with this e-mail address or username.
///
/// # Errors
/// The database's error.
pub(crate) async fn by_login(db: &impl ConnectionTrait, login: &str) -> Result<Option<user::Model>, DbErr> {
    if is_email(login) { by_email(db, &email_key(login)).await } else { by_username(db, &username_key(login)).await }
}
