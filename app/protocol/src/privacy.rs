//! The privacy settings of an account.

use serde::{Deserialize, Serialize};

/// The users who may write to a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhoWrites {
    /// All users of this server.
    #[default]
    Everyone,
    /// Friends, and users who are in a group or room with the user.
    Acquaintances,
    /// Friends.
    Friends,
}

/// The users who see something of a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhoSees {
    /// All users of this server.
    #[default]
    Everyone,
    /// Friends.
    Friends,
    /// Nobody.
    Nobody,
}

/// The privacy settings of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// The users who may write to the user.
    pub messages: WhoWrites,
    /// The users who see the user's presence, the time when they were last online, and their status.
    pub presence: WhoSees,
    /// Whether others see the user's read position. A user who turns this off does not see the receipts of others
    /// either.
    pub receipts: bool,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { messages: WhoWrites::default(), presence: WhoSees::default(), receipts: true }
    }
}

impl WhoWrites {
    /// Returns its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Acquaintances => "acquaintances",
            Self::Friends => "friends",
        }
    }

    /// Returns the value of that name; the strictest for any other name.
    pub fn named(name: &str) -> Self {
        match name {
            "everyone" => Self::Everyone,
            "acquaintances" => Self::Acquaintances,
            _ => Self::Friends,
        }
    }
}

impl WhoSees {
    /// Returns its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Friends => "friends",
            Self::Nobody => "nobody",
        }
    }

    /// Returns the value of that name; the strictest for any other name.
    pub fn named(name: &str) -> Self {
        match name {
            "everyone" => Self::Everyone,
            "friends" => Self::Friends,
            _ => Self::Nobody,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_nonsense_is_strict() {
        for who in [WhoWrites::Everyone, WhoWrites::Acquaintances, WhoWrites::Friends] {
            assert_eq!(WhoWrites::named(who.name()), who);
        }
        for who in [WhoSees::Everyone, WhoSees::Friends, WhoSees::Nobody] {
            assert_eq!(WhoSees::named(who.name()), who);
        }
        assert_eq!(WhoWrites::named("x"), WhoWrites::Friends);
        assert_eq!(WhoSees::named(""), WhoSees::Nobody);
    }
}
