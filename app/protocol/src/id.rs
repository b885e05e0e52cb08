//! Identifiers and positions.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Milliseconds since 1970-01-01T00:00:00 UTC.
pub type Millis = i64;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Builds a UUIDv7 (RFC 9562, section 5.7) from a time and random bytes.
            ///
            /// The caller supplies both, because this crate has no clock and no source of randomness.
            pub fn from_parts(at: Millis, random: &[u8; 10]) -> Self {
                let at = u64::try_from(at).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(at, random).into_uuid())
            }

            /// Returns the id in the form that the database stores.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = crate::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self).map_err(|_| crate::ErrorKind::NotFound.into())
            }
        }
    };
}

uuid_id! {
    /// The id of a user, a person with an account.
    UserId
}
uuid_id! {
    /// The id of a conversation: direct, group or room.
    ConversationId
}
uuid_id! {
    /// The id of a message. **The client makes it** before it sends the message. It is the primary key, so that a retry
    /// stores nothing twice, and the row on screen keeps its identity from "pending" to "seen".
    MessageId
}

uuid_id! {
    /// The id of a user's picture. A new picture has a new id, so that copies that browsers keep are never out of date.
    PictureId
}
uuid_id! {
    /// A handle with which a user names one of their sessions. It gives no access to the session.
    SessionHandle
}

macro_rules! position {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// The position before the first.
            pub const ZERO: Self = Self(0);

            /// Returns the position `n` after this one; saturates.
            #[must_use]
            pub const fn plus(self, n: i64) -> Self {
                Self(self.0.saturating_add(n))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

position! {
    /// A message's position in its conversation: 1, 2, 3 … without gaps. It never changes.
    Seq
}
position! {
    /// A conversation's revision. Each transaction that changes something visible in a conversation stamps it with the
    /// next revision, so that one query finds everything that changed since a revision.
    Rev
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_later_sort_later() {
        let early = MessageId::from_parts(1_000, &[0xff; 10]);
        let late = MessageId::from_parts(1_001, &[0; 10]);
        assert!(early < late);
        assert_eq!(early.uuid().get_version_num(), 7);
    }

    #[test]
    fn an_id_survives_the_wire_and_an_address_bar() {
        let id = ConversationId::from_parts(42, &[7; 10]);
        assert_eq!(id.to_string().parse::<ConversationId>().unwrap(), id);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{id}\""));
        assert!("not-an-id".parse::<ConversationId>().is_err());
    }
}
