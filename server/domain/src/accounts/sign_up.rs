//! Signing up and confirming the address.

use std::fmt;

use protocol::{
    ErrorKind, Field, UserId, limits::VERIFICATION_LIFETIME_MS, relationship::check_invite, username::check_username,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, SqlErr,
};
use uuid::Uuid;

use super::{Accounts, Name, NameClaim, begin, is_taken};
use crate::users::lookup::{by_email, by_username};
use crate::{
    Error, Result,
    db::retry,
    email::{check_deliverable, email_key},
    entities::{sign_up as pending, user},
    jobs::{self, Job},
    mail::templates,
    rate_limit::LimitedAction,
    relationships::commit_invited,
    token,
};

/// The input of the sign-up form.
#[derive(Clone)]
pub struct SignUp {
    /// The address that the link is mailed to.
    pub email: String,
    /// The name others see.
    pub username: String,
    /// The password, in clear.
    pub password: String,
    /// The code of the invitation that the user followed, if any. An invalid code does not make the sign-up fail.
    pub invite: Option<String>,
}

impl fmt::Debug for SignUp {
    /// Omits the password, so that it never gets into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignUp").field("email", &self.email).field("username", &self.username).finish_non_exhaustive()
    }
}

impl Accounts<'_> {
    /// Stores a sign-up and mails its link. The sign-up becomes an account when the link is followed.
    ///
    /// If the address has an account, the same rows are stored, so that the username is reserved for the same time and
    /// signing in gives the same response; the mail says instead that the address has an account.
    ///
    /// # Errors
    /// An error on the field that is wrong; [`ErrorKind::Taken`] on [`Field::Username`]; [`ErrorKind::Undeliverable`]
    /// if the mail server says at once that it can't deliver to the address.
    pub async fn sign_up(&self, sign_up: SignUp) -> Result<()> {
        self.domain.limit_name(self.client, LimitedAction::SignUp, &sign_up.email)?;
        let email = check_deliverable(&sign_up.email)?;
        let username = check_username(&sign_up.username)?;
        self.check_password(&sign_up.password, &[username, email]).await?;
        let (email_key, name) = (email_key(email), Name::of(username));

        // Checked before the expensive hash, and again under the lock.
        let db = self.domain.db();
        if is_taken(db.read(), &name, NameClaim::OfEmail(&email_key), self.domain.now()).await? {
            return Err(ErrorKind::Taken.on(Field::Username).into());
        }
        let known = salt_of(db.read(), &email_key).await?;
        let password_hash = self.domain.0.passwords.hash(&sign_up.password, known.as_deref()).await?;
        let token = token::generate()?;

        let now = self.domain.now();
        let id = Uuid::now_v7();
        let row = pending::Model {
            id,
            username: username.to_owned(),
            username_key: name.key.clone(),
            email: email.to_owned(),
            email_key,
            password_hash,
            token_hash: token::hash(&token),
            created_at: now,
            expires_at: now + VERIFICATION_LIFETIME_MS,
            username_skeleton: name.skeleton.clone(),
            invite: sign_up.invite.as_deref().and_then(|code| check_invite(code).ok()).map(str::to_owned),
        };
        let job = retry(|| self.store_sign_up(&row, &name, &token)).await?;
        self.domain.0.jobs.notify();
        // A mail is sent whether or not the address has an account, so a failed delivery reveals nothing about
        // accounts.
        if jobs::is_given_up(self.domain, job).await {
            // Nobody can confirm this sign-up. A user who mistyped the address may take the name with the correct one.
            pending::Entity::delete_by_id(id).exec(db.write()).await?;
            return Err(ErrorKind::Undeliverable.on(Field::Email).into());
        }
        Ok(())
    }

    /// Stores a pending sign-up and the job that mails its link, and returns the job's id.
    async fn store_sign_up(&self, row: &pending::Model, name: &Name, token: &str) -> Result<Uuid> {
        let txn = begin(self.domain.db()).await?;
        if is_taken(&txn, name, NameClaim::OfEmail(&row.email_key), row.created_at).await? {
            return Err(ErrorKind::Taken.on(Field::Username).into());
        }
        let mail = match by_email(&txn, &row.email_key).await? {
            None => {
                let link = self.link(&format!("/verify?token={token}"));
                templates::VerifyEmail { username: &row.username, link: &link }.mail_to(&row.email)?
            }
            // Sent to the address as the account has it: the one typed now may differ in case.
            Some(user) => {
                let (username, link) = (&user.username, &self.link("/sign-in"));
                templates::AlreadyRegistered { username, link }.mail_to(&user.email)?
            }
        };
        pending::Entity::insert(row.clone().into_active_model()).exec_without_returning(&txn).await?;
        let job = jobs::enqueue(&txn, row.created_at, &Job::Mail(mail)).await?;
        txn.commit().await?;
        Ok(job)
    }

    /// Creates the account of the sign-up whose link this token is from. The first account becomes the server's
    /// administrator.
    ///
    /// Other sign-ups with the same address stay until they expire, without effect. Removing them would free their
    /// usernames, and somebody who signed up with another person's address would see from that when its owner created
    /// an account.
    ///
    /// # Errors
    /// [`ErrorKind::Expired`] if the link is unknown, too old or used, or if its address has an account by now.
    pub async fn verify(&self, token: &str) -> Result<UserId> {
        self.domain.limit_of(self.client, LimitedAction::Link, None)?;
        retry(|| self.verify_now(token)).await
    }

    async fn verify_now(&self, token: &str) -> Result<UserId> {
        let now = self.domain.now();
        let txn = begin(self.domain.db()).await?;
        let found = pending::Entity::find()
            .filter(pending::Column::TokenHash.eq(token::hash(token)))
            .filter(pending::Column::ExpiresAt.gt(now))
            .one(&txn)
            .await?;
        let row = found.ok_or(ErrorKind::Expired)?;
        // The name was reserved for this address, so it can be taken only if a rule was changed meanwhile.
        if by_email(&txn, &row.email_key).await?.is_some() || by_username(&txn, &row.username_key).await?.is_some() {
            return Err(ErrorKind::Expired.into());
        }
        let is_there = user::Column::DeletedAt.is_null();
        let is_first = user::Entity::find().filter(is_there).limit(1).one(&txn).await?.is_none();
        let id = Uuid::now_v7();
        let account = user::ActiveModel {
            id: Set(id),
            username: Set(row.username),
            username_key: Set(row.username_key),
            email: Set(row.email),
            email_key: Set(row.email_key),
            password_hash: Set(row.password_hash),
            is_admin: Set(is_first),
            created_at: Set(now),
            username_skeleton: Set(row.username_skeleton),
            password_changed_at: Set(now),
            display_key: Set(Some(String::new())),
            ..Default::default()
        };
        user::Entity::insert(account).exec_without_returning(&txn).await.map_err(already)?;
        pending::Entity::delete_by_id(row.id).exec(&txn).await?;
        commit_invited(self.domain, txn, id.into(), row.invite.as_deref()).await?;
        Ok(id.into())
    }
}

/// Returns the password hash whose salt a sign-up with this address reuses: see [`Accounts::sign_in`].
async fn salt_of(db: &impl ConnectionTrait, email_key: &str) -> Result<Option<String>, DbErr> {
    let user = by_email(db, email_key).await?.map(|user| user.password_hash);
    let waiting = pending::Entity::find()
        .filter(pending::Column::EmailKey.eq(email_key))
        .order_by_desc(pending::Column::CreatedAt)
        .order_by_desc(pending::Column::Id)
        .limit(1)
        .one(db)
        .await?
        .map(|row| row.password_hash);
    Ok(user.or(waiting))
}

/// Converts the error for an account that was created meanwhile, by other means than a sign-up, to
/// [`ErrorKind::Expired`].
fn already(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => ErrorKind::Expired.into(),
        _ => error.into(),
    }
}
