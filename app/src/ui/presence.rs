//! Whether somebody is there: a dot whose shape says it as well as its colour.

use leptos::prelude::*;
use protocol::presence::Presence;

use super::{VisuallyHidden, words};

/// In words.
pub const fn presence_label(presence: Presence) -> &'static str {
    match presence {
        Presence::Online => "Online",
        Presence::Away => "Away",
        Presence::Busy => "Do not disturb",
        Presence::Offline => "Offline",
    }
}

const fn name(presence: Presence) -> &'static str {
    match presence {
        Presence::Online => "online",
        Presence::Away => "away",
        Presence::Busy => "busy",
        Presence::Offline => "offline",
    }
}

/// The dot: full, a moon, a bar across, a ring. Nothing while it is not known.
#[component]
pub fn PresenceDot(
    /// What it says.
    #[prop(into)]
    presence: Signal<Option<Presence>>,
    /// Whether words stand beside it that say the same.
    #[prop(optional)]
    silent: bool,
) -> impl IntoView {
    view! {
        <span class="presence" data-presence=move || presence.get().map(name)>
            {(!silent)
                .then(|| {
                    let label = move || presence.get().map(|presence| presence_label(presence).to_owned());
                    view! { <VisuallyHidden>{words(label)}</VisuallyHidden> }
                })}
        </span>
    }
    .into_any()
}
