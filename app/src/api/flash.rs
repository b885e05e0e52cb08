//! What one page leaves for the next to say: that something was done, and codes that are shown once.
//!
//! It travels in a cookie of a minute, as what was typed does, and is handed out once. In the address anybody could put
//! it there, and the next load would say it again.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flash {
    /// A forgotten password was replaced.
    Reset,
    /// Signing in took too long.
    TooLate,
    /// A link went to a new address.
    EmailAsked,
    /// The address is a new one.
    Email,
    /// The username is a new one.
    Username,
    /// The password is a new one.
    Password,
    /// The second factor is off.
    SecondFactorOff,
    /// A session was ended.
    SessionEnded,
    /// All other sessions were ended.
    OthersEnded,
    /// The account is gone.
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

    /// Its name in the cookie.
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

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| flash.name() == name)
    }

    /// What the person reads.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Reset => "Your password is a new one, and you are signed out everywhere. Sign in with it.",
            Self::TooLate => "That took too long. Sign in again.",
            Self::EmailAsked => {
                "We sent a link to the new address. Follow it within a day; until then, nothing changes."
            }
            Self::Email => "Your e-mail address was changed.",
            Self::Username => "Your username was changed.",
            Self::Password => "Your password was changed. You are signed out everywhere else.",
            Self::SecondFactorOff => "Two-step sign-in is off.",
            Self::SessionEnded => "That browser is signed out.",
            Self::OthersEnded => "You are signed out everywhere else.",
            Self::Deleted => "Your account is gone. Take care.",
        }
    }
}

/// What was done on the page before.
pub fn flash() -> Option<Flash> {
    SharedValue::new(take_flash).into_inner()
}

/// Codes that were made on the page before.
pub fn codes() -> Vec<String> {
    SharedValue::new(take_codes).into_inner()
}

#[cfg(not(feature = "ssr"))]
fn take_done() -> Option<Flash> {
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
    /// The next page follows at once.
    const LIFETIME: u32 = 60;

    /// Has the next page say that this was done. What was typed at an earlier try has served.
    pub fn set_flash(done: Flash) {
        set_cookie(DONE, done.name(), LIFETIME);
        forget_form_values();
    }

    /// Has the next page show these codes, once. They are nowhere on the server in clear.
    pub fn set_recovery_codes(codes: &[String]) {
        set_cookie(&of_visitor(CODES), &codes.join("."), LIFETIME);
    }

    pub fn take_flash() -> Option<Flash> {
        take_cookie(DONE).and_then(|name| Flash::named(&name))
    }

    pub fn take_codes() -> Vec<String> {
        // Whatever somebody else put there is no code.
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
