//! Mails about a sign-up.

use askama::Template;

/// Asks to confirm the address of a sign-up.
#[derive(Template)]
#[template(path = "mail/verify_email.txt", blocks = ["subject", "title", "lead", "button", "closing"])]
pub(crate) struct VerifyEmail<'a> {
    pub username: &'a str,
    pub link: &'a str,
}

/// Reports a sign-up with an address that has an account. Only the owner of the address learns of that account.
#[derive(Template)]
#[template(path = "mail/already_registered.txt", blocks = ["subject", "title", "lead", "button", "closing"])]
pub(crate) struct AlreadyRegistered<'a> {
    pub username: &'a str,
    pub link: &'a str,
}
