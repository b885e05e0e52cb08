//! Mail: its texts, and the two ways of delivery, SMTP and the outbox.

mod outbox;
mod smtp;
pub(crate) mod templates;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};

pub use self::outbox::{MailOutbox, StoredMail};
use crate::{
    Clock,
    config::{MailConfig, OpenError},
    db::Db,
    email,
};

/// A mail to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The body for programs that show plain text.
    pub text: String,
    /// The body as an HTML page.
    pub html: String,
    /// The link that the reader is asked to follow; both bodies contain it.
    pub link: Option<String>,
}

/// The reason why a mail was not delivered.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MailError {
    /// A later attempt may succeed.
    #[error("{0}")]
    Temporary(String),
    /// The same mail will be refused again.
    #[error("{0}")]
    Permanent(String),
}

/// Delivers mail.
#[async_trait]
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Hands a mail over to the SMTP server or to the outbox. A mail that was handed over is not sent again.
    ///
    /// # Errors
    /// [`MailError`], which says whether to try again.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Returns the host of an address such as `https://chat.example.org:8443`, as other mail servers know it.
pub(crate) fn host_of(url: &str) -> String {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        // The colons of an IPv6 address are within brackets.
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    email::ascii_host(host)
}

/// Creates the mailer for these settings. Nothing is connected yet.
///
/// # Errors
/// [`OpenError::Mail`] if the settings are invalid.
pub fn open(config: &MailConfig, public_url: &str, db: Db, clock: Clock) -> Result<Arc<dyn Mailer>, OpenError> {
    // Checked even if nothing is sent yet: an operator who sets SMTP_URL later should not learn only then that the
    // sender is invalid.
    let not_an_address = || {
        OpenError::Mail(format!(
            "the sender \"{}\" is not an e-mail address; it should look like WeConnect <chat@example.org>",
            config.from
        ))
    };
    let from: Mailbox = config.from.parse().map_err(|_| not_an_address())?;
    let address = email::parse(from.email.as_ref()).map_err(|_| not_an_address())?;
    let from = Mailbox::new(from.name, address);
    Ok(match &config.smtp_url {
        Some(url) => Arc::new(smtp::SmtpMailer::open(url, from, host_of(public_url))?),
        None => Arc::new(outbox::OutboxMailer::new(db, clock, config.logs_links)),
    })
}
