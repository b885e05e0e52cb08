//! A line or box with a message.

use leptos::prelude::*;

use super::{Icon, IconName};

/// The kind of a banner's message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Information.
    #[default]
    Info,
    /// Success.
    Good,
    /// A lost connection. The message says what still works.
    Offline,
    /// A failure.
    Danger,
}

/// A banner. Screen readers announce it when it appears: a failure at once, everything else in a pause.
#[component]
pub fn Banner(
    /// The kind of the message.
    #[prop(optional)]
    tone: Tone,
    /// Whether it is a line across a pane rather than a box in a form.
    #[prop(optional)]
    line: bool,
    /// More classes.
    #[prop(optional, into)]
    class: String,
    /// The message, and what the user can do.
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
