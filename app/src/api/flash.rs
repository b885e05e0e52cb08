//! Messages of one page for the next: that something was done, and codes that are shown once.
//!
//! They are passed in a cookie with a lifetime of one minute, like form values, and are returned once. If they were in
//! the address, anybody could put them there, and a reload would show them again.

use crate::words;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A completed action that the next page reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flash {
    /// A forgotten password was replaced.
    Reset,
    /// Signing in took too long.
    TooLate,
    /// A link was sent to a new e-mail address.
    EmailAsked,
    /// The e-mail address was changed.
    Email,
    /// The username was changed.
    Username,
    /// The password was changed.
    Password,
    /// The second factor was switched off.
    SecondFactorOff,
    /// A session was ended.
    SessionEnded,
    /// All other sessions were ended.
    OthersEnded,
    /// The account was deleted.
    Deleted,
}

impl Flash {
    const ALL: [Self; 10] = [
        Self::Reset,
        Self::TooLate,
        Self::EmailAsked,
        Self::Email,
        Self::Username,
        Self::Password,
        Self::SecondFactorOff,
        Self::SessionEnded,
        Self::OthersEnded,
        Self::Deleted,
    ];

    /// Returns its name in the cookie.
    const fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::TooLate => "too-late",
            Self::EmailAsked => "email-asked",
            Self::Email => "email",
            Self::Username => "username",
            Self::Password => "password",
            Self::SecondFactorOff => "second-factor-off",
            Self::SessionEnded => "session-ended",
            Self::OthersEnded => "others-ended",
            Self::Deleted => "deleted",
        }
    }

    /// Returns the value of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flash| flash.name() == name)
    }

    /// Returns the sentence for the user.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Reset => words::settings::PASSWORD_RESET,
            Self::TooLate => words::settings::SIGN_IN_TOOK_TOO_LONG,
            Self::EmailAsked => words::settings::EMAIL_LINK_SENT,
            Self::Email => words::settings::EMAIL_CHANGED,
            Self::Username => words::settings::USERNAME_CHANGED,
            Self::Password => words::settings::PASSWORD_CHANGED,
            Self::SecondFactorOff => words::second_factor::IS_OFF,
            Self::SessionEnded => words::settings::SESSION_ENDED,
            Self::OthersEnded => words::settings::OTHER_SESSIONS_ENDED,
            Self::Deleted => words::settings::ACCOUNT_DELETED,
        }
    }
}

/// Returns the completed action of the previous page.
pub fn flash() -> Option<Flash> {
    SharedValue::new(take_flash).into_inner()
}

/// Returns the recovery codes that the previous page generated.
pub fn codes() -> Vec<String> {
    SharedValue::new(take_codes).into_inner()
}

#[cfg(not(feature = "ssr"))]
fn take_flash() -> Option<Flash> {
    None
}

#[cfg(not(feature = "ssr"))]
fn take_codes() -> Vec<String> {
    Vec::new()
}

#[cfg(feature = "ssr")]
pub use server::{set_flash, set_recovery_codes};

#[cfg(feature = "ssr")]
use server::{take_codes, take_flash};

#[cfg(feature = "ssr")]
mod server {
    use super::Flash;
    use crate::api::{
        cookies::{of_visitor, set_cookie, take_cookie},
        form_values::forget_form_values,
    };

    const DONE: &str = "done";
    const CODES: &str = "codes";
    /// In seconds. The next page follows at once.
    const LIFETIME: u32 = 60;

    /// Makes the next page report this action. Removes the form values of an earlier attempt.
    pub fn set_flash(done: Flash) {
        set_cookie(DONE, done.name(), LIFETIME);
        forget_form_values();
    }

    /// Makes the next page show these codes, once. The server does not store them in clear text.
    pub fn set_recovery_codes(codes: &[String]) {
        set_cookie(&of_visitor(CODES), &codes.join("."), LIFETIME);
    }

    pub fn take_flash() -> Option<Flash> {
        take_cookie(DONE).and_then(|name| Flash::named(&name))
    }

    pub fn take_codes() -> Vec<String> {
        // Anybody may have set the cookie; what is not a code is ignored.
        let is_code = |code: &&str| code.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
        let codes = take_cookie(&of_visitor(CODES)).unwrap_or_default();
        codes.split('.').filter(is_code).filter(|code| !code.is_empty()).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Flash;

    #[test]
    fn what_was_done_has_a_name_of_its_own() {
        for done in Flash::ALL {
            assert_eq!(Flash::named(done.name()), Some(done));
        }
        assert_eq!(Flash::named("x"), None);
    }
}
