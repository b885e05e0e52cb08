//! A line or box that says what is going on.

use leptos::prelude::*;

use super::{Icon, IconName};

/// What sort of news it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    #[default]
    Info,
    /// It worked.
    Good,
    /// The connection is gone; it says what still works.
    Offline,
    /// Something went wrong.
    Danger,
}

/// A banner. Screen readers hear it when it appears: at once when something went wrong, otherwise in a pause.
#[component]
pub fn Banner(
    /// What sort of news it is.
    #[prop(optional)]
    tone: Tone,
    /// Whether it is a line across a pane rather than a box in a form.
    #[prop(optional)]
    line: bool,
    /// More classes.
    #[prop(optional, into)]
    class: String,
    /// What it says, and what one can do.
    children: Children,
) -> impl IntoView {
    let (look, icon, role) = match tone {
        Tone::Info => ("banner banner-info", IconName::Info, "status"),
        Tone::Good => ("banner banner-info", IconName::Check, "status"),
        Tone::Offline => ("banner banner-offline", IconName::Offline, "status"),
        Tone::Danger => ("banner banner-danger", IconName::Warning, "alert"),
    };
    view! {
        <div class=format!("{look} {} {class}", if line { "banner-line" } else { "" }) role=role>
            <Icon name=icon class="mt-0.5"/>
            <div class="min-w-0 flex-1">{children()}</div>
        </div>
    }
    .into_any()
}
