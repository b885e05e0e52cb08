//! The settings, except profile, status and second factor.

sentences! {
    BACK_TO_SETTINGS = "Back to settings";
    PROFILE = "Profile";
    PROFILE_ABOUT = "Name, picture, a few words about you";
    ACCOUNT = "Account";
    ACCOUNT_ABOUT = "E-mail address, username, your data";
    SECURITY = "Security";
    SECURITY_ABOUT = "Password, two-step sign-in, your sessions";
    PRIVACY = "Privacy";
    PRIVACY_ABOUT = "Who may write to you, and what others see";
    APPEARANCE = "Appearance";
    APPEARANCE_ABOUT = "Light or dark";
    ADMINISTRATOR = "Administrator of this server";

    STAY_SIGNED_IN = "Stay signed in";
    SIGN_OUT_AND_DELETE = "Sign out and delete";
    unsent_messages(count: u32) =
        "You have {count} unsent message in this browser. Signing out deletes what you have not sent."
        | "You have {count} unsent messages in this browser. Signing out deletes what you have not sent.";
    unsent_drafts(count: u32) =
        "You have {count} draft in this browser. Signing out deletes what you have not sent."
        | "You have {count} drafts in this browser. Signing out deletes what you have not sent.";
    unsent_messages_and_draft(count: u32) =
        "You have {count} unsent message and 1 draft in this browser. Signing out deletes what you have not sent."
        | "You have {count} unsent messages and 1 draft in this browser. Signing out deletes what you have not sent.";
    unsent_messages_and_drafts(count: u32, drafts: u32) =
        "You have {count} unsent message and {drafts} drafts in this browser. Signing out deletes what you have not \
         sent."
        | "You have {count} unsent messages and {drafts} drafts in this browser. Signing out deletes what you have not \
           sent.";

    EMAIL_ADDRESS = "E-mail address";
    email_now(email: &str) =
        "It is {email}. We send a link to the new one; once you follow it, the old one is told.";
    NEW_EMAIL = "New e-mail address";
    CHANGE_EMAIL = "Change e-mail address";
    EMAIL_LINK_SENT = "We sent a link to the new address. Follow it within a day; until then, nothing changes.";
    EMAIL_CHANGED = "Your e-mail address was changed.";

    username_now(username: &str) = "It is {username}. The old one is free for others at once.";
    NEW_USERNAME = "New username";
    CHANGE_USERNAME = "Change username";
    USERNAME_CHANGED = "Your username was changed.";

    YOUR_DATA = "Your data";
    YOUR_DATA_ABOUT =
        "All that this server keeps about you, and everything you wrote, as a file that other programs can read.";

    DELETION_TEASER = "For good. You are told what that means first.";
    GO_TO_DELETION = "Delete your account …";
    BACK_TO_ACCOUNT = "Back to your account";
    CANNOT_BE_UNDONE = "This can't be undone.";
    DELETION_REMOVES =
        "What goes: your profile and picture, your e-mail address and username, your friends and the people you \
         blocked. You are signed out everywhere.";
    DELETION_KEEPS =
        "What stays: what you said in conversations. It stands under “Deleted account” there, without your name.";
    DELETION_LEAVES = "You leave every room, and nobody can write to you any more.";
    KEEP_WHAT_YOU_WROTE = "Do you want to keep what you wrote?";
    DOWNLOAD_FIRST = "Download your data first.";
    DELETE_FOR_GOOD = "Delete my account for good.";
    DELETE_ACCOUNT = "Delete account";
    KEEP_IT = "Keep it";
    ACCOUNT_DELETED = "Your account is gone. Take care.";

    CHANGE_TWO_STEP_SIGN_IN = "Change two-step sign-in";
    TWO_STEP_IS_ON = "On: signing in takes a code from your app besides the password.";
    TWO_STEP_IS_OFF = "Off: whoever learns your password gets in.";

    NEW_PASSWORD_SIGNS_OUT = "A new one signs you out everywhere else.";
    FORGOT_CURRENT_PASSWORD = "Forgot the one you have?";
    PASSWORD_CHANGED = "Your password was changed. You are signed out everywhere else.";
    PASSWORD_RESET = "Your password is a new one, and you are signed out everywhere. Sign in with it.";
    SIGN_IN_TOOK_TOO_LONG = "That took too long. Sign in again.";

    WHERE_SIGNED_IN = "Where you are signed in";
    UNKNOWN_SESSION = "Something you don't know? Sign out there, and change your password.";
    LOADING_SESSIONS = "Loading your sessions";
    THIS_BROWSER = "This browser";
    last_used(time: &str) = "Last used {time}";
    signed_in(time: &str) = "signed in {time}";
    browser_on_system(browser: &str, system: &str) = "{browser} on {system}";
    unknown_browser_on_system(system: &str) = "Unknown browser on {system}";
    UNKNOWN_BROWSER = "Unknown browser";
    sign_out_device(device: &str) = "Sign out {device}";
    SIGN_OUT_ELSEWHERE = "Sign out everywhere else";
    SESSION_ENDED = "That browser is signed out.";
    OTHER_SESSIONS_ENDED = "You are signed out everywhere else.";

    WHO_MAY_WRITE = "Who may write to you, call you and add you to groups";
    WHO_SEES_YOU = "Who sees whether you are here, and your status";
    EVERYBODY = "Everybody on this server";
    FRIENDS_AND_ACQUAINTANCES = "Friends, and people in a group or room with me";
    FRIENDS_ONLY = "Friends only";
    NOBODY = "Nobody";
    READ_RECEIPTS = "Read receipts";
    READ_RECEIPTS_ABOUT =
        "Let others see how far you have read. If you don’t, you don’t see it of them either.";
    BLOCKED_CANNOT_REACH_YOU =
        "People you blocked can’t reach you, whatever you choose here, and are not told.";
    SEE_WHO_IS_BLOCKED = "See who is blocked";

    LIGHT_OR_DARK = "Light or dark";
    THEME_ABOUT = "In this browser. “System” follows your device.";
    THEME_SYSTEM = "System";
    THEME_LIGHT = "Light";
    THEME_DARK = "Dark";
}

/// Returns the warning, before signing out, about what the user wrote in this browser and did not send; none if there
/// is nothing.
pub fn unsent(messages: u32, drafts: u32) -> Option<String> {
    Some(match (messages, drafts) {
        (0, 0) => return None,
        (messages, 0) => unsent_messages(messages),
        (0, drafts) => unsent_drafts(drafts),
        (messages, 1) => unsent_messages_and_draft(messages),
        (messages, drafts) => unsent_messages_and_drafts(messages, drafts),
    })
}

/// Returns the name of a session's device, by which its user knows it.
pub fn device(browser: Option<&str>, system: Option<&str>) -> String {
    match (browser, system) {
        (Some(browser), Some(system)) => browser_on_system(browser, system),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => unknown_browser_on_system(system),
        (None, None) => UNKNOWN_BROWSER.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{device, unsent};

    #[test]
    fn a_device_is_named_as_far_as_it_is_known() {
        assert_eq!(device(Some("Firefox"), Some("Linux")), "Firefox on Linux");
        assert_eq!(device(Some("Firefox"), None), "Firefox");
        assert_eq!(device(None, Some("Linux")), "Unknown browser on Linux");
        assert_eq!(device(None, None), "Unknown browser");
    }

    #[test]
    fn the_warning_names_what_there_is() {
        assert_eq!(unsent(0, 0), None);
        for (messages, drafts, expected) in [
            (0, 1, "You have 1 draft in"),
            (2, 0, "You have 2 unsent messages in"),
            (1, 1, "You have 1 unsent message and 1 draft in"),
            (3, 1, "You have 3 unsent messages and 1 draft in"),
            (1, 2, "You have 1 unsent message and 2 drafts in"),
        ] {
            let warning = unsent(messages, drafts).unwrap();
            assert!(warning.starts_with(expected), "{warning}");
        }
    }
}
