//! The settings, except profile, status and second factor.

sentences! {
    BACK_TO_SETTINGS = "Back to settings";
    PROFILE = "Profile";
    PROFILE_ABOUT = "Name, picture, a few words about you";
    ACCOUNT = "Account";
    ACCOUNT_ABOUT = "Email address, username, your data";
    SECURITY = "Security";
    SECURITY_ABOUT = "Password, two-step sign-in, where you’re signed in";
    PRIVACY = "Privacy";
    PRIVACY_ABOUT = "Who can message you, and what others see";
    APPEARANCE = "Appearance";
    APPEARANCE_ABOUT = "Light or dark";
    ADMINISTRATOR = "Administrator of this server";

    STAY_SIGNED_IN = "Stay signed in";
    SIGN_OUT_AND_DELETE = "Sign out and delete";
    unsent_messages(count: u32) =
        "You have {count} unsent message in this browser. Signing out deletes it."
        | "You have {count} unsent messages in this browser. Signing out deletes them.";
    unsent_drafts(count: u32) =
        "You have {count} draft in this browser. Signing out deletes it."
        | "You have {count} drafts in this browser. Signing out deletes them.";
    unsent_messages_and_draft(count: u32) =
        "You have {count} unsent message and 1 draft in this browser. Signing out deletes them."
        | "You have {count} unsent messages and 1 draft in this browser. Signing out deletes them.";
    unsent_messages_and_drafts(count: u32, drafts: u32) =
        "You have {count} unsent message and {drafts} drafts in this browser. Signing out deletes them."
        | "You have {count} unsent messages and {drafts} drafts in this browser. Signing out deletes them.";

    EMAIL_ADDRESS = "Email address";
    email_now(email: &str) =
        "Your address is {email}. We’ll send a link to the new one. Once you open it, we’ll let the old one know.";
    NEW_EMAIL = "New email address";
    CHANGE_EMAIL = "Change email address";
    EMAIL_LINK_SENT =
        "We sent a link to your new address. Open it within a day to confirm the change; until then, nothing changes.";
    EMAIL_CHANGED = "Your email address was changed.";

    username_now(username: &str) =
        "Your username is @{username}. If you change it, others can take the old one right away.";
    NEW_USERNAME = "New username";
    CHANGE_USERNAME = "Change username";
    USERNAME_CHANGED = "Your username was changed.";

    YOUR_DATA = "Your data";
    YOUR_DATA_ABOUT =
        "Everything this server stores about you, and everything you wrote, as a file that other programs can read.";

    DELETION_TEASER = "This is permanent. The next page explains what it means.";
    GO_TO_DELETION = "Delete your account…";
    BACK_TO_ACCOUNT = "Back to account";
    CANNOT_BE_UNDONE = "This can’t be undone.";
    DELETION_REMOVES =
        "We delete your profile and picture, your email address and username, and your lists of friends and blocked \
         people. You’re signed out everywhere.";
    DELETION_KEEPS = "What you wrote in conversations stays, under “Deleted account” instead of your name.";
    DELETION_LEAVES = "You leave every room, and nobody can message you any more.";
    KEEP_WHAT_YOU_WROTE = "Want to keep what you wrote?";
    DOWNLOAD_FIRST = "Download your data first";
    DELETE_FOR_GOOD = "Yes, delete my account for good";
    DELETE_ACCOUNT = "Delete account";
    KEEP_IT = "Keep account";
    ACCOUNT_DELETED = "Your account was deleted. Take care.";

    CHANGE_TWO_STEP_SIGN_IN = "Manage two-step sign-in";
    TWO_STEP_IS_ON = "On: signing in takes your password and a code from your app.";
    TWO_STEP_IS_OFF = "Off: anyone who learns your password can sign in.";

    NEW_PASSWORD_SIGNS_OUT = "Changing it signs you out everywhere else.";
    FORGOT_CURRENT_PASSWORD = "Forgot your current password?";
    PASSWORD_CHANGED = "Your password was changed. You’re signed out everywhere else.";
    PASSWORD_RESET = "Your password was changed, and you’re signed out everywhere. Sign in with the new one.";
    SIGN_IN_TOOK_TOO_LONG = "That took too long. Sign in again.";

    WHERE_SIGNED_IN = "Where you’re signed in";
    UNKNOWN_SESSION = "See one you don’t know? Sign out there, then change your password.";
    LOADING_SESSIONS = "Loading sessions";
    THIS_BROWSER = "This browser";
    last_used(time: &str) = "Last used {time}";
    signed_in(time: &str) = "signed in {time}";
    browser_on_system(browser: &str, system: &str) = "{browser} on {system}";
    unknown_browser_on_system(system: &str) = "Unknown browser on {system}";
    UNKNOWN_BROWSER = "Unknown browser";
    sign_out_device(device: &str) = "Sign out {device}";
    SIGN_OUT_ELSEWHERE = "Sign out everywhere else";
    SESSION_ENDED = "That browser was signed out.";
    OTHER_SESSIONS_ENDED = "You’re signed out everywhere else.";

    WHO_MAY_WRITE = "Who can message you, call you and add you to groups";
    WHO_SEES_YOU = "Who can see your status and whether you’re online";
    EVERYBODY = "Everyone on this server";
    FRIENDS_AND_ACQUAINTANCES = "Friends, and people in a group or room with you";
    FRIENDS_ONLY = "Friends only";
    NOBODY = "Nobody";
    READ_RECEIPTS = "Read receipts";
    READ_RECEIPTS_ABOUT =
        "Let others see how far you’ve read. If you turn this off, you can’t see how far they’ve read either.";
    BLOCKED_CANNOT_REACH_YOU = "People you blocked can’t reach you, whatever you choose here, and aren’t told.";
    SEE_WHO_IS_BLOCKED = "See who you blocked";

    LIGHT_OR_DARK = "Light or dark";
    THEME_ABOUT = "Applies to this browser. “System” follows your device.";
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
