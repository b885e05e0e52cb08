//! The page for unknown addresses.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::auth::AuthLayout;
use crate::{api::form_values::not_found, ui::ButtonLink, words};

/// The page for any address that has no route.
#[component]
pub fn NotFound() -> impl IntoView {
    not_found();
    view! {
        <Title text=words::layout::NOT_FOUND/>
        <AuthLayout>
            <h1 class="mb-2 font-serif text-3xl font-semibold">{words::layout::NOTHING_HERE}</h1>
            <p class="mb-6 text-quiet">{words::layout::NO_PAGE_AT_ADDRESS}</p>
            <ButtonLink href="/">{words::chat::TO_YOUR_CONVERSATIONS}</ButtonLink>
        </AuthLayout>
    }
    .into_any()
}
