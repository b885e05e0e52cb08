//! Another e-mail address for an account.

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
};

impl Accounts<'_> {
    /// Mails a link to the new address. Nothing changes before it is followed.
    ///
    /// For an address that has another account, the same rows are stored, and the mail tells its owner so.
    ///
    /// # Errors
    /// What is wrong with the address or the password, on its field; [`ErrorKind::Undeliverable`] when the mail server
    /// says at once that no mail arrives there.
    pub async fn change_email(&self, actor: &Actor, email: &str, password: &str) -> Result<()> {
        let email = check_deliverable(email)?;
        let user = self.confirmed(actor, password).await?;
        let job = retry(|| self.mail_change(&user, email)).await?;
        self.domain.0.jobs.notify();
        // Whoever has the address, a mail goes there: that it does not arrive tells nothing about accounts.
        if jobs::is_given_up(self.domain, job).await {
            return Err(ErrorKind::Undeliverable.on(Field::Email).into());
        }
        Ok(())
    }

    /// Stores the link to the new address and its mail, and returns the mail's job.
    async fn mail_change(&self, user: &user::Model, email: &str) -> Result<Uuid> {
        let now = self.domain.now();
        let txn = begin(self.domain.db()).await?;
        let lifetime = (now, now + EMAIL_CHANGE_LIFETIME_MS);
        let token = email_token::issue(&txn, user.id, Purpose::Email, email, lifetime).await?;
        let mail = match by_email(&txn, &email_key(email)).await? {
            Some(other) if other.id != user.id => {
                templates::address_taken(&other.email, &other.username, &self.link("/sign-in"))
            }
            _ => {
                let link = self.link(&format!("/confirm-email?token={token}"));
                templates::confirm_address(email, &user.username, &link)
            }
        };
        let job = jobs::enqueue(&txn, now, &Job::Mail(mail)).await?;
        txn.commit().await?;
        Ok(job)
    }

    /// Follows a link: the account has the new address, and the old one is told.
    ///
    /// # Errors
    /// [`ErrorKind::Expired`] when the link is unknown, too old, used, not the newest, or its address has another
    /// account by now.
    pub async fn confirm_email(&self, token: &str) -> Result<()> {
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
        // Also a link that resets the password, in the mailbox that the person has left.
        account_token::Entity::delete_many().filter(account_token::Column::UserId.eq(user.id)).exec(&txn).await?;
        let mail = templates::address_changed(&user.email, &user.username, &found.payload, &self.link("/sign-in"));
        jobs::enqueue(&txn, now, &Job::Mail(mail)).await?;
        txn.commit().await?;
        self.domain.0.jobs.notify();
        Ok(())
    }
}
