//! Mail: what is written, and the two ways it leaves.

mod outbox;
mod smtp;
pub(crate) mod templates;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};

pub use self::outbox::{Outbox, StoredMail};
use crate::{
    Clock,
    config::{MailConfig, OpenError},
    db::Db,
};

/// A mail to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The body for programs that show plain text.
    pub text: String,
    /// The same as an HTML page.
    pub html: String,
    /// What the reader is asked to follow; both bodies contain it.
    pub link: Option<String>,
}

/// Why a mail did not leave.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MailError {
    /// Trying again later may help.
    #[error("{0}")]
    Temporary(String),
    /// The same mail will be refused again.
    #[error("{0}")]
    Permanent(String),
}

/// How mail leaves.
#[async_trait]
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Hands a mail over: to the SMTP server, or to the outbox. What was handed over is not sent again.
    ///
    /// # Errors
    /// [`MailError`], which says whether to try again.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Prepares the way out. Nothing is connected yet.
///
/// # Errors
/// [`OpenError::Mail`] when the settings can't be understood.
pub fn open(config: &MailConfig, db: Db, clock: Clock) -> Result<Arc<dyn Mailer>, OpenError> {
    // Also when nothing is sent yet: who sets SMTP_URL later should not learn then that the sender was wrong.
    let from: Mailbox = config.from.parse().map_err(|_| {
        OpenError::Mail(format!(
            "the sender \"{}\" is not an e-mail address; it should look like WeConnect <chat@example.org>",
            config.from
        ))
    })?;
    Ok(match &config.smtp_url {
        Some(url) => Arc::new(smtp::SmtpMailer::open(url, from)?),
        None => Arc::new(outbox::OutboxMailer::new(db, clock)),
    })
}
