//! The document around the app, and the pages and answers that the server writes without the app.

pub use super::chat::TO_YOUR_CONVERSATIONS;

sentences! {
    DESCRIPTION = "Chat on your own server.";
    NO_LONGER_REACTS = "Something went wrong, and this page has stopped working.";
    LOAD_AGAIN = "Reload the page";

    SOMETHING_WENT_WRONG = "Something went wrong";
    NOTHING_HERE = "There’s nothing at this address.";
    ADDRESS_MALFORMED = "This isn’t a valid address. Check it for typos.";
    UNAVAILABLE = "The server can’t do this right now. Try again in a moment.";
    TOO_MANY_CONNECTIONS = "There are too many connections. Try again in a moment.";
    cross_site(address: &str) = "This request came from another site. Open {address} and try again.";

    NOT_SENT = "Not sent";
    YOU_WROTE = "What you wrote:";

    OUTBOX = "Outbox";
    OUTBOX_ABOUT =
        "No mail server is set up, so these emails weren’t sent. Keep the address of this page to yourself: anyone who \
         has it can read them.";
    NO_MAILS = "No emails yet.";
    mail_to(address: &str) = "To {address}";
}
