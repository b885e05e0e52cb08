//! Mails about a sign-up.

use super::{Letter, Mail};

/// Asks to confirm an address.
pub(crate) fn verification(to: &str, username: &str, link: &str) -> Mail {
    Letter {
        to,
        subject: "Confirm your e-mail address",
        title: &format!("Welcome to WeConnect, {username}."),
        lead: "To finish signing up, confirm your e-mail address within 24 hours.",
        action: ("Confirm e-mail address", link),
        closing: "If you did not sign up, ignore this mail: without the link nothing happens.",
    }
    .write()
}

/// Reports a sign-up with an address that has an account. Only the owner of the address learns of that account.
pub(crate) fn already_registered(to: &str, username: &str, link: &str) -> Mail {
    let lead = format!(
        "Somebody, perhaps you, signed up to WeConnect with this e-mail address. It has an account already, by the \
         name of {username}. Sign in with the password you chose then."
    );
    Letter {
        to,
        subject: "You already have an account",
        title: "You already have an account.",
        lead: &lead,
        action: ("Sign in", link),
        closing: "If this was not you, ignore this mail: your account stays as it is.",
    }
    .write()
}
