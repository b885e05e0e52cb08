//! The frame of the pages where links in mails lead.
//!
//! Opening one changes nothing: mail scanners open links too, and would use the token up. A button does.

use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use protocol::Field;

use super::AuthLayout;
use crate::forms::FormError;
use crate::{
    api::ApiError,
    ui::{Banner, Tone},
};

/// The token in the address of this page.
pub fn token() -> String {
    use_query_map().read_untracked().get("token").unwrap_or_default()
}

/// A page outside with one form, and what is shown in its place when the link is no good any more.
#[component]
pub fn LinkPage(
    /// The window's title.
    title: &'static str,
    /// The heading.
    heading: &'static str,
    /// Whether the link has a token at all.
    complete: bool,
    /// What was refused.
    error: Signal<Option<ApiError>>,
    /// The fields, which show their errors themselves.
    #[prop(optional)]
    fields: &'static [Field],
    /// What to do instead.
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
                                "This link is incomplete. Copy the whole address from the mail."
                            </Banner>
                        }
                    })}
            </div>
            {move || if complete && !gone.get() { children().into_any() } else { instead.run() }}
        </AuthLayout>
    }
    .into_any()
}
