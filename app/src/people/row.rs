//! Users in lists.

use leptos::prelude::*;
use protocol::relationship::{FriendStatus, Relationship};

use super::actions::RelationshipActions;
use crate::ui::{presence_of, presence_text, profile_path};
use crate::{
    live::use_live,
    ui::{Avatar, changing_text},
};

/// Returns a list of users with a heading, or `None` if there are no users.
pub fn section(title: &'static str, people: Vec<Relationship>, actions: RelationshipActions) -> Option<AnyView> {
    (!people.is_empty()).then(|| {
        view! {
            <section aria-label=title>
                <h2 class="mb-2 font-serif text-xl font-semibold">
                    {title} " " <span class="text-base font-normal text-quiet">{people.len()}</span>
                </h2>
                {list(people, actions)}
            </section>
        }
        .into_any()
    })
}

/// Returns a list of users.
pub fn list(people: Vec<Relationship>, actions: RelationshipActions) -> AnyView {
    view! { <ul class="flex flex-col">{people.into_iter().map(|relationship| row(relationship, actions)).collect_view()}</ul> }
        .into_any()
}

fn row(relationship: Relationship, actions: RelationshipActions) -> AnyView {
    let person = &relationship.person;
    let live = use_live();
    let card = live.user(person.clone());
    let seen = (relationship.friend_status == FriendStatus::Friends).then(|| live.presence_of(person.id));
    let presence = seen.map(presence_of);
    let said = seen.map(presence_text);
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
                        {changing_text(below)}
                    </span>
                </span>
            </a>
            <span class="flex flex-wrap gap-2">{actions.forms(&relationship)}</span>
        </li>
    }
    .into_any()
}
