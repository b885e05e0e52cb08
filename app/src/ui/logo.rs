//! The logo: two speech bubbles, and the area that they share.

use leptos::prelude::*;

use crate::words;

/// The mark alone. It is decorative, because the name stands next to it.
#[component]
pub fn Mark(
    /// The classes, mainly for the size.
    #[prop(default = "size-8")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=format!("flex-none {class}") viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path
                class="fill-accent opacity-60"
                d="M20 5a9 9 0 0 1 7.4 14.1c-.2 2.9.4 5.5 1.6 7.5-3.5-.2-6.8-1.6-9-3.7A9 9 0 0 1 20 5Z"
            ></path>
            <path
                class="fill-accent"
                d="M12 5a9 9 0 0 0-7.4 14.1c.2 2.9-.4 5.5-1.6 7.5 3.5-.2 6.8-1.6 9-3.7A9 9 0 0 0 12 5Z"
            ></path>
            <path class="fill-sheet" d="M16 5.94a9 9 0 0 1 0 16.12 9 9 0 0 1 0-16.12Z"></path>
        </svg>
    }
}

/// The mark and the name, as a link to the home page.
#[component]
pub fn Wordmark() -> impl IntoView {
    view! {
        <a href="/" class="inline-flex min-h-11 items-center gap-2 rounded-lg font-serif text-xl font-semibold">
            <Mark/>
            // A container that is too narrow for both shows the mark alone.
            <span class="@max-[9rem]:sr-only">{words::common::APP_NAME}</span>
        </a>
    }
}
