//! The empty state of a pane.

use leptos::prelude::*;

use super::{Icon, IconName};

/// The content of a pane that has nothing to show: an icon, a title, and one thing to do next.
#[component]
pub fn EmptyState(
    /// The icon above the title.
    icon: IconName,
    /// The title, which says what is missing.
    #[prop(into)]
    title: String,
    /// The reason, and one thing to do next.
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
