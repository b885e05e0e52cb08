//! The conversation pane while no conversation is open.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    ui::{EmptyState, IconName},
    words,
};

/// The page `/`. A phone shows the list of conversations instead.
#[component]
pub fn Home() -> impl IntoView {
    view! {
        <Title text=""/>
        <div class="grid flex-1 place-items-center">
            <EmptyState icon=IconName::Conversation title=words::chat::NOTHING_OPEN>
                <p>{words::chat::CHOOSE_OR_START}</p>
            </EmptyState>
        </div>
    }
}
