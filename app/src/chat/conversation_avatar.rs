//! The avatar of a conversation: the other user's, or the room's.

use leptos::prelude::*;
use protocol::{ConversationKind, ConversationSummary, PictureId, presence::Presence};

use crate::ui::Avatar;

/// The data of a conversation that its avatar shows.
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

/// The avatar of a conversation. It is redrawn when its data changes, and not with each new message.
#[component]
pub fn ConversationAvatar(
    /// The data to show.
    shown: Memo<Option<Shown>>,
    /// The presence of the other user, where it is shown.
    #[prop(optional_no_strip)]
    presence: Option<Signal<Option<Presence>>>,
) -> impl IntoView {
    move || {
        shown.get().map(|Shown { name, seed, picture, place }| {
            view! { <Avatar name=name seed=seed picture=picture place=place presence=presence/> }
        })
    }
}
