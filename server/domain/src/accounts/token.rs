//! Secrets that travel in a link.

use std::fmt::Write;

use protocol::{ErrorKind, Millis};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Error, Result, entities::account_token};

/// What a link does to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It sets a new password.
    Reset,
    /// It confirms a new address.
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

/// Gives out a token, good from the one time to the other, in place of an earlier one for the same purpose.
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

/// What a token stands for.
///
/// # Errors
/// [`ErrorKind::Expired`] when it is unknown, too old or used.
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

/// 256 random bits, in hexadecimal: nobody guesses it, and no mail program breaks it.
pub fn generate() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    hex(&bytes)
}

/// As hexadecimal digits, two a byte.
pub fn hex(bytes: &[u8]) -> Result<String> {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(text, "{byte:02x}").map_err(Error::internal)?;
    }
    Ok(text)
}

/// What is stored of a token: who reads the table can't follow the link. The token is random, so that a fast hash
/// without salt is enough, and it can be looked up by it.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.trim().as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_differ() {
        let (a, b) = (generate().unwrap(), generate().unwrap());
        assert_eq!(a.len(), 64);
        assert!(a.bytes().all(|c| c.is_ascii_hexdigit()));
        assert_ne!(a, b);
        assert_eq!(hash(&a), hash(&format!(" {a}\n")));
        assert_eq!(hash(&a).len(), 32);
    }
}
