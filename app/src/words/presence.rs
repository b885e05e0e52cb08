//! The presence of users.

use protocol::presence::Presence;

sentences! {
    ONLINE = "Online";
    AWAY = "Away";
    DO_NOT_DISTURB = "Do not disturb";
    OFFLINE = "Offline";

    // The button that opens the status menu: what others see.
    YOU_ONLINE = "You: Online";
    YOU_AWAY = "You: Away";
    YOU_DO_NOT_DISTURB = "You: Do not disturb";
    YOU_OFFLINE = "You: Offline";
}

/// Returns the label of a user's presence.
pub const fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Online => ONLINE,
        Presence::Away => AWAY,
        Presence::Busy => DO_NOT_DISTURB,
        Presence::Offline => OFFLINE,
    }
}

/// Returns the label of the user's own presence, as others see it.
pub const fn own_presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Online => YOU_ONLINE,
        Presence::Away => YOU_AWAY,
        Presence::Busy => YOU_DO_NOT_DISTURB,
        Presence::Offline => YOU_OFFLINE,
    }
}
