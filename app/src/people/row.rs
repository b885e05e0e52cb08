//! Somebody in a list.

use leptos::prelude::*;
use protocol::relationship::{FriendStatus, Relationship};

use super::actions::RelationshipActions;
use crate::ui::{presence_of, presence_text, profile_path};
use crate::{
    live::use_live,
    ui::{Avatar, words},
};

/// A list of people with a heading; nothing when there are none.
pub fn section(title: &'static str, people: Vec<Relationship>, acts: RelationshipActions) -> Option<AnyView> {
    (!people.is_empty()).then(|| {
        view! {
            <section aria-label=title>
                <h2 class="mb-2 font-serif text-xl font-semibold">
                    {title} " " <span class="text-base font-normal text-quiet">{people.len()}</span>
                </h2>
                {list(people, acts)}
            </section>
        }
        .into_any()
    })
}

/// A list of people.
pub fn list(people: Vec<Relationship>, acts: RelationshipActions) -> AnyView {
    view! { <ul class="flex flex-col">{people.into_iter().map(|relation| row(relation, acts)).collect_view()}</ul> }
        .into_any()
}

fn row(relation: Relationship, acts: RelationshipActions) -> AnyView {
    let person = &relation.person;
    let live = use_live();
    let card = live.user(person.clone());
    let seen = (relation.friend_status == FriendStatus::Friends).then(|| live.presence_of(person.id));
    let presence = seen.map(presence_of);
    let said = seen.map(said_of);
    let face = move || {
        let card = card.get();
        view! { <Avatar name=card.name() seed=card.id.to_string() picture=card.picture presence=presence/> }
    };
    let below = move || {
        let said = said.and_then(|said| said.get()).map(|said| format!(" · {said}")).unwrap_or_default();
        Some(card.with(|card| format!("@{}{said}", card.username)))
    };
    view! {
        <li class="flex flex-wrap items-center justify-end gap-x-3 gap-y-2 py-2">
            <a class="person" href=move || card.with(|card| profile_path(&card.username))>
                {face}
                <span class="min-w-0">
                    <span class="block truncate font-medium" dir="auto" translate="no">
                        {move || card.with(|card| card.name().to_owned())}
                    </span>
                    <span class="block truncate text-sm text-quiet" dir="auto">
                        {words(below)}
                    </span>
                </span>
            </a>
            <span class="flex flex-wrap gap-2">{acts.forms(&relation)}</span>
        </li>
    }
    .into_any()
}
