//! What happens to an account. Whoever can do such a thing unbidden must not be able to do it unseen.

use super::{Letter, Mail};

const NOT_ME: &str = "If this was not you, somebody else can get into your account: choose a new password at once.";

/// Brings the link that sets a new password.
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

/// Tells that the password is another now. The link asks for a new one.
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

/// Answers a wish for an address that is another account's. Only its owner learns that it has one.
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

/// Tells the old address that there is a new one. The link leads to where an operator can be found.
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

/// Tells that signing in takes a code now.
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

/// Tells that signing in takes no code any more.
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

/// Tells that somebody signed in without the app.
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

/// The last mail.
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
