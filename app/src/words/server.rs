//! The document around the app, and the pages and answers that the server writes without the app.

sentences! {
    DESCRIPTION = "Chat on a server of your own.";
    NO_LONGER_REACTS = "Something went wrong, and this page no longer reacts.";
    LOAD_AGAIN = "Load it again";

    SOMETHING_WENT_WRONG = "Something went wrong";
    NOTHING_HERE = "There is nothing at this address.";
    ADDRESS_MALFORMED = "This address could not be understood.";
    UNAVAILABLE = "The server can't do this right now. Try again in a moment.";
    TOO_MANY_CONNECTIONS = "There are too many connections. Try again in a moment.";
    cross_site(address: &str) = "This request comes from another site. Open {address} and try again.";

    NOT_SENT = "Not sent";
    YOU_WROTE = "What you wrote:";
    TO_YOUR_CONVERSATIONS = "To your conversations";

    OUTBOX = "Outbox";
    OUTBOX_ABOUT =
        "No mail server is set, so these mails were not sent. Keep the address of this page to yourself: whoever knows \
         it can read them.";
    NO_MAILS = "No mails yet.";
    mail_to(address: &str) = "To {address}";
}
