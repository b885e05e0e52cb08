//! What people are to each other: friends, requests, blocks, and what each lets others do.

use serde::{Deserialize, Serialize};

use crate::{
    Error, ErrorKind, Field, Millis, UserSummary,
    limits::{SEARCH_TEXT_MAX, SEARCH_TEXT_MIN},
    text::{check_at_most, check_length, one_line},
};

/// What somebody is to the person who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FriendStatus {
    /// Nothing yet.
    #[default]
    None,
    /// This person asked them. Also after they declined: that is not told.
    RequestSent,
    /// They asked this person, who has not answered.
    RequestReceived,
    /// Friends.
    Friends,
}

/// Somebody, and what they are to the person who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relationship {
    /// Who.
    pub person: UserSummary,
    /// What they are.
    pub friend_status: FriendStatus,
    /// Whether this person blocked them. The other way round is never told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blocked: bool,
    /// Since when they are friends, or when one asked the other; for those who were blocked, since when they are. Zero
    /// for strangers.
    pub since: Millis,
}

/// All the people to whom a person is something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// Friends, by name.
    pub friends: Vec<Relationship>,
    /// Those who asked and wait for an answer, the newest first.
    pub requests_received: Vec<Relationship>,
    /// Those who were asked, the newest first.
    pub requests_sent: Vec<Relationship>,
    /// Those who are blocked, by name.
    pub blocked: Vec<Relationship>,
}

/// What a person does about somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationshipAction {
    /// Asks them to be friends.
    Request,
    /// Says yes to what they asked.
    Accept,
    /// Says no to it.
    Decline,
    /// Takes back what this person asked.
    Cancel,
    /// Ends the friendship.
    Remove,
    /// Blocks them.
    Block,
    /// Takes the block back.
    Unblock,
}

impl RelationshipAction {
    /// Its name in forms.
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

/// Checks what is looked for and returns it on one line, without the `@` that a username may be written with.
///
/// # Errors
/// An [`Error`] on [`Field::Search`]: required, too short (there is no list to page through) or too long.
pub fn check_search(text: &str) -> Result<String, Error> {
    let text = one_line(text);
    let text = text.trim_start_matches(['@', ' ']);
    check_length(text, SEARCH_TEXT_MIN, u32::MAX, Field::Search)?;
    check_at_most(text, SEARCH_TEXT_MAX, Field::Search)?;
    Ok(text.to_owned())
}

/// Whether a text has the form of an invitation's code. Said of what comes in an address or a form, before it is kept.
///
/// # Errors
/// [`ErrorKind::Expired`]: there never was such a link.
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
