//! The face of a conversation: the other person's, or the room's.

use leptos::prelude::*;
use protocol::{ConversationKind, ConversationSummary, PictureId, presence::Presence};

use crate::ui::Avatar;

/// What a face shows of its conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    name: String,
    seed: String,
    picture: Option<PictureId>,
    place: bool,
}

impl From<&ConversationSummary> for Shown {
    fn from(row: &ConversationSummary) -> Self {
        Self {
            name: row.title.clone(),
            seed: row.peer.as_ref().map_or_else(|| row.id.to_string(), |peer| peer.id.to_string()),
            picture: row.peer.as_ref().and_then(|peer| peer.picture),
            place: row.kind != ConversationKind::Direct,
        }
    }
}

/// The face, drawn anew when it changes and not whenever something is said.
#[component]
pub fn ConversationAvatar(
    /// What it shows.
    shown: Memo<Option<Shown>>,
    /// Whether they are there, where that is shown.
    #[prop(optional_no_strip)]
    presence: Option<Signal<Option<Presence>>>,
) -> impl IntoView {
    move || {
        shown.get().map(|Shown { name, seed, picture, place }| {
            view! { <Avatar name=name seed=seed picture=picture place=place presence=presence/> }
        })
    }
}
