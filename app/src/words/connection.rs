//! The banner about the connection.

sentences! {
    OFFLINE = "You’re offline. Keep reading and writing: your messages will be sent when you’re back online.";
    OFFLINE_NOT_KEPT =
        "You’re offline, and this browser couldn’t save what you wrote. Keep this page open: your messages will be \
         sent when you’re back online.";
    NOT_KEPT = "This browser couldn’t save what you wrote. Keep this page open until your messages are sent.";
    PAUSED = "This page is paused because you have many others open. Click or press any key to reconnect.";

    // A link to the sign-in page follows.
    SESSION_ENDED_KEPT = "You’ve been signed out. What you wrote is saved in this browser.";
    SESSION_ENDED_NOT_KEPT =
        "You’ve been signed out, and this browser couldn’t save what you wrote. Keep this page open and use another \
         tab to sign in again: your messages will then be sent.";

    // Another account signed in, in another tab. A link follows, which goes on with that account. Its username may be
    // unknown.
    signed_in_as(username: &str) =
        "You’re now signed in as @{username} in this browser, so this page has stopped. What you wrote here is saved \
         for the account you wrote it with.";
    SIGNED_IN_AS_SOMEBODY_ELSE =
        "You’re now signed in with another account in this browser, so this page has stopped. What you wrote here is \
         saved for the account you wrote it with.";
    go_on_as(username: &str) = "Continue as @{username}";
    GO_ON_AS_SOMEBODY_ELSE = "Continue with the other account";
}
