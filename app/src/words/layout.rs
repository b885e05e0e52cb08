//! The frame around the pages, and the pages in place of those that are missing or failed.

sentences! {
    OPENING_WECONNECT = "Loading WeConnect";

    // No page at the address.
    NOT_FOUND = "Not found";
    NOTHING_HERE = "Page not found";
    NO_PAGE_AT_ADDRESS = "There’s nothing at this address. The link may be outdated or mistyped.";

    // A page that failed. The error follows `DID_NOT_WORK`.
    DID_NOT_WORK = "That didn’t work";
    MESSAGES_ARE_SAFE = "Your messages are safe on the server.";

    // A page whose code could not be loaded.
    NOT_LOADED = "Page not loaded";
    PAGE_NOT_LOADED = "This page couldn’t be loaded. You may be offline.";
}
