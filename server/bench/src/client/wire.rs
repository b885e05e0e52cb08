//! Parsing of frames, as cheap as possible: the client must not be what limits the server.

use protocol::{Rev, live::ServerFrame};

use crate::error::{Context, Result};

/// A frame, parsed as far as needed.
#[derive(Debug)]
pub enum Heard {
    /// Events that lead from one revision to another.
    Events {
        /// See [`Events`](protocol::live::Events).
        before: Rev,
        /// See [`Events`](protocol::live::Events).
        after: Rev,
    },
    /// Any other frame.
    Frame(ServerFrame),
}

/// Parses a frame.
///
/// # Errors
/// Returns an error if the frame is not part of the protocol.
pub fn read(text: &str) -> Result<Heard> {
    if let Some((before, after)) = revisions(text) {
        return Ok(Heard::Events { before, after });
    }
    match serde_json::from_str(text).context("a frame")? {
        ServerFrame::Events(events) => Ok(Heard::Events { before: events.before, after: events.after }),
        frame => Ok(Heard::Frame(frame)),
    }
}

/// Returns the revisions of a frame of events if it begins as the server's encoder writes it. Otherwise the frame has
/// to be parsed.
fn revisions(text: &str) -> Option<(Rev, Rev)> {
    let (_, rest) = text.strip_prefix(r#"{"events":{"conversation":""#)?.split_at_checked(36)?;
    let (before, rest) = number(rest.strip_prefix(r#"","before":"#)?)?;
    let (after, _) = number(rest.strip_prefix(r#","after":"#)?)?;
    Some((Rev(before), Rev(after)))
}

fn number(text: &str) -> Option<(i64, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

/// Returns the message texts in a frame of events. The client made them, so nothing in them is escaped.
pub fn bodies(text: &str) -> impl Iterator<Item = &str> {
    text.split(r#""body":""#).skip(1).filter_map(|rest| rest.split('"').next())
}

#[cfg(test)]
mod tests {
    use protocol::{ConversationId, Message, MessageId, Seq, UserId, live::Events};

    use super::*;

    #[test]
    fn the_servers_encoding_is_read_without_parsing() {
        let id = MessageId::from_parts(1, &[2; 10]);
        let message = |n: i64| Message {
            id,
            author: UserId::from_parts(0, &[0; 10]),
            seq: Seq(n),
            rev: Rev(n),
            at: 0,
            body: format!("{n} a"),
        };
        let frame = ServerFrame::Events(Events {
            conversation: ConversationId::from_parts(0, &[0; 10]),
            before: Rev(9),
            after: Rev(11),
            messages: vec![message(10), message(11)],
            members: vec![],
            people: vec![],
        });
        let text = serde_json::to_string(&frame).unwrap();
        assert_eq!(revisions(&text), Some((Rev(9), Rev(11))));
        assert_eq!(bodies(&text).collect::<Vec<_>>(), ["10 a", "11 a"]);
        // Fields in another order are read as well, only slower.
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(matches!(read(&value.to_string()).unwrap(), Heard::Events { before: Rev(9), after: Rev(11) }));
        assert!(matches!(read(r#""resync""#).unwrap(), Heard::Frame(ServerFrame::Resync)));
        assert!(read("{}").is_err());
    }
}
