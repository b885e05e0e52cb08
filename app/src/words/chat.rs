//! Conversations and messages.

use protocol::Content;

sentences! {
    about(title: &str) = "About {title}";
    MESSAGE_DELETED = "Message deleted";
    MESSAGE_UNKNOWN = "This page is too old to show this message. Reload it.";
}

/// Returns a message's content in words: its text, or what is said in place of one.
pub fn content_text(content: &Content) -> &str {
    match content {
        Content::Text(text) => text,
        Content::Deleted => MESSAGE_DELETED,
        Content::Unknown => MESSAGE_UNKNOWN,
    }
}
