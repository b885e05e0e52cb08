//! The link to the page of contacts, with the number of pending friend requests.

use leptos::prelude::*;

use crate::{
    live::use_live,
    ui::{Icon, IconName, ShowIf},
    words,
};

/// An icon that links to the page of contacts. A badge shows the number of pending friend requests.
#[component]
pub fn PeopleLink() -> impl IntoView {
    let live = use_live();
    let requests = Memo::new(move |_| live.relationships().with(|people| people.requests));
    let label = move || match requests.get() {
        0 => words::people::PEOPLE.to_owned(),
        count => words::people::people_with_requests(count),
    };
    view! {
        <a href="/people" class="btn btn-icon relative" aria-label=label title=label>
            <Icon name=IconName::Group/>
            <ShowIf is=move || requests.get().gt(&0)>
                <span class="badge badge-corner" translate="no" aria-hidden="true">
                    {move || requests.get().min(99)}
                </span>
            </ShowIf>
        </a>
    }
    .into_any()
}
