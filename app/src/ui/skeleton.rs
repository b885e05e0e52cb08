//! Placeholders for content that is loading.

use leptos::prelude::*;

use super::VisuallyHidden;

/// A grey shape of the size that the content will have, so that nothing shifts when the content arrives.
#[component]
pub fn Skeleton(
    /// The size, such as `h-4 w-24`.
    class: &'static str,
) -> impl IntoView {
    view! { <span class=format!("skeleton {class}") aria-hidden="true"></span> }
}

/// Wraps skeletons, and tells screen readers what is loading.
#[component]
pub fn Loading(
    /// The description of the content, such as "Loading conversations".
    #[prop(into)]
    label: String,
    /// More classes.
    #[prop(optional, into)]
    class: String,
    /// The skeletons.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=class role="status">
            <VisuallyHidden>{label}</VisuallyHidden>
            {children()}
        </div>
    }
    .into_any()
}

/// A turning circle, which shows that something is in progress.
#[component]
pub fn Spinner() -> impl IntoView {
    view! {
        <svg class="spinner" viewBox="0 0 24 24" fill="none" aria-hidden="true" focusable="false">
            <circle cx="12" cy="12" r="9" stroke="currentColor" stroke-width="2.5" opacity="0.25"></circle>
            <path d="M21 12a9 9 0 0 0-9-9" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"></path>
        </svg>
    }
}
