//! The basic components.

sentences! {
    SHOW_PASSWORD = "Show password";
    // The label of the pane with details about a conversation, unless a page gives a better one.
    DETAILS = "Details";
    BACK_TO_CONVERSATIONS = "Back to conversations";
}
