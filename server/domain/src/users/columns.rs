//! Conversions between database columns and `protocol` types.

use protocol::{
    presence::Availability,
    privacy::{Privacy, WhoSees, WhoWrites},
};

use crate::entities::user;

/// Converts a column to the [`Availability`] that a user chose.
pub const fn availability(column: i16) -> Availability {
    match column {
        1 => Availability::Away,
        2 => Availability::Busy,
        3 => Availability::Invisible,
        _ => Availability::Automatic,
    }
}

/// Converts an [`Availability`] to its column.
pub const fn availability_column(availability: Availability) -> i16 {
    match availability {
        Availability::Automatic => 0,
        Availability::Away => 1,
        Availability::Busy => 2,
        Availability::Invisible => 3,
    }
}

/// Converts a column to a [`WhoWrites`]. An unknown number becomes the strictest.
pub const fn who_writes(column: i16) -> WhoWrites {
    match column {
        0 => WhoWrites::Everyone,
        1 => WhoWrites::Acquaintances,
        _ => WhoWrites::Friends,
    }
}

/// Converts a [`WhoWrites`] to its column.
pub const fn who_writes_column(who: WhoWrites) -> i16 {
    match who {
        WhoWrites::Everyone => 0,
        WhoWrites::Acquaintances => 1,
        WhoWrites::Friends => 2,
    }
}

/// Converts a column to a [`WhoSees`]. An unknown number becomes the strictest.
pub const fn who_sees(column: i16) -> WhoSees {
    match column {
        0 => WhoSees::Everyone,
        1 => WhoSees::Friends,
        _ => WhoSees::Nobody,
    }
}

/// Converts a [`WhoSees`] to its column.
pub const fn who_sees_column(who: WhoSees) -> i16 {
    match who {
        WhoSees::Everyone => 0,
        WhoSees::Friends => 1,
        WhoSees::Nobody => 2,
    }
}

/// Returns a user's privacy settings.
pub const fn privacy(user: &user::Model) -> Privacy {
    Privacy {
        messages: who_writes(user.who_messages),
        presence: who_sees(user.who_presence),
        receipts: user.sends_receipts,
    }
}
