//! The frame of the pages outside: the name above, one card.

use browser::page;
use leptos::{html::Main, prelude::*};
use leptos_router::components::Redirect;

use super::Visitor;
use crate::ui::Wordmark;

/// A page outside.
#[component]
pub fn Porch(
    /// The card.
    children: Children,
) -> impl IntoView {
    let main = NodeRef::<Main>::new();
    // What a full load does: going elsewhere moves the focus there. The page that was loaded leaves it to the browser.
    let is_loaded = expect_context::<Visitor>().begins();
    Effect::new(move |_| {
        if let Some(main) = main.get()
            && !is_loaded
        {
            page::arrive(&main);
        }
    });
    view! {
        <a class="skip-link" href="#main" rel="external">
            "Skip to content"
        </a>
        <div class="porch">
            <header>
                <Wordmark/>
            </header>
            <main id="main" class="porch-card" tabindex="-1" node_ref=main>
                {children()}
            </main>
        </div>
    }
    .into_any()
}

/// For a page that makes no sense for somebody who is signed in: they are sent home.
#[component]
pub fn StrangersOnly() -> impl IntoView {
    let visitor = expect_context::<Visitor>();
    let known = move || {
        Suspend::new(async move {
            let known = matches!(visitor.me.await, Ok(Some(_)));
            known.then(|| view! { <Redirect path="/"/> })
        })
    };
    view! { <Suspense>{known}</Suspense> }.into_any()
}
