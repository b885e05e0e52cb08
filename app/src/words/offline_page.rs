//! The page that the service worker shows without a connection, if it has not stored the page that was asked for.
//!
//! The service worker is no part of the app, so the test in `json.rs` writes these sentences into `public/sw.js`, and
//! nothing else reads them.

sentences! {
    OFFLINE = "You’re offline";
    WINDOW_TITLE = "You’re offline · WeConnect";
    PAGE_NOT_KEPT = "The server can’t be reached, and this page isn’t saved in this browser.";
    MESSAGES_WAIT = "Your unsent messages will be sent when you’re back online.";
}
