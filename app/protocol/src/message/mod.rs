//! Messages and pages of the history.

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId, ConversationSummary, Error, Field, Member, MessageId, Millis, Rev, Seq, UserId, UserSummary,
    limits::MESSAGE_MAX,
    text::{check_length, lines},
};

/// A stored message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The id, made by the author's client.
    pub id: MessageId,
    /// The user who wrote it.
    pub author: UserId,
    /// Its position in the conversation.
    pub seq: Seq,
    /// The revision at which it last changed. Of two versions, the one with the higher revision is newer.
    pub rev: Rev,
    /// The time when the server stored it.
    pub at: Millis,
    /// The text.
    pub body: String,
}

/// A part of a conversation's history, oldest first, without gaps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagePage {
    /// The conversation.
    pub conversation: ConversationId,
    /// The conversation's revision, read before the messages: every change that the page misses has a higher one.
    pub rev: Rev,
    /// The messages.
    pub messages: Vec<Message>,
    /// The authors of those messages.
    pub people: Vec<UserSummary>,
    /// Whether there are older messages.
    pub has_older: bool,
    /// Whether there are newer messages.
    pub has_newer: bool,
}

/// A part of a conversation's history to request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageQuery {
    /// The newest messages.
    Newest,
    /// The messages before this position.
    Before(Seq),
    /// The messages after this position.
    After(Seq),
    /// The messages on both sides of this position, and the one at it.
    Around(Seq),
}

/// A conversation in the state in which a page first shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSnapshot {
    /// The row of the sidebar.
    pub summary: ConversationSummary,
    /// The newest messages, or those around the first unread one.
    pub page: MessagePage,
    /// All members with their read positions in a direct conversation or a group; none in a room, which may have
    /// thousands.
    pub members: Vec<Member>,
}

/// Checks a message's text and returns it without surrounding white space, with line ends as `\n` and without
/// characters that reorder text. Counts characters as typed, not composed, which bounds the frame that carries them.
///
/// # Errors
/// Returns an [`Error`] on [`Field::Body`] if the text is empty or too long.
pub fn check_body(text: &str) -> Result<String, Error> {
    let body = lines(text);
    check_length(&body, 1, MESSAGE_MAX, Field::Body)?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorKind, limits::FRAME_MAX_BYTES};

    #[test]
    fn bodies() {
        assert_eq!(check_body("  hi\r\nthere\r ").unwrap(), "hi\nthere");
        assert_eq!(check_body("a\u{202e}b\u{0}").unwrap(), "ab");
        // Joiners and fillers alone draw nothing; such a message would be an empty bubble.
        for empty in ["", " \n\t", "\u{200b}", "\u{200d}", "\u{3164}\u{2800}", "\u{ad}", "\u{ffa0}"] {
            assert_eq!(check_body(empty).unwrap_err(), ErrorKind::Required.on(Field::Body), "{empty:?}");
        }
        assert!(check_body(&"é".repeat(8_000)).is_ok());
        assert_eq!(check_body(&"é".repeat(8_001)).unwrap_err().kind, ErrorKind::TooLong { max: 8_000 });
    }

    #[test]
    fn the_longest_message_fits_a_frame() {
        // The longest encodings of a character in JSON: \u00XX for controls (six bytes), four bytes for the highest
        // planes.
        let frame = crate::live::ClientFrame::Send {
            id: MessageId::from_parts(0, &[0; 10]),
            conversation: ConversationId::from_parts(0, &[0; 10]),
            body: "\u{1}".repeat(8_000),
        };
        assert!(serde_json::to_string(&frame).unwrap().len() < usize::try_from(FRAME_MAX_BYTES).unwrap());
    }
}
