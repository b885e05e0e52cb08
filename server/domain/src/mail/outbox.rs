//! Mail without an SMTP server: it is kept in a table, where the operator can read it, or find its link in the log.

use async_trait::async_trait;
use protocol::Millis;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Mail, MailError, Mailer};
use crate::{Clock, Domain, Result, db::Db, entities::outbox_mail};

/// Keeps mail instead of sending it.
#[derive(Debug)]
pub(super) struct OutboxMailer {
    db: Db,
    clock: Clock,
    logs_links: bool,
}

impl OutboxMailer {
    pub(super) fn new(db: Db, clock: Clock, logs_links: bool) -> Self {
        Self { db, clock, logs_links }
    }
}

#[async_trait]
impl Mailer for OutboxMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let row = outbox_mail::ActiveModel {
            id: Set(Uuid::now_v7()),
            recipient: Set(mail.to.clone()),
            subject: Set(mail.subject.clone()),
            text: Set(mail.text.clone()),
            html: Set(mail.html.clone()),
            created_at: Set(self.clock.now()),
        };
        let stored = outbox_mail::Entity::insert(row).exec_without_returning(self.db.write()).await;
        stored.map_err(|e| MailError::Temporary(e.to_string()))?;
        let link = mail.link.as_deref().filter(|_| self.logs_links);
        tracing::info!(to = mail.to, subject = mail.subject, link, "no SMTP server is set: mail kept in the outbox");
        Ok(())
    }
}

/// A mail that was stored and not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMail {
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML page, made by our templates, in which user input is escaped.
    pub html: String,
    /// The time at which it was written.
    pub at: Millis,
}

/// Reads the outbox. Only the operator may do so: a reader can confirm any address.
#[derive(Clone, Copy, Debug)]
pub struct MailOutbox<'a> {
    domain: &'a Domain,
}

impl<'a> MailOutbox<'a> {
    /// Creates a reader of this domain's outbox.
    pub fn new(domain: &'a Domain) -> Self {
        Self { domain }
    }

    /// Returns the newest mails, the newest first.
    ///
    /// # Errors
    /// The database's error.
    pub async fn latest(&self, limit: u64) -> Result<Vec<StoredMail>> {
        let rows = outbox_mail::Entity::find()
            .order_by_desc(outbox_mail::Column::CreatedAt)
            .order_by_desc(outbox_mail::Column::Id)
            .limit(limit)
            .all(self.domain.db().read())
            .await?;
        Ok(rows.into_iter().map(StoredMail::from).collect())
    }
}

impl From<outbox_mail::Model> for StoredMail {
    fn from(row: outbox_mail::Model) -> Self {
        Self { to: row.recipient, subject: row.subject, text: row.text, html: row.html, at: row.created_at }
    }
}
