//! Password resets: the link by mail, and the new password.

use protocol::{ErrorKind, Millis, email::check_email, limits::RESET_LIFETIME_MS};

use super::{
    Accounts, begin,
    credentials::set_password,
    email_token::{self, Purpose},
};
use crate::users::lookup::{by_email, by_id};
use crate::{
    Error, Result,
    db::{Db, retry},
    email::email_key,
    entities::user,
    jobs::{self, Job},
    live::{Envelope, To},
    mail::templates,
    rate_limit::LimitedAction,
    sessions,
};

impl Accounts<'_> {
    /// Requests a mail with a link that sets a new password.
    ///
    /// The address is only stored before this returns. A background job looks up whether it has an account, so that
    /// neither the response nor its time can reveal it.
    ///
    /// # Errors
    /// An error on [`Field::Email`](protocol::Field::Email) if the address is invalid.
    pub async fn forgot(&self, email: &str) -> Result<()> {
        self.domain.limit_name(self.client, LimitedAction::Mail, email)?;
        let email = email_key(check_email(email)?);
        jobs::enqueue(self.domain.db().write(), self.domain.now(), &Job::Reset(email)).await?;
        self.domain.0.jobs.notify();
        Ok(())
    }

    /// Sets a new password with the token from the mail. Ends every session of the account and revokes every link in
    /// its mails. Signs nobody in, so the second factor is required as always.
    ///
    /// # Errors
    /// [`ErrorKind::Expired`] if the link is unknown, too old, used or not the newest; an error on
    /// [`Field::Password`](protocol::Field::Password) if the password is not accepted, in which case the link stays
    /// valid.
    pub async fn reset(&self, token: &str, password: &str) -> Result<()> {
        self.domain.limit_of(self.client, LimitedAction::Link, None)?;
        let db = self.domain.db();
        let read = email_token::find(db.read(), token, Purpose::Reset, self.domain.now()).await?;
        let user = by_id(db.read(), read.user_id).await.map_err(gone)?;
        self.check_password(password, &[&user.username, &user.email]).await?;
        let hash = self.new_hash(&user, password).await?;
        retry(|| self.reset_now(&user, token, &hash)).await
    }

    async fn reset_now(&self, user: &user::Model, token: &str, hash: &str) -> Result<()> {
        let now = self.domain.now();
        let txn = begin(self.domain.db()).await?;
        // Checked again within the transaction, in which no other request can use the token.
        email_token::find(&txn, token, Purpose::Reset, now).await?;
        if !set_password(&txn, user, hash, now).await? {
            return Err(ErrorKind::Expired.into());
        }
        sessions::end_all(&txn, user.id.into()).await?;
        let mail = templates::PasswordChanged { username: &user.username, link: &self.link("/forgot") }
            .mail_to(&user.email)?;
        jobs::enqueue(&txn, now, &Job::Mail(mail)).await?;
        txn.commit().await?;
        self.domain.0.jobs.notify();
        self.domain.0.bus.publish(Envelope::bare(To::SessionsEnded(user.id.into())));
        Ok(())
    }
}

/// Converts the error for an account that was deleted after the link was mailed to [`ErrorKind::Expired`].
fn gone(failure: Error) -> Error {
    match failure {
        Error::Refused(_) => ErrorKind::Expired.into(),
        fault => fault,
    }
}

/// Runs the job of [`Accounts::forgot`]: mails the link if an account has that address.
pub(crate) async fn mail_reset_link(db: &Db, now: Millis, public_url: &str, email_key: &str) -> Result<()> {
    let txn = begin(db).await?;
    let Some(user) = by_email(&txn, email_key).await? else { return Ok(()) };
    let token = email_token::issue(&txn, user.id, Purpose::Reset, "", (now, now + RESET_LIFETIME_MS)).await?;
    // The link contains the username for the page, so that a password manager stores the new password under it.
    let link = format!("{public_url}/reset?token={token}&for={}", user.username);
    let mail = templates::ResetPassword { username: &user.username, link: &link }.mail_to(&user.email)?;
    jobs::enqueue(&txn, now, &Job::Mail(mail)).await?;
    txn.commit().await?;
    Ok(())
}
