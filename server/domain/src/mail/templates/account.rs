//! Mails about changes to an account. A change that somebody could make without the owner's consent is always reported
//! to the owner.

use super::{Letter, Mail};

const NOT_ME: &str = "If this was not you, somebody else can get into your account: choose a new password at once.";

/// Carries the link that sets a new password.
pub(crate) fn reset(to: &str, username: &str, link: &str) -> Mail {
    Letter {
        to,
        subject: "Choose a new password",
        title: &format!("A new password for {username}"),
        lead: "Somebody, perhaps you, forgot the password of your account. Choose a new one within an hour.",
        action: ("Choose a new password", link),
        closing: "If this was not you, ignore this mail: your password stays as it is.",
    }
    .write()
}

/// Reports that the password was changed. The link leads to the request for a new one.
pub(crate) fn password_changed(to: &str, username: &str, link: &str) -> Mail {
    Letter {
        to,
        subject: "Your password was changed",
        title: "Your password was changed.",
        lead: &format!(
            "The password of the account {username} is a new one. Wherever else you were signed in, you have to sign \
             in again."
        ),
        action: ("Choose another password", link),
        closing: NOT_ME,
    }
    .write()
}

/// Asks to confirm a new address of an account.
pub(crate) fn confirm_address(to: &str, username: &str, link: &str) -> Mail {
    Letter {
        to,
        subject: "Confirm your new e-mail address",
        title: "Your new e-mail address",
        lead: &format!("The account {username} is to have this e-mail address. Confirm it within 24 hours."),
        action: ("Confirm e-mail address", link),
        closing: "If this was not you, ignore this mail: without the link nothing happens.",
    }
    .write()
}

/// Reports that somebody asked for an address that another account has. Only the owner of the address learns of that
/// account.
pub(crate) fn address_taken(to: &str, username: &str, link: &str) -> Mail {
    let lead = format!(
        "Somebody, perhaps you, wanted to use this e-mail address for another account. It is in use already, for the \
         account {username}. An address can have one account."
    );
    Letter {
        to,
        subject: "This e-mail address is in use already",
        title: "This e-mail address is in use already.",
        lead: &lead,
        action: ("Sign in", link),
        closing: "If this was not you, ignore this mail: your account stays as it is.",
    }
    .write()
}

/// Reports the new address to the old one. The link leads to the server, where its operator can be found.
pub(crate) fn address_changed(to: &str, username: &str, new: &str, link: &str) -> Mail {
    Letter {
        to,
        subject: "Your e-mail address was changed",
        title: "Your e-mail address was changed.",
        lead: &format!(
            "Mail about the account {username} goes to {new} from now on. This is the last one to this address."
        ),
        action: ("Open WeConnect", link),
        closing: "If this was not you, sign in, change your password, and tell whoever runs this server.",
    }
    .write()
}

/// Reports that signing in requires a code now.
pub(crate) fn second_factor_on(to: &str, username: &str, link: &str) -> Mail {
    Letter {
        to,
        subject: "Two-step sign-in is on",
        title: "Two-step sign-in is on.",
        lead: &format!(
            "Signing in to the account {username} takes a code from your app besides the password from now on. Keep \
             your recovery codes where you find them without your phone."
        ),
        action: ("Choose another password", link),
        closing: NOT_ME,
    }
    .write()
}

/// Reports that signing in no longer requires a code.
pub(crate) fn second_factor_off(to: &str, username: &str, link: &str) -> Mail {
    Letter {
        to,
        subject: "Two-step sign-in is off",
        title: "Two-step sign-in is off.",
        lead: &format!("Signing in to the account {username} takes nothing but the password from now on."),
        action: ("Choose another password", link),
        closing: NOT_ME,
    }
    .write()
}

/// Reports that a recovery code was used instead of the app.
pub(crate) fn recovery_code_used(to: &str, username: &str, left: u32, link: &str) -> Mail {
    let lead = format!(
        "A recovery code of the account {username} was used instead of a code from the app. Codes that are left: \
         {left}. You can make new ones in the settings."
    );
    Letter {
        to,
        subject: "A recovery code was used",
        title: "A recovery code was used.",
        lead: &lead,
        action: ("Choose another password", link),
        closing: NOT_ME,
    }
    .write()
}

/// Reports that the account was deleted. This is the last mail.
pub(crate) fn deleted(to: &str, username: &str, link: &str) -> Mail {
    Letter {
        to,
        subject: "Your account was deleted",
        title: "Your account was deleted.",
        lead: &format!(
            "The account {username} is gone, as you asked. What you said in conversations stays there, without your \
             name. We will not write again."
        ),
        action: ("Open WeConnect", link),
        closing: "If this was not you, tell whoever runs this server.",
    }
    .write()
}
