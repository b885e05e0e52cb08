//! The banner about the connection.

sentences! {
    OFFLINE = "You're offline. You can read and write; messages are sent when the connection is back.";
    OFFLINE_NOT_KEPT =
        "You're offline, and this browser could not keep what you wrote. Leave this page open: your messages are \
         sent when the connection is back.";
    NOT_KEPT = "This browser could not keep what you wrote. Leave this page open until your messages are sent.";
    PAUSED = "This page is paused because you have many others open. Click or press a key to reconnect it.";

    // A link to the sign-in page follows.
    SESSION_ENDED_KEPT = "Your session has ended. What you wrote is kept.";
    SESSION_ENDED_NOT_KEPT =
        "Your session has ended, and this browser could not keep what you wrote. Leave this page open and sign in in \
         another tab: your messages are sent then.";

    // Another account signed in, in another tab. A link follows, which goes on with that account. Its username may be
    // unknown.
    signed_in_as(username: &str) =
        "You are now signed in as @{username} in this browser, so this page has stopped. What you wrote here is kept \
         for the account it was written in.";
    SIGNED_IN_AS_SOMEBODY_ELSE =
        "You are now signed in as somebody else in this browser, so this page has stopped. What you wrote here is \
         kept for the account it was written in.";
    go_on_as(username: &str) = "Go on as @{username}";
    GO_ON_AS_SOMEBODY_ELSE = "Go on as somebody else";
}
