//! The conversation pane while no conversation is open.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::{EmptyState, IconName};

/// The page `/`. A phone shows the list of conversations instead.
#[component]
pub fn Home() -> impl IntoView {
    view! {
        <Title text=""/>
        <div class="grid flex-1 place-items-center">
            <EmptyState icon=IconName::Conversation title="Nothing open">
                <p>"Choose a conversation, or start one."</p>
            </EmptyState>
        </div>
    }
}
