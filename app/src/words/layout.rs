//! The frame around the pages, and the pages in place of those that are missing or failed.

sentences! {
    OPENING_WECONNECT = "Opening WeConnect";

    // No page at the address.
    NOT_FOUND = "Not found";
    NOTHING_HERE = "Nothing here";
    NO_PAGE_AT_ADDRESS = "There is no page at this address. The link may be old or mistyped.";
    GO_TO_YOUR_CONVERSATIONS = "Go to your conversations";

    // A page that failed. The error follows `DID_NOT_WORK`.
    DID_NOT_WORK = "That didn't work";
    MESSAGES_ARE_SAFE = "Your messages are safe on the server.";

    // A page whose code could not be loaded.
    NOT_LOADED = "Not loaded";
    PAGE_NOT_LOADED = "This page could not be loaded. Perhaps you are offline.";
}
