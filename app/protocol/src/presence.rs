//! Whether somebody is there, and what they say about it.

use serde::{Deserialize, Serialize};

use crate::{
    Error, ErrorKind, Field, Millis, UserId,
    limits::{STATUS_EMOJI_MAX, STATUS_MAX},
    text::{check_at_most, length, one_line},
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
pub struct UserPresence {
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

impl UserPresence {
    /// What is seen of somebody of whom nothing may be seen: the same as of somebody who never was there.
    pub const fn hidden(id: UserId) -> Self {
        Self { id, presence: Presence::Offline, last_seen: None, status: None }
    }
}

/// What a person chose to be seen as. Their own tabs alone hear of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPresence {
    /// Whether they are there.
    pub availability: Availability,
    /// What they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

impl OwnPresence {
    /// As what others see somebody who is there.
    pub const fn shown_as(&self) -> Presence {
        match self.availability {
            Availability::Automatic => Presence::Online,
            Availability::Away => Presence::Away,
            Availability::Busy => Presence::Busy,
            Availability::Invisible => Presence::Offline,
        }
    }
}

/// For how long a status is to be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// 30 minutes.
    HalfHour,
    /// An hour.
    Hour,
    /// Four hours.
    FourHours,
    /// Until midnight.
    Today,
    /// Until the midnight after Sunday (ISO 8601: weeks begin on Monday).
    Week,
    /// Until it is taken away.
    #[default]
    Never,
}

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;
/// The largest distance of local time from UTC that there is, in minutes.
const OFFSET_MAX: i32 = 14 * 60;

impl Expiry {
    /// All of them, the shortest first.
    pub const ALL: [Self; 6] = [Self::HalfHour, Self::Hour, Self::FourHours, Self::Today, Self::Week, Self::Never];

    /// Its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HalfHour => "30m",
            Self::Hour => "1h",
            Self::FourHours => "4h",
            Self::Today => "today",
            Self::Week => "week",
            Self::Never => "never",
        }
    }

    /// The one of that name; never for any other.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|expiry| expiry.name() == name).unwrap_or_default()
    }

    /// When what is set now ends. `offset` is how far local time is ahead of UTC, in minutes.
    ///
    /// A day ends with its last millisecond, so that its end is written as a time of that day.
    pub fn until(self, now: Millis, offset: i32) -> Option<Millis> {
        let ahead = Millis::from(offset.clamp(-OFFSET_MAX, OFFSET_MAX)) * MINUTE;
        let local = now.saturating_add(ahead);
        let day = local.div_euclid(DAY);
        let end_of = |day: i64| day.saturating_add(1).saturating_mul(DAY).saturating_sub(1).saturating_sub(ahead);
        match self {
            Self::HalfHour => Some(now.saturating_add(30 * MINUTE)),
            Self::Hour => Some(now.saturating_add(HOUR)),
            Self::FourHours => Some(now.saturating_add(4 * HOUR)),
            Self::Today => Some(end_of(day)),
            // 1970-01-01 was a Thursday.
            Self::Week => Some(end_of(day.saturating_add(6 - (day + 3).rem_euclid(7)))),
            Self::Never => None,
        }
    }
}

/// Checks a status and returns it on one line, without what reorders text. Both parts may be empty: there is no status
/// then. Whether the emoji is one, the server knows.
///
/// # Errors
/// An [`Error`] on [`Field::Status`] or [`Field::Emoji`].
pub fn check_status(status: Status) -> Result<Status, Error> {
    let (emoji, text) = (one_line(&status.emoji), one_line(&status.text));
    check_at_most(&text, STATUS_MAX, Field::Status)?;
    if length(&emoji) > STATUS_EMOJI_MAX {
        return Err(ErrorKind::Malformed.on(Field::Emoji));
    }
    Ok(Status { emoji, text, until: status.until })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(emoji: &str, text: &str) -> Result<Status, Error> {
        check_status(Status { emoji: emoji.into(), text: text.into(), until: None })
    }

    #[test]
    fn statuses() {
        for emoji in ["", "🌴", "👩🏽‍👩🏽‍👧🏽‍👦🏽", "❤️", "🇩🇪", "1️⃣", "☕"] {
            assert!(check(emoji, "On holiday").is_ok(), "{emoji}");
        }
        assert_eq!(check(&"🌴".repeat(15), "").unwrap_err(), ErrorKind::Malformed.on(Field::Emoji));
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
    fn expiries() {
        // Wednesday, 25 November 2026, 22:30 in UTC.
        let now = 1_795_645_800_000;
        let in_hours = |hours: i64| Some(now + hours * HOUR);
        for expiry in Expiry::ALL {
            assert_eq!(Expiry::named(expiry.name()), expiry);
        }
        assert_eq!(Expiry::named("soon").until(now, 0), None);
        assert_eq!(Expiry::HalfHour.until(now, 60), Some(now + 30 * MINUTE));
        assert_eq!((Expiry::Hour.until(now, 0), Expiry::FourHours.until(now, 0)), (in_hours(1), in_hours(4)));
        // The last millisecond of the day, wherever one is.
        assert_eq!(Expiry::Today.until(now, 0), Some(now + 90 * MINUTE - 1));
        assert_eq!(Expiry::Today.until(now, 60), Some(now + 30 * MINUTE - 1));
        assert_eq!(Expiry::Today.until(now, 120), Some(now + DAY - 30 * MINUTE - 1));
        assert_eq!(Expiry::Today.until(now, -210), Some(now + 5 * HOUR - 1));
        assert_eq!(Expiry::Week.until(now, 0), Some(now + 4 * DAY + 90 * MINUTE - 1));
        // An offset that no place on earth has is no way to a date far off.
        assert_eq!(Expiry::Today.until(now, i32::MAX), Expiry::Today.until(now, OFFSET_MAX));
    }

    proptest! {
        #[test]
        fn a_week_ends_on_a_sunday_within_seven_days(now in 0..1_i64 << 42, offset in -840..=840_i32) {
            let until = Expiry::Week.until(now, offset).unwrap();
            prop_assert!(until >= now && until - now < 7 * DAY);
            let local = until + i64::from(offset) * MINUTE;
            prop_assert_eq!((local.div_euclid(DAY) + 3).rem_euclid(7), 6);
            prop_assert_eq!(local.rem_euclid(DAY), DAY - 1);
            let today = Expiry::Today.until(now, offset).unwrap();
            prop_assert!(today >= now && today <= until);
        }
    }

    #[test]
    fn availabilities_have_names() {
        for chosen in [Availability::Automatic, Availability::Away, Availability::Busy, Availability::Invisible] {
            assert_eq!(Availability::named(chosen.name()), chosen);
        }
    }
}
