//! Signing in.

use protocol::{
    ErrorKind, Field, UserId,
    limits::{EMAIL_MAX, PASSWORD_MAX},
    text::length,
    username::username_key,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Accounts, PendingSignIn};
use crate::users::lookup::{by_login, is_email};
use crate::{
    Result,
    email::email_key,
    entities::{sign_up as pending, user},
};

/// The outcome of a sign-in with the correct password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInOutcome {
    /// The user is signed in.
    SignedIn(UserId),
    /// The user still has to enter a code of the second factor.
    Code(PendingSignIn),
}

impl Accounts<'_> {
    /// Finds the account by e-mail address or username and checks the password.
    ///
    /// Looks up both the account and the newest pending sign-up under that login, and computes one hash, whichever of
    /// them exist: a sign-up reuses the salt that its address already has, so that one hash answers for both. The
    /// correct password of a pending sign-up always gets [`ErrorKind::Unverified`], even if the address has an account.
    /// Otherwise a stranger could sign up with an address and learn from the response to their own password whether the
    /// address has an account.
    ///
    /// # Errors
    /// [`ErrorKind::Required`] on [`Field::Login`] or [`Field::Password`]; [`ErrorKind::WrongCredentials`];
    /// [`ErrorKind::Unverified`].
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<SignInOutcome> {
        let (login, at) = (login.trim(), self.domain.now());
        self.limit_sign_in(login).await?;
        if login.is_empty() {
            return Err(ErrorKind::Required.on(Field::Login).into());
        }
        if password.is_empty() {
            return Err(ErrorKind::Required.on(Field::Password).into());
        }
        // No account has such a login or password, and PostgreSQL refuses a text with NUL. This response does not
        // depend on stored data, so it may come early.
        if length(password) > PASSWORD_MAX || length(login) > EMAIL_MAX || login.contains('\0') {
            return Err(ErrorKind::WrongCredentials.into());
        }
        let (user, waiting) = self.candidates(login).await?;
        let hashes = [user.as_ref().map(|u| u.password_hash.as_str()), waiting.as_deref()];
        let [is_user, is_waiting] = self.domain.0.passwords.verify(password, hashes).await?;
        match user {
            Some(user) if is_user && user.totp_enabled_at.is_some() => {
                Ok(SignInOutcome::Code(PendingSignIn { user: user.id.into(), at }))
            }
            Some(user) if is_user => Ok(SignInOutcome::SignedIn(user.id.into())),
            _ if is_waiting => Err(ErrorKind::Unverified.into()),
            _ => Err(ErrorKind::WrongCredentials.into()),
        }
    }

    /// Returns the account under this login, and the password hash of the newest pending sign-up under it.
    async fn candidates(&self, login: &str) -> Result<(Option<user::Model>, Option<String>), DbErr> {
        let db = self.domain.db().read();
        let user = by_login(db, login).await?;
        let (column, key) = if is_email(login) {
            (pending::Column::EmailKey, email_key(login))
        } else {
            (pending::Column::UsernameKey, username_key(login))
        };
        let waiting = pending::Entity::find()
            .select_only()
            .column(pending::Column::PasswordHash)
            .filter(column.eq(key))
            .filter(pending::Column::ExpiresAt.gt(self.domain.now()))
            .order_by_desc(pending::Column::CreatedAt)
            .order_by_desc(pending::Column::Id)
            .limit(1)
            .into_tuple()
            .one(db)
            .await?;
        Ok((user, waiting))
    }
}
