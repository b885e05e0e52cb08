//! The presence of a user, as text.

use crate::words;
use browser::clock;
use leptos::prelude::*;
use protocol::presence::{Presence, UserPresence};

use super::use_today;

/// Returns the line below a user's name: the presence or when the user was last seen, and the status.
///
/// While the presence is unknown, the line is a no-break space, so that nothing moves later.
pub fn presence_text(sighting: Memo<Option<UserPresence>>) -> Signal<Option<String>> {
    // The first text is that of the server, which does not know the local time.
    let (is_local, today) = (RwSignal::new(false), use_today());
    Effect::new(move |_| is_local.set(true));
    Signal::derive(move || {
        let Some(UserPresence { presence, last_seen, status, .. }) = sighting.get() else {
            return Some("\u{a0}".to_owned());
        };
        let there = match last_seen {
            Some(at) if is_local.get() => {
                today.track();
                words::time::last_seen(at, clock::now())
            }
            Some(at) => words::time::last_seen_on_date(&words::time::utc_date(at)),
            None => words::presence::presence(presence).to_owned(),
        };
        let said = status.map(|status| format!("{} {}", status.emoji, words::isolated(&status.text)).trim().to_owned());
        Some([Some(there), said].into_iter().flatten().collect::<Vec<_>>().join(" · "))
    })
}

/// Returns a user's presence, for the dot on the avatar.
pub fn presence_of(sighting: Memo<Option<UserPresence>>) -> Signal<Option<Presence>> {
    Signal::derive(move || sighting.with(|seen| seen.as_ref().map(|seen| seen.presence)))
}

/// Returns the address of a user's profile.
pub fn profile_path(username: &str) -> String {
    format!("/u/{username}")
}
