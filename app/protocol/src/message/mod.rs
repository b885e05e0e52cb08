//! Messages and pages of the history.

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId, ConversationSummary, Error, Field, Member, MessageId, Millis, Rev, Seq, UserId, UserSummary,
    limits::{MESSAGE_MAX, PREVIEW_MAX},
    open_enum::deserialize_open_enum,
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
    /// The message that it answers, in the same conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// The time of its last edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Millis>,
    /// Its content.
    pub content: Content,
}

impl Message {
    /// Creates a message with a text that answers no other, as it is stored first.
    pub const fn of_text(id: MessageId, author: UserId, seq: Seq, rev: Rev, at: Millis, text: String) -> Self {
        Self { id, author, seq, rev, at, reply_to: None, edited_at: None, content: Content::Text(text) }
    }
}

/// The content of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A text.
    Text(String),
    /// Nothing any more: the message was deleted, and keeps its position.
    Deleted,
    /// Content of a kind that this version does not know. Another version shows it.
    #[serde(skip)]
    Unknown,
}

deserialize_open_enum!(Content { "text" => Text, } { "deleted" => Deleted, });

impl Content {
    /// Returns the text, if it is one.
    pub const fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_str()),
            Self::Deleted | Self::Unknown => None,
        }
    }

    /// Returns the content as a list of conversations shows it: a text on one line, with at most [`PREVIEW_MAX`]
    /// characters and an ellipsis.
    #[must_use]
    pub fn preview(&self) -> Self {
        match self {
            Self::Text(text) => Self::Text(preview(text)),
            other => other.clone(),
        }
    }
}

/// Returns the first characters of a text. Line ends and other white space become single spaces.
fn preview(text: &str) -> String {
    let max = usize::try_from(PREVIEW_MAX).unwrap_or(usize::MAX);
    // Every character is looked at only until there are enough: a text may be long.
    let mut short = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        let space = usize::from(count > 0);
        for character in " ".chars().take(space).chain(word.chars()) {
            if count == max {
                short.truncate(short.trim_end().len());
                short.push('…');
                return short;
            }
            short.push(character);
            count += 1;
        }
    }
    short
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
    fn a_preview_is_one_short_line() {
        let preview = |text: &str| Content::Text(text.into()).preview();
        let text = |text: &str| Content::Text(text.into());
        assert_eq!(preview("hello"), text("hello"));
        assert_eq!(preview("one\n\n  two\tthree "), text("one two three"));
        let most = "é".repeat(160);
        assert_eq!(preview(&most), text(&most));
        assert_eq!(preview(&"é".repeat(161)), text(&format!("{most}…")));
        assert_eq!(
            preview(&format!("{} b", "a".repeat(159))),
            text(&format!("{}…", "a".repeat(159))),
            "no space before it"
        );
        // A preview of a preview is the same.
        let long = preview(&"ab ".repeat(1_000));
        assert_eq!(long.preview(), long);
        assert_eq!(Content::Deleted.preview(), Content::Deleted);
    }

    #[test]
    fn content_of_a_newer_version_is_unknown() {
        for (wire, content) in [
            (r#"{"text":"a"}"#, Content::Text("a".into())),
            (r#""deleted""#, Content::Deleted),
            (r#"{"media":{"files":[1,2]}}"#, Content::Unknown),
            (r#""vanished""#, Content::Unknown),
        ] {
            assert_eq!(serde_json::from_str::<Content>(wire).unwrap(), content, "{wire}");
            if content != Content::Unknown {
                assert_eq!(serde_json::to_string(&content).unwrap(), wire);
            }
        }
        for bad in [r#"{"text":7}"#, "{}", "7"] {
            assert!(serde_json::from_str::<Content>(bad).is_err(), "{bad}");
        }
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
