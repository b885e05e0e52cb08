//! Conversations and their members.

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId, Error, ErrorKind, Field, Message, Millis, Rev, Seq, UserSummary,
    limits::{ROOM_NAME_MAX, ROOM_NAME_MIN},
    presence::UserPresence,
    text::{check_at_most, check_length, one_line},
};

/// What sort of conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationKind {
    /// Two people; one per pair.
    Direct,
    /// By invitation.
    Group,
    /// Public, with a unique name; anybody joins or creates it by that name.
    Room,
}

impl ConversationKind {
    /// Whether members see how far the others have read. Not in a room: it may have thousands of members, and
    /// reading in public is nobody's business.
    pub const fn shows_receipts(self) -> bool {
        !matches!(self, Self::Room)
    }
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads and writes.
    Member,
    /// Also manages members and messages.
    Admin,
    /// Created it.
    Owner,
}

/// What the frame around all pages of a signed-in person is drawn with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// The rows of the sidebar, the most recently active first.
    pub conversations: Vec<ConversationSummary>,
    /// How the people in them are seen; at most [`PRESENCE_SUBSCRIPTIONS_MAX`](crate::limits::PRESENCE_SUBSCRIPTIONS_MAX).
    pub people: Vec<UserPresence>,
}

/// A row of the sidebar, as one person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSummary {
    /// Which conversation.
    pub id: ConversationId,
    /// What sort.
    pub kind: ConversationKind,
    /// The room's or group's name; in a direct conversation the other person's.
    pub title: String,
    /// The other person of a direct conversation.
    pub peer: Option<UserSummary>,
    /// The conversation's revision.
    pub rev: Rev,
    /// The newest message's place; zero when there is none.
    pub last_seq: Seq,
    /// How far this person has read.
    pub seen_seq: Seq,
    /// Messages by others after `seen_seq`, counted up to [`UNREAD_MAX`](crate::limits::UNREAD_MAX).
    pub unread: u32,
    /// The newest message, its text shortened.
    pub last_message: Option<Message>,
    /// The newest message's author.
    pub last_author: Option<UserSummary>,
    /// When the newest message was stored, or, without one, when this person came in.
    pub active_at: Millis,
    /// How many members there are.
    pub members: u32,
}

/// Somebody in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub user: UserSummary,
    /// What they may do.
    pub role: Role,
    /// Whether they are still in.
    pub present: bool,
    /// How far messages reached one of their devices. Zero where receipts are not shown.
    pub delivered_seq: Seq,
    /// How far they read. Zero where receipts are not shown.
    pub seen_seq: Seq,
    /// The revision at which this row last changed.
    pub rev: Rev,
}

/// Checks a room's name and returns it on one line, without the `#` that it may be written with. It has a letter or a
/// digit in it, and no sign by which addresses and markup are taken apart.
///
/// # Errors
/// An [`Error`] on [`Field::Room`]: required, too short, too long or malformed.
pub fn check_room_name(text: &str) -> Result<String, Error> {
    let name = one_line(text);
    let name = name.trim_start_matches(['#', ' ']);
    check_length(name, ROOM_NAME_MIN, u32::MAX, Field::Room)?;
    check_at_most(name, ROOM_NAME_MAX, Field::Room)?;
    if name.contains(['/', '\\', '<', '>']) || !name.chars().any(char::is_alphanumeric) {
        return Err(ErrorKind::Malformed.on(Field::Room));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_names() {
        assert_eq!(check_room_name("  Tea \t House ").unwrap(), "Tea House");
        assert_eq!(check_room_name("#general").unwrap(), "general");
        for name in [
            "日本語",
            "हिन्दी",
            "தமிழ்",
            "ภาษาไทย",
            "മലയാളം",
            "فارسی\u{200c}ها",
            "עברית",
            "Cafe\u{301}",
            "Q&A",
            "C++",
            "Kids’ room",
            "Party 🎉",
        ] {
            assert_eq!(check_room_name(name).unwrap(), name);
        }
        let kind = |name: &str| check_room_name(name).unwrap_err().kind;
        assert_eq!(kind(" # "), ErrorKind::Required);
        assert_eq!(kind("a"), ErrorKind::TooShort { min: 2 });
        assert_eq!(kind(&"a".repeat(49)), ErrorKind::TooLong { max: 48 });
        for bad in ["a/b", "--", "a\\b", "<b>", "++"] {
            assert_eq!(kind(bad), ErrorKind::Malformed, "{bad}");
        }
    }
}
