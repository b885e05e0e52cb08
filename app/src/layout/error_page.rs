//! The page in place of a page that failed.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    ui::{Icon, IconName, Wordmark},
    words,
};

/// The page in place of a page that cannot be rendered: the error, a note that messages are safe, and a link that
/// retries.
#[component]
pub fn ErrorPage(
    /// The error, as a sentence.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    view! {
        <Title text=words::server::SOMETHING_WENT_WRONG/>
        <div class="porch">
            <header>
                <Wordmark/>
            </header>
            <main id="main" class="porch-card" tabindex="-1">
                <span class="mb-4 grid size-16 place-items-center rounded-full bg-danger-tint text-danger">
                    <Icon name=IconName::Warning class="!size-7"/>
                </span>
                <h1 class="mb-2 font-serif text-3xl font-semibold">{words::layout::DID_NOT_WORK}</h1>
                <p class="mb-2" role="alert">
                    {what}
                </p>
                <p class="mb-6 text-quiet">{words::layout::MESSAGES_ARE_SAFE}</p>
                // An empty address is that of this page. A full load discards all state.
                <a class="btn btn-primary" href="" rel="external">
                    {words::common::TRY_AGAIN}
                </a>
            </main>
        </div>
    }
    .into_any()
}
