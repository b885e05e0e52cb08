//! How somebody is seen, in words.

use browser::{clock, time};
use leptos::prelude::*;
use protocol::presence::{Presence, UserPresence};

use super::{isolated, presence_label, use_today};

/// The line below somebody's name: whether they are there, or since when they are not, and what they say.
///
/// It is a line also while nothing is known, so that nothing moves when it is.
pub fn presence_text(sighting: Memo<Option<UserPresence>>) -> Signal<Option<String>> {
    // At first as the server writes it, who does not know what time it is here.
    let (is_local, today) = (RwSignal::new(false), use_today());
    Effect::new(move |_| is_local.set(true));
    Signal::derive(move || {
        let Some(UserPresence { presence, last_seen, status, .. }) = sighting.get() else {
            return Some("\u{a0}".to_owned());
        };
        let there = match last_seen {
            Some(at) if is_local.get() => {
                today.track();
                format!("Last seen {}", time::moment(at, clock::now()))
            }
            Some(at) => format!("Last seen on {}", time::utc_date(at)),
            None => presence_label(presence).to_owned(),
        };
        let said = status.map(|status| format!("{} {}", status.emoji, isolated(&status.text)).trim().to_owned());
        Some([Some(there), said].into_iter().flatten().collect::<Vec<_>>().join(" · "))
    })
}

/// Whether they are there, for the dot on their face.
pub fn presence_of(sighting: Memo<Option<UserPresence>>) -> Signal<Option<Presence>> {
    Signal::derive(move || sighting.with(|seen| seen.as_ref().map(|seen| seen.presence)))
}

/// Returns the address of a user's profile.
pub fn profile_path(username: &str) -> String {
    format!("/u/{username}")
}
