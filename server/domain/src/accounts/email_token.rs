//! Secret tokens in the links of mails.

use protocol::{ErrorKind, Millis};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    Result,
    entities::account_token,
    token::{generate, hash},
};

/// The effect of a link on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sets a new password.
    Reset,
    /// Confirms a new address.
    Email,
}

impl Purpose {
    const fn column(self) -> i16 {
        match self {
            Self::Reset => 0,
            Self::Email => 1,
        }
    }
}

/// Issues a token that is valid from `now` to `expires_at`, in place of an earlier one for the same purpose.
pub async fn issue(
    db: &impl ConnectionTrait,
    user: Uuid,
    purpose: Purpose,
    payload: &str,
    (now, expires_at): (Millis, Millis),
) -> Result<String> {
    let token = generate()?;
    account_token::Entity::delete_many()
        .filter(account_token::Column::UserId.eq(user))
        .filter(account_token::Column::Kind.eq(purpose.column()))
        .exec(db)
        .await?;
    let row = account_token::ActiveModel {
        token_hash: Set(hash(&token)),
        kind: Set(purpose.column()),
        user_id: Set(user),
        payload: Set(payload.to_owned()),
        created_at: Set(now),
        expires_at: Set(expires_at),
    };
    account_token::Entity::insert(row).exec_without_returning(db).await?;
    Ok(token)
}

/// Returns the row of a token.
///
/// # Errors
/// [`ErrorKind::Expired`] if the token is unknown, too old or used.
pub async fn find(
    db: &impl ConnectionTrait,
    token: &str,
    purpose: Purpose,
    now: Millis,
) -> Result<account_token::Model> {
    let found = account_token::Entity::find_by_id(hash(token))
        .filter(account_token::Column::Kind.eq(purpose.column()))
        .filter(account_token::Column::ExpiresAt.gt(now))
        .one(db)
        .await?;
    Ok(found.ok_or(ErrorKind::Expired)?)
}
