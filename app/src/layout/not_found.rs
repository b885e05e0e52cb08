//! The page for unknown addresses.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::auth::AuthLayout;
use crate::{api::form_values::not_found, ui::ButtonLink};

/// The page for any address that has no route.
#[component]
pub fn NotFound() -> impl IntoView {
    not_found();
    view! {
        <Title text="Not found"/>
        <AuthLayout>
            <h1 class="mb-2 font-serif text-3xl font-semibold">"Nothing here"</h1>
            <p class="mb-6 text-quiet">"There is no page at this address. The link may be old or mistyped."</p>
            <ButtonLink href="/">"Go to your conversations"</ButtonLink>
        </AuthLayout>
    }
    .into_any()
}
