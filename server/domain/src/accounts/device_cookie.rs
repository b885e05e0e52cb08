//! The cookie of a browser in which a user signed in before.
//!
//! Somebody who knows a login can use up its attempts, which would lock its owner out. A browser in which the owner
//! signed in before presents a cookie that proves it, and has attempts of its own. It proves nothing else: the password is
//! required all the same.
//!
//! The cookie is an HMAC whose key is the password hash, so nothing is stored for it, and a new password invalidates it.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use protocol::{ErrorKind, UserId, limits::EMAIL_MAX, text::length};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use sha2::Sha256;

use super::Accounts;
use crate::users::lookup::by_login;
use crate::{
    Client, Error, Result,
    entities::user,
    rate_limit::{LimitedAction, RateLimitKey},
};

impl Accounts<'_> {
    /// Returns the cookie for a browser in which this user has just signed in: 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthenticated`] when the account is gone.
    pub async fn device_cookie(&self, user: UserId) -> Result<String> {
        let user = user::Entity::find_by_id(user.uuid()).filter(user::Column::DeletedAt.is_null());
        let user = user.one(self.domain.db().read()).await?;
        Ok(HEXLOWER.encode(&mac(&user.ok_or(ErrorKind::Unauthenticated)?)?.finalize().into_bytes()))
    }

    /// Counts an attempt to sign in. A browser in which the user signed in before has attempts of its own, which nobody
    /// else can use up.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`], or the database's error.
    pub(super) async fn limit_sign_in(&self, login: &str) -> Result<()> {
        self.domain.limit_of(self.client, LimitedAction::Password, None)?;
        let owner = match self.device {
            Some(cookie) => self.device_owner(login, cookie).await?,
            None => None,
        };
        let account = owner.map_or_else(|| RateLimitKey::Name(login.to_owned()), RateLimitKey::User);
        self.domain.limit_of(Client::default(), LimitedAction::Password, Some(account))
    }

    /// Returns the user with this login if the cookie is theirs. Compares in constant time.
    ///
    /// # Errors
    /// The database's error.
    pub async fn device_owner(&self, login: &str, cookie: &str) -> Result<Option<UserId>> {
        let login = login.trim();
        let Some(cookie) = bytes(cookie) else { return Ok(None) };
        if length(login) > EMAIL_MAX || login.contains('\0') {
            return Ok(None);
        }
        let Some(user) = by_login(self.domain.db().read(), login).await? else { return Ok(None) };
        Ok(mac(&user)?.verify_slice(&cookie).is_ok().then(|| user.id.into()))
    }
}

fn mac(user: &user::Model) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::new_from_slice(user.password_hash.as_bytes()).map_err(Error::internal)?;
    mac.update(b"WeConnect: a browser of ");
    mac.update(user.id.as_bytes());
    Ok(mac)
}

/// Decodes 64 hexadecimal digits.
fn bytes(text: &str) -> Option<[u8; 32]> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_digits_are_a_proof() {
        let cookie = format!("{}ff", "0".repeat(62));
        assert_eq!(super::bytes(&cookie).unwrap()[30..], [0, 255]);
        let sign = format!("+f{}", "0".repeat(62));
        for text in ["", "ff", &cookie[1..], &format!("{cookie}0"), &"g".repeat(64), &sign, &"é".repeat(32)] {
            assert_eq!(super::bytes(text), None, "{text}");
        }
    }
}
