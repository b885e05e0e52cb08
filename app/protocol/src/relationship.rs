//! Relationships between users: friendships, friend requests and blocks.

use serde::{Deserialize, Serialize};

use crate::{
    Error, ErrorKind, Field, Millis, UserSummary,
    limits::{SEARCH_TEXT_MAX, SEARCH_TEXT_MIN},
    text::{check_at_most, check_length, one_line},
};

/// The state of a friendship, as the user who asks sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FriendStatus {
    /// There is neither a friendship nor a request.
    #[default]
    None,
    /// The user sent a friend request. Also after the other user declined it, which is not disclosed.
    RequestSent,
    /// The other user sent a friend request, which waits for an answer.
    RequestReceived,
    /// The users are friends.
    Friends,
}

/// Another user, and the relationship with them of the user who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relationship {
    /// The other user.
    pub person: UserSummary,
    /// The friend status.
    pub friend_status: FriendStatus,
    /// Whether the user who asks blocked the other user. The reverse is never disclosed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blocked: bool,
    /// The time when the friendship began or the request was sent; for a blocked user, the time of the block. Zero if
    /// there is no relationship.
    pub since: Millis,
}

/// All users that a user has a relationship with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// Friends, by name.
    pub friends: Vec<Relationship>,
    /// Users whose friend requests wait for an answer, the newest first.
    pub requests_received: Vec<Relationship>,
    /// Users to whom the user sent friend requests, the newest first.
    pub requests_sent: Vec<Relationship>,
    /// Blocked users, by name.
    pub blocked: Vec<Relationship>,
}

/// A change that a user makes to a relationship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationshipAction {
    /// Sends a friend request.
    Request,
    /// Accepts the other user's friend request.
    Accept,
    /// Declines the other user's friend request.
    Decline,
    /// Withdraws the user's own friend request.
    Cancel,
    /// Ends the friendship.
    Remove,
    /// Blocks the other user.
    Block,
    /// Removes the block.
    Unblock,
}

impl RelationshipAction {
    /// Returns its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
            Self::Remove => "remove",
            Self::Block => "block",
            Self::Unblock => "unblock",
        }
    }
}

/// Checks a search text and returns it on one line, without the `@` that a username may be written with.
///
/// # Errors
/// Returns an [`Error`] on [`Field::Search`] if the text is empty, too short (there is no list to page through) or too
/// long.
pub fn check_search(text: &str) -> Result<String, Error> {
    let text = one_line(text);
    let text = text.trim_start_matches(['@', ' ']);
    check_length(text, SEARCH_TEXT_MIN, u32::MAX, Field::Search)?;
    check_at_most(text, SEARCH_TEXT_MAX, Field::Search)?;
    Ok(text.to_owned())
}

/// Checks that a text has the form of an invitation code, and returns it trimmed. Addresses and forms carry such texts;
/// they are checked before they are stored.
///
/// # Errors
/// Returns [`ErrorKind::Expired`] if it has another form: such a link never existed.
pub fn check_invite(code: &str) -> Result<&str, Error> {
    let code = code.trim();
    let is_fine = !code.is_empty() && code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_fine { Ok(code) } else { Err(ErrorKind::Expired.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for() {
        assert_eq!(check_search(" @Ada  King ").unwrap(), "Ada King");
        assert_eq!(check_search(" @ ").unwrap_err(), ErrorKind::Required.on(Field::Search));
        assert_eq!(check_search("a").unwrap_err(), ErrorKind::TooShort { min: 2 }.on(Field::Search));
        assert!(check_search(&"é".repeat(51)).is_err());
    }

    #[test]
    fn changes_are_called_in_forms_as_on_the_wire() {
        let all = [
            RelationshipAction::Request,
            RelationshipAction::Accept,
            RelationshipAction::Decline,
            RelationshipAction::Cancel,
            RelationshipAction::Remove,
            RelationshipAction::Block,
            RelationshipAction::Unblock,
        ];
        for change in all {
            assert_eq!(serde_json::to_string(&change).unwrap(), format!("\"{}\"", change.name()));
        }
    }

    #[test]
    fn codes_of_invitations() {
        assert_eq!(check_invite(" 0af9 ").unwrap(), "0af9");
        for bad in ["", "a/b", "ü", "a b", &"a".repeat(65)] {
            assert_eq!(check_invite(bad).unwrap_err().kind, ErrorKind::Expired, "{bad}");
        }
    }
}
