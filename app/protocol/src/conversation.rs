//! Conversations and their members.

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId, Error, ErrorKind, Field, Message, Millis, Rev, Seq, UserSummary,
    limits::{ROOM_NAME_MAX, ROOM_NAME_MIN},
    presence::UserPresence,
    text::{check_at_most, check_length, one_line},
};

/// The kind of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationKind {
    /// Between two users; one per pair.
    Direct,
    /// Joined by invitation.
    Group,
    /// Public, with a unique name by which any user joins or creates it.
    Room,
}

impl ConversationKind {
    /// Returns whether members see the receipts of the others. Rooms show none: they may have thousands of members, and
    /// readers of a public room should not be observed.
    pub const fn shows_receipts(self) -> bool {
        !matches!(self, Self::Room)
    }
}

/// The rights of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads and writes.
    Member,
    /// Also manages members and messages.
    Admin,
    /// Created the conversation.
    Owner,
}

/// The initial data of the layout around all pages of a signed-in user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// The rows of the sidebar, the most recently active first.
    pub conversations: Vec<ConversationSummary>,
    /// The presence of the users in them, at most
    /// [`PRESENCE_SUBSCRIPTIONS_MAX`](crate::limits::PRESENCE_SUBSCRIPTIONS_MAX).
    pub people: Vec<UserPresence>,
}

/// A row of the sidebar, as one user sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSummary {
    /// The conversation.
    pub id: ConversationId,
    /// Its kind.
    pub kind: ConversationKind,
    /// The room's or group's name; in a direct conversation the other user's.
    pub title: String,
    /// The other user of a direct conversation.
    pub peer: Option<UserSummary>,
    /// The conversation's revision.
    pub rev: Rev,
    /// The position of the newest message; zero if there is none.
    pub last_seq: Seq,
    /// The user's read position.
    pub seen_seq: Seq,
    /// The number of messages by others after `seen_seq`, counted up to [`UNREAD_MAX`](crate::limits::UNREAD_MAX).
    pub unread: u32,
    /// The newest message, with the [preview](crate::Content::preview) of its content.
    pub last_message: Option<Message>,
    /// The newest message's author.
    pub last_author: Option<UserSummary>,
    /// The time when the newest message was stored or, if there is none, when the user joined.
    pub active_at: Millis,
    /// The number of members.
    pub members: u32,
}

/// A member of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The user.
    pub user: UserSummary,
    /// The member's rights.
    pub role: Role,
    /// The position up to which messages reached one of the member's devices. Zero if receipts are not shown.
    pub delivered_seq: Seq,
    /// The member's read position. Zero if receipts are not shown.
    pub seen_seq: Seq,
    /// The revision at which this row last changed.
    pub rev: Rev,
}

/// Checks a room's name and returns it on one line, without the `#` that it may be written with. It must contain a
/// letter or a digit, and none of `/`, `\`, `<` and `>`, which delimit addresses and markup.
///
/// # Errors
/// Returns an [`Error`] on [`Field::Room`] if the name is empty, too short, too long or malformed.
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
