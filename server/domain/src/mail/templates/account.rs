//! Mails about changes to an account. A change that somebody could make without the owner's consent is always reported
//! to the owner.

use askama::Template;

/// Carries the link that sets a new password.
#[derive(Template)]
#[template(path = "mail/reset_password.txt", blocks = ["subject", "title", "lead", "button", "closing"])]
pub(crate) struct ResetPassword<'a> {
    pub username: &'a str,
    pub link: &'a str,
}

/// Reports that the password was changed. The link leads to the request for a new one.
#[derive(Template)]
#[template(path = "mail/password_changed.txt", blocks = ["subject", "title", "lead", "button", "closing"])]
pub(crate) struct PasswordChanged<'a> {
    pub username: &'a str,
    pub link: &'a str,
}

/// Asks to confirm a new address of an account.
#[derive(Template)]
#[template(path = "mail/confirm_email.txt", blocks = ["subject", "title", "lead", "button", "closing"])]
pub(crate) struct ConfirmEmail<'a> {
    pub username: &'a str,
    pub link: &'a str,
}

/// Reports that somebody asked for an address that another account has. Only the owner of the address learns of that
/// account.
#[derive(Template)]
#[template(path = "mail/email_taken.txt", blocks = ["subject", "title", "lead", "button", "closing"])]
pub(crate) struct EmailTaken<'a> {
    pub username: &'a str,
    pub link: &'a str,
}

/// Reports the new address to the old one. The link leads to the server, where its operator can be found.
#[derive(Template)]
#[template(path = "mail/email_changed.txt", blocks = ["subject", "title", "lead", "button", "closing"])]
pub(crate) struct EmailChanged<'a> {
    pub username: &'a str,
    pub new_email: &'a str,
    pub link: &'a str,
}

/// Reports that signing in requires a code now.
#[derive(Template)]
#[template(path = "mail/second_factor_on.txt", blocks = ["subject", "title", "lead", "button", "closing"])]
pub(crate) struct SecondFactorOn<'a> {
    pub username: &'a str,
    pub link: &'a str,
}

/// Reports that signing in no longer requires a code.
#[derive(Template)]
#[template(path = "mail/second_factor_off.txt", blocks = ["subject", "title", "lead", "button", "closing"])]
pub(crate) struct SecondFactorOff<'a> {
    pub username: &'a str,
    pub link: &'a str,
}

/// Reports that a recovery code was used instead of the app.
#[derive(Template)]
#[template(path = "mail/recovery_code_used.txt", blocks = ["subject", "title", "lead", "button", "closing"])]
pub(crate) struct RecoveryCodeUsed<'a> {
    pub username: &'a str,
    pub codes_left: u32,
    pub link: &'a str,
}

/// Reports that the account was deleted. This is the last mail.
#[derive(Template)]
#[template(path = "mail/account_deleted.txt", blocks = ["subject", "title", "lead", "button", "closing"])]
pub(crate) struct AccountDeleted<'a> {
    pub username: &'a str,
    pub link: &'a str,
}
