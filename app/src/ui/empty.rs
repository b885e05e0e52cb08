//! Nothing here yet, and one thing to do about it.

use leptos::prelude::*;

use super::{Icon, IconName};

/// What a pane shows when it has nothing to show.
#[component]
pub fn EmptyState(
    /// A picture.
    icon: IconName,
    /// What there is none of.
    #[prop(into)]
    title: String,
    /// Why, and one thing to do next.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="mx-auto flex max-w-sm flex-col items-center gap-4 px-6 py-12 text-center">
            <span class="grid size-16 place-items-center rounded-full bg-hollow text-accent">
                <Icon name=icon class="!size-7"/>
            </span>
            <h2 class="font-serif text-xl font-semibold">{title}</h2>
            <div class="flex flex-col items-center gap-4 text-quiet">{children()}</div>
        </div>
    }
    .into_any()
}
