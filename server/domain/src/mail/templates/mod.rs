//! The mails: a struct each, with the values that its sentences contain. The sentences are in one file a mail, of the
//! struct's name, in `server/domain/templates/mail`. Both bodies are made from them by `layout.txt` and `layout.html`,
//! of which the latter escapes them.

mod account;
mod sign_up;

use askama::Template;

pub(crate) use self::{
    account::{
        AccountDeleted, ConfirmEmail, EmailChanged, EmailTaken, PasswordChanged, RecoveryCodeUsed, ResetPassword,
        SecondFactorOff, SecondFactorOn,
    },
    sign_up::{AlreadyRegistered, VerifyEmail},
};
use super::Mail;
use crate::{Error, Result};

/// The sentences of a mail as plain text, from which both bodies are made.
struct Letter<'a> {
    subject: String,
    /// The heading, above the rest.
    title: String,
    /// The text that says what happened, or what to do.
    lead: String,
    /// The label of the link, which is the only action.
    button: String,
    link: &'a str,
    /// The text that follows the action.
    closing: String,
}

#[derive(Template)]
#[template(path = "mail/layout.txt")]
struct TextBody<'a> {
    letter: &'a Letter<'a>,
}

#[derive(Template)]
#[template(path = "mail/layout.html")]
struct HtmlBody<'a> {
    letter: &'a Letter<'a>,
}

impl Letter<'_> {
    fn mail_to(self, address: &str) -> askama::Result<Mail> {
        Ok(Mail {
            to: address.to_owned(),
            text: TextBody { letter: &self }.render()?,
            html: HtmlBody { letter: &self }.render()?,
            subject: self.subject,
            link: Some(self.link.to_owned()),
        })
    }
}

/// Adds `mail_to` to each of these mails. A macro, because Askama renders a block by a method that is in no trait.
macro_rules! impl_mail_to {
    ($($template:ident),+ $(,)?) => {$(
        impl $template<'_> {
            /// Writes the mail to this address.
            ///
            /// # Errors
            /// [`Error::Internal`] if the template cannot be rendered.
            pub(crate) fn mail_to(&self, address: &str) -> Result<Mail> {
                self.letter().and_then(|letter| letter.mail_to(address)).map_err(Error::internal)
            }

            fn letter(&self) -> askama::Result<Letter<'_>> {
                Ok(Letter {
                    subject: self.as_subject().render()?,
                    title: self.as_title().render()?,
                    lead: self.as_lead().render()?,
                    button: self.as_button().render()?,
                    link: self.link,
                    closing: self.as_closing().render()?,
                })
            }
        }
    )+};
}

impl_mail_to!(
    AccountDeleted,
    AlreadyRegistered,
    ConfirmEmail,
    EmailChanged,
    EmailTaken,
    PasswordChanged,
    RecoveryCodeUsed,
    ResetPassword,
    SecondFactorOff,
    SecondFactorOn,
    VerifyEmail,
);

#[cfg(test)]
mod tests;
