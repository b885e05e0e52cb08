//! Somebody in a list.

use leptos::prelude::*;
use protocol::people::Relation;

use super::{acts::Acts, path_of};
use crate::ui::Avatar;

/// A list of people with a heading; nothing when there are none.
pub fn section(title: &'static str, people: Vec<Relation>, acts: Acts) -> Option<AnyView> {
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
pub fn list(people: Vec<Relation>, acts: Acts) -> AnyView {
    view! { <ul class="flex flex-col">{people.into_iter().map(|relation| row(relation, acts)).collect_view()}</ul> }
        .into_any()
}

fn row(relation: Relation, acts: Acts) -> AnyView {
    let person = &relation.person;
    view! {
        <li class="flex flex-wrap items-center justify-end gap-x-3 gap-y-1 py-2">
            <a class="person" href=path_of(&person.username)>
                <Avatar name=person.name() seed=person.id.to_string() picture=person.picture/>
                <span class="min-w-0">
                    <span class="block truncate font-medium">{person.name().to_owned()}</span>
                    <span class="block truncate text-sm text-quiet">"@" {person.username.clone()}</span>
                </span>
            </a>
            <span class="flex flex-wrap gap-2">{acts.forms(&relation)}</span>
        </li>
    }
    .into_any()
}
