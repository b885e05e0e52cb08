//! Changes that an owner makes to an account without following a link from a mail: the username and the password.

use protocol::{ErrorKind, Field, Millis, SessionHandle, username::check_username};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, prelude::Expr,
};

use super::{Accounts, Name, NameClaim, begin, is_taken};
use crate::{
    Actor, Result,
    db::retry,
    entities::{account_token, user},
    jobs::{self, Job},
    live::{Envelope, To},
    mail::templates,
    sessions,
    users::lookup::lock_by_id,
};

impl Accounts<'_> {
    /// Changes the username. The old one is available to others at once.
    ///
    /// # Errors
    /// An error on the field of the name or of the password that is wrong; [`ErrorKind::Taken`] for a name that an
    /// account or a pending sign-up has, or that looks like one of those.
    pub async fn change_username(&self, actor: &Actor, username: &str, password: &str) -> Result<()> {
        let username = check_username(username)?;
        let user = self.confirmed(actor, password).await?;
        retry(|| self.change_username_now(&user, username)).await
    }

    async fn change_username_now(&self, user: &user::Model, username: &str) -> Result<()> {
        let name = Name::of(username);
        let txn = begin(self.domain.db()).await?;
        // The account may have been deleted since the password was checked. Its name is free then, and stays so.
        let user = lock_by_id(&txn, user.id).await?;
        if is_taken(&txn, &name, NameClaim::OfUser(user.id), self.domain.now()).await? {
            return Err(ErrorKind::Taken.on(Field::Username).into());
        }
        let changed = user::ActiveModel {
            id: Set(user.id),
            username: Set(username.to_owned()),
            username_key: Set(name.key),
            username_skeleton: Set(name.skeleton),
            ..Default::default()
        };
        let changed = changed.update(&txn).await?;
        txn.commit().await?;
        self.domain.profiles().publish(changed.into()).await;
        Ok(())
    }

    /// Changes the password. Ends every other session of this user and closes their sockets; the session `this`
    /// continues under a new id, which the caller creates.
    ///
    /// # Errors
    /// An error on the field of the password that is wrong; [`ErrorKind::Unauthenticated`] if the session ended
    /// meanwhile.
    pub async fn change_password(
        &self,
        actor: &Actor,
        this: SessionHandle,
        current: &str,
        password: &str,
    ) -> Result<()> {
        let user = self.confirmed(actor, current).await?;
        self.check_password(password, &[&user.username, &user.email]).await?;
        let hash = self.new_hash(&user, password).await?;
        retry(|| self.change_password_now(&user, this, &hash)).await
    }

    async fn change_password_now(&self, user: &user::Model, this: SessionHandle, hash: &str) -> Result<()> {
        let now = self.domain.now();
        let id = user.id.into();
        let txn = self.domain.db().begin().await?;
        if !set_password(&txn, user, hash, now).await? {
            return Err(ErrorKind::WrongCredentials.on(Field::CurrentPassword).into());
        }
        sessions::end_others(&txn, id, this).await?;
        let mail = templates::PasswordChanged { username: &user.username, link: &self.link("/forgot") }
            .mail_to(&user.email)?;
        jobs::enqueue(&txn, now, &Job::Mail(mail)).await?;
        txn.commit().await?;
        self.domain.0.jobs.notify();
        self.domain.0.bus.publish(Envelope::bare(To::SessionsEnded(id)));
        Ok(())
    }

    /// Hashes a new password with the salt of the previous one, which sign-ups with the same address have reused: see
    /// [`sign_in`](Self::sign_in).
    pub(super) async fn new_hash(&self, user: &user::Model, password: &str) -> Result<String> {
        self.domain.0.passwords.hash(password, Some(&user.password_hash)).await
    }
}

/// Stores a new password hash if the current one is still the one that was read, and revokes the links in earlier
/// mails. Returns `false` if the password was changed meanwhile.
pub(super) async fn set_password(
    db: &impl ConnectionTrait,
    user: &user::Model,
    hash: &str,
    now: Millis,
) -> Result<bool> {
    let changed = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(user::Column::PasswordChangedAt, Expr::value(now))
        .filter(user::Column::Id.eq(user.id))
        .filter(user::Column::PasswordHash.eq(&*user.password_hash))
        .exec(db)
        .await?;
    account_token::Entity::delete_many().filter(account_token::Column::UserId.eq(user.id)).exec(db).await?;
    Ok(changed.rows_affected > 0)
}
