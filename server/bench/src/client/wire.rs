//! Parsing of frames, as cheap as possible: the client must not be what limits the server.

use protocol::{Rev, live::ServerFrame};

use crate::error::{Context, Result};

/// A frame, parsed as far as needed.
#[derive(Debug)]
pub enum Heard {
    /// Changes that lead from one revision to another.
    Delta {
        /// See [`Delta`](protocol::live::Delta).
        since: Rev,
        /// See [`Delta`](protocol::live::Delta).
        rev: Rev,
    },
    /// Any other frame.
    Frame(ServerFrame),
}

/// Parses a frame.
///
/// # Errors
/// Returns an error if the frame is not part of the protocol.
pub fn read(text: &str) -> Result<Heard> {
    if let Some((since, rev)) = revisions(text) {
        return Ok(Heard::Delta { since, rev });
    }
    match serde_json::from_str(text).context("a frame")? {
        ServerFrame::Delta(delta) => Ok(Heard::Delta { since: delta.since, rev: delta.rev }),
        frame => Ok(Heard::Frame(frame)),
    }
}

/// Returns the revisions of a delta if it begins as the server's encoder writes it. Otherwise the frame has
/// to be parsed.
fn revisions(text: &str) -> Option<(Rev, Rev)> {
    let (_, rest) = text.strip_prefix(r#"{"delta":{"conversation":""#)?.split_at_checked(36)?;
    let (since, rest) = number(rest.strip_prefix(r#"","since":"#)?)?;
    let (rev, _) = number(rest.strip_prefix(r#","rev":"#)?)?;
    Some((Rev(since), Rev(rev)))
}

fn number(text: &str) -> Option<(i64, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

/// Returns the message texts in a delta. The client made them, so nothing in them is escaped.
pub fn bodies(text: &str) -> impl Iterator<Item = &str> {
    text.split(r#""text":""#).skip(1).filter_map(|rest| rest.split('"').next())
}

#[cfg(test)]
mod tests {
    use protocol::{
        Content, ConversationId, Message, MessageId, Seq, UserId,
        live::{Change, Delta},
    };

    use super::*;

    #[test]
    fn the_servers_encoding_is_read_without_parsing() {
        let id = MessageId::from_parts(1, &[2; 10]);
        let message = |n: i64| {
            Change::Message(Message {
                id,
                author: UserId::from_parts(0, &[0; 10]),
                seq: Seq(n),
                rev: Rev(n),
                at: 0,
                reply_to: None,
                edited_at: None,
                content: Content::Text(format!("{n} a")),
            })
        };
        let delta = Delta::new(ConversationId::from_parts(0, &[0; 10]), Rev(9), Rev(11));
        let frame = ServerFrame::Delta(Delta { changes: vec![message(10), message(11)], ..delta });
        let text = serde_json::to_string(&frame).unwrap();
        assert_eq!(revisions(&text), Some((Rev(9), Rev(11))));
        assert_eq!(bodies(&text).collect::<Vec<_>>(), ["10 a", "11 a"]);
        // Fields in another order are read as well, only slower.
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(matches!(read(&value.to_string()).unwrap(), Heard::Delta { since: Rev(9), rev: Rev(11) }));
        assert!(matches!(read(r#""resync""#).unwrap(), Heard::Frame(ServerFrame::Resync)));
        assert!(read("{}").is_err());
    }
}
