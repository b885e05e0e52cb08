//! The frame of the pages that links in mails open.
//!
//! Opening such a page changes nothing, because mail scanners open links too and would use the token up. A button
//! submits the token.

use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use protocol::Field;

use super::AuthLayout;
use crate::forms::FormError;
use crate::{
    api::ApiError,
    ui::{Banner, Tone},
    words,
};

/// Returns the token in the address of this page, or an empty string.
pub fn token() -> String {
    use_query_map().read_untracked().get("token").unwrap_or_default()
}

/// A page that needs no sign-in, with one form, and other content in its place when the link is no longer valid.
#[component]
pub fn LinkPage(
    /// The title of the document.
    title: &'static str,
    /// The heading.
    heading: &'static str,
    /// Whether the link has a token.
    complete: bool,
    /// The error of the form, if it was refused.
    error: Signal<Option<ApiError>>,
    /// The fields of the form, which show their own errors.
    #[prop(optional)]
    fields: &'static [Field],
    /// The content in place of the form, with links that help.
    #[prop(into)]
    instead: ViewFn,
    /// The form.
    children: ChildrenFn,
) -> impl IntoView {
    let is_gone = move |error: &ApiError| error.0.field.is_none() && !error.0.kind.is_temporary();
    let gone = Memo::new(move |_| error.with(|error| error.as_ref().is_some_and(is_gone)));
    view! {
        <Title text=title/>
        <Meta name="robots" content="noindex"/>
        <AuthLayout>
            <h1 class="mb-4 font-serif text-3xl font-semibold">{heading}</h1>
            <div class="mb-4 empty:hidden">
                <FormError error=error fields=fields/>
                {(!complete)
                    .then(|| {
                        view! {
                            <Banner tone=Tone::Danger>
                                {words::auth::LINK_INCOMPLETE}
                            </Banner>
                        }
                    })}
            </div>
            {move || if complete && !gone.get() { children().into_any() } else { instead.run() }}
        </AuthLayout>
    }
    .into_any()
}
