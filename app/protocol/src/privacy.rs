//! The privacy settings of an account: what a person lets others see and do.

use serde::{Deserialize, Serialize};

/// Who may write to a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhoWrites {
    /// Everybody on this server.
    #[default]
    Everyone,
    /// Friends, and those who are in a group or room with them.
    Acquaintances,
    /// Friends.
    Friends,
}

/// Who sees something of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhoSees {
    /// Everybody on this server.
    #[default]
    Everyone,
    /// Friends.
    Friends,
    /// Nobody.
    Nobody,
}

/// What a person lets others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// Who may write to them.
    pub messages: WhoWrites,
    /// Who sees whether they are there, when they last were, and their status.
    pub presence: WhoSees,
    /// Whether others see how far they read. Who does not tell is not told.
    pub receipts: bool,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { messages: WhoWrites::default(), presence: WhoSees::default(), receipts: true }
    }
}

impl WhoWrites {
    /// Its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Acquaintances => "acquaintances",
            Self::Friends => "friends",
        }
    }

    /// The one of that name; the strictest for any other.
    pub fn named(name: &str) -> Self {
        match name {
            "everyone" => Self::Everyone,
            "acquaintances" => Self::Acquaintances,
            _ => Self::Friends,
        }
    }
}

impl WhoSees {
    /// Its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Friends => "friends",
            Self::Nobody => "nobody",
        }
    }

    /// The one of that name; the strictest for any other.
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
