//! Presence, availability and status of users.

use serde::{Deserialize, Serialize};

use crate::{
    Error, ErrorKind, Field, Millis, UserId,
    limits::{STATUS_EMOJI_MAX, STATUS_MAX},
    text::{check_at_most, length, one_line},
};

/// The availability that a user chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Follows the user's activity.
    #[default]
    Automatic,
    /// Away, regardless of the user's activity.
    Away,
    /// Do not disturb.
    Busy,
    /// Appears offline.
    Invisible,
}

impl Availability {
    /// Returns its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Invisible => "invisible",
        }
    }

    /// Returns the value of that name; automatic for any other name.
    pub fn named(name: &str) -> Self {
        match name {
            "away" => Self::Away,
            "busy" => Self::Busy,
            "invisible" => Self::Invisible,
            _ => Self::Automatic,
        }
    }
}

/// A user's presence, as others see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Connected and active.
    Online,
    /// Connected, but without activity for a while, or set to away.
    Away,
    /// Connected, and does not want to be disturbed.
    Busy,
    /// Not connected, or not visible to the user who asks.
    #[default]
    Offline,
}

/// A user's custom status, possibly for a limited time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// One emoji, or an empty string.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub emoji: String,
    /// The text, or an empty string.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The time when it expires, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
}

impl Status {
    /// Returns whether the status is set and not expired at this time.
    pub fn is_shown(&self, now: Millis) -> bool {
        !(self.emoji.is_empty() && self.text.is_empty()) && self.until.is_none_or(|until| until > now)
    }
}

/// A user's presence, as the user who asks sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPresence {
    /// The user.
    pub id: UserId,
    /// The user's presence.
    pub presence: Presence,
    /// The time when the user was last online, if it may be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Millis>,
    /// The user's status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

impl UserPresence {
    /// Returns the presence that hides everything: the same as that of a user who was never online.
    pub const fn hidden(id: UserId) -> Self {
        Self { id, presence: Presence::Offline, last_seen: None, status: None }
    }
}

/// The availability and the status that a user chose. Only the user's own tabs receive it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPresence {
    /// The availability.
    pub availability: Availability,
    /// The status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

impl OwnPresence {
    /// Returns the presence that others see while the user is connected and active.
    pub const fn shown_as(&self) -> Presence {
        match self.availability {
            Availability::Automatic => Presence::Online,
            Availability::Away => Presence::Away,
            Availability::Busy => Presence::Busy,
            Availability::Invisible => Presence::Offline,
        }
    }
}

/// The time until a status expires.
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
    /// Until it is removed.
    #[default]
    Never,
}

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;
/// The largest offset of a local time from UTC, in minutes.
const OFFSET_MAX: i32 = 14 * 60;

impl Expiry {
    /// All values, the shortest first.
    pub const ALL: [Self; 6] = [Self::HalfHour, Self::Hour, Self::FourHours, Self::Today, Self::Week, Self::Never];

    /// Returns its name in forms.
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

    /// Returns the value of that name; [`Never`](Self::Never) for any other name.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|expiry| expiry.name() == name).unwrap_or_default()
    }

    /// Returns the time when a status that is set now expires. `offset` is how far local time is ahead of UTC, in
    /// minutes.
    ///
    /// A day ends with its last millisecond, so that its end is displayed as a time of that day.
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

/// Checks a status and returns it on one line, without characters that reorder text. Both parts may be empty: there is
/// no status then. The server checks whether the emoji is one.
///
/// # Errors
/// Returns an [`Error`] on [`Field::Status`] if the text is too long, or on [`Field::Emoji`] if the emoji is malformed.
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
        // The last millisecond of the local day.
        assert_eq!(Expiry::Today.until(now, 0), Some(now + 90 * MINUTE - 1));
        assert_eq!(Expiry::Today.until(now, 60), Some(now + 30 * MINUTE - 1));
        assert_eq!(Expiry::Today.until(now, 120), Some(now + DAY - 30 * MINUTE - 1));
        assert_eq!(Expiry::Today.until(now, -210), Some(now + 5 * HOUR - 1));
        assert_eq!(Expiry::Week.until(now, 0), Some(now + 4 * DAY + 90 * MINUTE - 1));
        // An offset that no place on earth has is clamped.
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
