//! Whether somebody is there, and what they say about it.

use serde::{Deserialize, Serialize};

use crate::{
    Error, ErrorKind, Field, Millis, UserId,
    limits::{STATUS_EMOJI_MAX, STATUS_MAX},
    text::{length, one_line},
};

/// What a person chose to be seen as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// As their activity says.
    #[default]
    Automatic,
    /// Away, whatever they do.
    Away,
    /// Please do not disturb.
    Busy,
    /// As if offline.
    Invisible,
}

impl Availability {
    /// Its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Invisible => "invisible",
        }
    }

    /// The one of that name; automatic for any other.
    pub fn named(name: &str) -> Self {
        match name {
            "away" => Self::Away,
            "busy" => Self::Busy,
            "invisible" => Self::Invisible,
            _ => Self::Automatic,
        }
    }
}

/// What others see of whether a person is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// There.
    Online,
    /// Connected, but nothing happened for a while.
    Away,
    /// Does not want to be disturbed.
    Busy,
    /// Not there, or not seen by whoever asks.
    #[default]
    Offline,
}

/// A few words about oneself, for a while.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// One emoji, or none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub emoji: String,
    /// The words, or none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
}

impl Status {
    /// Whether it says anything at this time.
    pub fn is_shown(&self, now: Millis) -> bool {
        !(self.emoji.is_empty() && self.text.is_empty()) && self.until.is_none_or(|until| until > now)
    }
}

/// How somebody is seen by the person who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Who.
    pub id: UserId,
    /// Whether they are there.
    pub presence: Presence,
    /// When they last were, where that may be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Millis>,
    /// What they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

impl Sighting {
    /// What is seen of somebody of whom nothing may be seen: the same as of somebody who never was there.
    pub const fn hidden(id: UserId) -> Self {
        Self { id, presence: Presence::Offline, last_seen: None, status: None }
    }
}

/// Checks a status and returns it on one line, without what hides or reorders text. Both parts may be empty: there is
/// no status then.
///
/// # Errors
/// An [`Error`] on [`Field::Status`] or [`Field::Emoji`].
pub fn check_status(status: Status) -> Result<Status, Error> {
    let (emoji, text) = (one_line(&status.emoji), one_line(&status.text));
    if length(&text) > STATUS_MAX {
        return Err(ErrorKind::TooLong { max: STATUS_MAX }.on(Field::Status));
    }
    // A family of four with skin tones has eleven scalar values; letters and digits are no pictures. (A keycap is a
    // digit with U+20E3.)
    let is_picture = emoji.is_empty()
        || (length(&emoji) <= STATUS_EMOJI_MAX
            && emoji.chars().any(|c| u32::from(c) > 0x203b)
            && emoji.chars().all(|c| !c.is_alphabetic() && !c.is_whitespace() && !c.is_ascii_punctuation()));
    if !is_picture {
        return Err(ErrorKind::Malformed.on(Field::Emoji));
    }
    Ok(Status { emoji, text, until: status.until })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(emoji: &str, text: &str) -> Result<Status, Error> {
        check_status(Status { emoji: emoji.into(), text: text.into(), until: None })
    }

    #[test]
    fn statuses() {
        for emoji in ["", "🌴", "👩🏽‍👩🏽‍👧🏽‍👦🏽", "❤️", "🇩🇪", "1️⃣", "☕"] {
            assert!(check(emoji, "On holiday").is_ok(), "{emoji}");
        }
        for text in ["x", "abc", "1", "#", "🌴 x", "<b>", "ü", "日"] {
            assert_eq!(check(text, "").unwrap_err(), ErrorKind::Malformed.on(Field::Emoji), "{text}");
        }
        assert_eq!(check("", " a \n b ").unwrap().text, "a b");
        assert!(check("", &"é".repeat(100)).is_ok());
        assert_eq!(check("", &"é".repeat(101)).unwrap_err(), ErrorKind::TooLong { max: 100 }.on(Field::Status));
    }

    #[test]
    fn a_status_ends() {
        let status = Status { text: "Lunch".into(), until: Some(10), ..Status::default() };
        assert!(status.is_shown(9) && !status.is_shown(10));
        assert!(!Status::default().is_shown(0));
    }

    #[test]
    fn availabilities_have_names() {
        for chosen in [Availability::Automatic, Availability::Away, Availability::Busy, Availability::Invisible] {
            assert_eq!(Availability::named(chosen.name()), chosen);
        }
    }
}
