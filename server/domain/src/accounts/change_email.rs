//! Changes of an account's e-mail address.

use protocol::{ErrorKind, Field, limits::EMAIL_CHANGE_LIFETIME_MS};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use uuid::Uuid;

use super::{
    Accounts, begin,
    email_token::{self, Purpose},
};
use crate::users::lookup::by_email;
use crate::{
    Actor, Result,
    db::retry,
    email::{check_deliverable, email_key},
    entities::{account_token, user},
    jobs::{self, Job},
    mail::templates,
    rate_limit::LimitedAction,
};

impl Accounts<'_> {
    /// Mails a link to the new address. The account changes only when the link is followed.
    ///
    /// If another account has the address, the same rows are stored, and the mail tells its owner so.
    ///
    /// # Errors
    /// An error on the field of the address or of the password that is wrong; [`ErrorKind::Undeliverable`] if the mail
    /// server says at once that it can't deliver to the address.
    pub async fn change_email(&self, actor: &Actor, email: &str, password: &str) -> Result<()> {
        let email = check_deliverable(email)?;
        let user = self.confirmed(actor, password).await?;
        self.domain.limit_name(actor.client, LimitedAction::Mail, email)?;
        let job = retry(|| self.mail_change(&user, email)).await?;
        self.domain.0.jobs.notify();
        // A mail is sent whether or not an account has the address, so a failed delivery reveals nothing about
        // accounts.
        if jobs::is_given_up(self.domain, job).await {
            return Err(ErrorKind::Undeliverable.on(Field::Email).into());
        }
        Ok(())
    }

    /// Stores the token of the link and the job that mails it, and returns the job's id.
    async fn mail_change(&self, user: &user::Model, email: &str) -> Result<Uuid> {
        let now = self.domain.now();
        let txn = begin(self.domain.db()).await?;
        let lifetime = (now, now + EMAIL_CHANGE_LIFETIME_MS);
        let token = email_token::issue(&txn, user.id, Purpose::Email, email, lifetime).await?;
        let mail = match by_email(&txn, &email_key(email)).await? {
            Some(other) if other.id != user.id => {
                templates::EmailTaken { username: &other.username, link: &self.link("/sign-in") }
                    .mail_to(&other.email)?
            }
            _ => {
                let link = self.link(&format!("/confirm-email?token={token}"));
                templates::ConfirmEmail { username: &user.username, link: &link }.mail_to(email)?
            }
        };
        let job = jobs::enqueue(&txn, now, &Job::Mail(mail)).await?;
        txn.commit().await?;
        Ok(job)
    }

    /// Gives the account the new address that the link confirms, and notifies the old address.
    ///
    /// # Errors
    /// [`ErrorKind::Expired`] if the link is unknown, too old, used or not the newest, or if another account has the
    /// address by now.
    pub async fn confirm_email(&self, token: &str) -> Result<()> {
        self.domain.limit_of(self.client, LimitedAction::Link, None)?;
        retry(|| self.confirm_email_now(token)).await
    }

    async fn confirm_email_now(&self, token: &str) -> Result<()> {
        let now = self.domain.now();
        let txn = begin(self.domain.db()).await?;
        let found = email_token::find(&txn, token, Purpose::Email, now).await?;
        let user = user::Entity::find_by_id(found.user_id).one(&txn).await?.ok_or(ErrorKind::Expired)?;
        let key = email_key(&found.payload);
        if by_email(&txn, &key).await?.is_some_and(|other| other.id != user.id) {
            return Err(ErrorKind::Expired.into());
        }
        let changed = user::ActiveModel {
            id: Set(user.id),
            email: Set(found.payload.clone()),
            email_key: Set(key),
            ..Default::default()
        };
        changed.update(&txn).await?;
        // This also revokes a link that resets the password, which may be in the mailbox that the user no longer uses.
        account_token::Entity::delete_many().filter(account_token::Column::UserId.eq(user.id)).exec(&txn).await?;
        let (username, new_email, link) = (&user.username, &found.payload, &self.link("/sign-in"));
        let mail = templates::EmailChanged { username, new_email, link }.mail_to(&user.email)?;
        jobs::enqueue(&txn, now, &Job::Mail(mail)).await?;
        txn.commit().await?;
        self.domain.0.jobs.notify();
        Ok(())
    }
}
