//! The frame of the pages that need no sign-in: the wordmark above one panel.

use browser::page;
use leptos::{html::Main, prelude::*};
use leptos_router::components::Redirect;

use crate::session::Visitor;
use crate::{
    api::form_values::address_with_tls,
    ui::{Banner, Tone, Wordmark},
    words,
};

/// The frame of a page that needs no sign-in.
#[component]
pub fn AuthLayout(
    /// The content of the panel.
    children: Children,
) -> impl IntoView {
    let with_tls = address_with_tls();
    let main = NodeRef::<Main>::new();
    // Navigation moves the focus to the new page, as a full load does. After a load, the browser places the focus
    // itself.
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
            {words::common::SKIP_TO_CONTENT}
        </a>
        <div class="porch">
            <header>
                <Wordmark/>
            </header>
            <main id="main" class="porch-card" tabindex="-1" node_ref=main>
                {with_tls.map(|url| view! { <WithoutTls url=url/> })}
                {children()}
            </main>
        </div>
    }
    .into_any()
}

/// Warns, before a password is entered, that signing in does not work here, and links to the page where it does.
#[component]
fn WithoutTls(
    /// The address of this page with TLS.
    url: String,
) -> impl IntoView {
    view! {
        <Banner tone=Tone::Danger class="mb-6">
            <p class="mb-2">
                {words::auth::WITHOUT_TLS}
            </p>
            <a class="link" href=url rel="external">
                {words::auth::GO_TO_ENCRYPTED_PAGE}
            </a>
        </Banner>
    }
    .into_any()
}

/// Redirects signed-in users to the home page, from pages that are for guests only.
#[component]
pub fn GuestOnly() -> impl IntoView {
    let visitor = expect_context::<Visitor>();
    let known = move || {
        Suspend::new(async move {
            let known = matches!(visitor.me.await, Ok(Some(_)));
            known.then(|| view! { <Redirect path="/"/> })
        })
    };
    view! { <Suspense>{known}</Suspense> }.into_any()
}
