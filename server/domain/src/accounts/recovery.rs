//! Recovery codes, each of which replaces a lost second factor once.

use protocol::limits::RECOVERY_CODES;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::{Error, Result, entities::recovery_code, token};

/// Crockford's Base32 alphabet. It has no letter that is mistaken for a digit, and no `u`, so that no code is a word.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// The number of characters in a code, five bits each. These 80 bits are enough that a fast hash is safe.
const LENGTH: usize = 16;

/// Generates new codes for a user and deletes the old ones. The codes are in clear only in this result.
pub async fn renew(db: &impl ConnectionTrait, user: Uuid) -> Result<Vec<String>> {
    forget(db, user).await?;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| generate()).collect::<Result<_>>()?;
    let rows = codes.iter().map(|code| recovery_code::ActiveModel { user_id: Set(user), code_hash: Set(hash(code)) });
    recovery_code::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(codes)
}

/// Consumes a code. Returns `false` if the user has no such code.
pub async fn take(db: &impl ConnectionTrait, user: Uuid, code: &str) -> Result<bool, DbErr> {
    Ok(recovery_code::Entity::delete_by_id((user, hash(code))).exec(db).await?.rows_affected > 0)
}

/// Deletes the user's codes.
pub async fn forget(db: &impl ConnectionTrait, user: Uuid) -> Result<(), DbErr> {
    let own = recovery_code::Column::UserId.eq(user);
    recovery_code::Entity::delete_many().filter(own).exec(db).await.map(drop)
}

/// Returns the number of unused codes.
pub async fn left(db: &impl ConnectionTrait, user: Uuid) -> Result<u32> {
    let own = recovery_code::Column::UserId.eq(user);
    let count = recovery_code::Entity::find().filter(own).count(db).await?;
    u32::try_from(count).map_err(Error::internal)
}

/// Generates a code in groups of four characters, which is easy to copy by hand.
fn generate() -> Result<String> {
    let mut random = [0; LENGTH];
    getrandom::fill(&mut random).map_err(Error::internal)?;
    let mut code = String::new();
    for (n, byte) in random.into_iter().enumerate() {
        if n > 0 && n % 4 == 0 {
            code.push('-');
        }
        code.push(ALPHABET.get(usize::from(byte % 32)).copied().map_or('0', char::from));
    }
    Ok(code)
}

/// Returns the hash under which a code is stored. It does not depend on how the code is typed: capitals, dashes,
/// spaces, and the letters that look like digits.
fn hash(code: &str) -> Vec<u8> {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        })
        .collect();
    token::hash(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_long_and_differ() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, other);
        let groups: Vec<_> = one.split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4; 4]);
        assert!(one.bytes().all(|c| c == b'-' || ALPHABET.contains(&c)), "{one}");
    }

    #[test]
    fn a_code_is_typed_in_many_ways() {
        assert_eq!(hash("0a1b-2c3d-4e5f-6g7h"), hash(" OAIB2C3D 4e5f–6G7H"));
        assert_ne!(hash("0a1b-2c3d-4e5f-6g7h"), hash("0a1b-2c3d-4e5f-6g7j"));
    }
}
