//! The presence of a user, as a dot that differs in shape as well as in colour.

use leptos::prelude::*;
use protocol::presence::Presence;

use super::{VisuallyHidden, changing_text};
use crate::words;

const fn name(presence: Presence) -> &'static str {
    match presence {
        Presence::Online => "online",
        Presence::Away => "away",
        Presence::Busy => "busy",
        Presence::Offline => "offline",
    }
}

/// The dot: full for online, a moon for away, a bar across for busy, a ring for offline. It is hidden while the
/// presence is unknown.
#[component]
pub fn PresenceDot(
    /// The presence to show.
    #[prop(into)]
    presence: Signal<Option<Presence>>,
    /// Whether a text next to the dot says the same, so that screen readers need no label.
    #[prop(optional)]
    silent: bool,
) -> impl IntoView {
    view! {
        <span class="presence" data-presence=move || presence.get().map(name)>
            {(!silent)
                .then(|| {
                    let label = move || presence.get().map(|presence| words::presence::presence(presence).to_owned());
                    view! { <VisuallyHidden>{changing_text(label)}</VisuallyHidden> }
                })}
        </span>
    }
    .into_any()
}
