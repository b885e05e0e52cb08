//! Buttons and links that look like them.
//!
//! Attributes and listeners that are not listed as props are spread on the element:
//! `<Button on:click=… attr:name="theme" attr:value="dark">`.

use leptos::prelude::*;

use super::{Icon, IconName, ShowIf, Spinner};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing to do here.
    #[default]
    Primary,
    /// One of several.
    Plain,
    /// In passing.
    Quiet,
    /// It takes something away.
    Danger,
}

impl ButtonKind {
    /// The classes that draw it.
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Plain => "btn btn-plain",
            Self::Quiet => "btn btn-quiet",
            Self::Danger => "btn btn-danger",
        }
    }
}

/// A button.
#[component]
pub fn Button(
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// `button`, or `submit` in a form.
    #[prop(default = "button")]
    behavior: &'static str,
    /// Whether what it started is under way. It can't be pressed again meanwhile.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Whether there is nothing to press it for.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// More classes.
    #[prop(optional, into)]
    class: String,
    /// What it says.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type=behavior
            class=format!("{} {class}", kind.class())
            aria-busy=move || busy.get().then_some("true")
            disabled=move || busy.get() || disabled.get()
        >
            {children()}
            <ShowIf is=move || busy.get()>
                <Spinner/>
            </ShowIf>
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// More classes.
    #[prop(optional, into)]
    class: String,
    /// What it says.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=format!("{} {class}", kind.class())>
            {children()}
        </a>
    }
}

/// A button that shows an icon only.
#[component]
pub fn IconButton(
    /// The icon.
    icon: IconName,
    /// What it does, for screen readers and as a tip.
    #[prop(into)]
    label: Signal<String>,
    /// `button`, or `submit` in a form.
    #[prop(default = "button")]
    behavior: &'static str,
    /// Whether there is nothing to press it for.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// More classes.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    view! {
        <button
            type=behavior
            class=format!("btn btn-icon {class}")
            aria-label=move || label.get()
            title=move || label.get()
            disabled=move || disabled.get()
        >
            <Icon name=icon/>
        </button>
    }
}

/// A link that shows an icon only.
#[component]
pub fn IconLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// The icon.
    icon: IconName,
    /// Where it leads, in words.
    #[prop(into)]
    label: String,
    /// More classes.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    view! {
        <a href=href class=format!("btn btn-icon {class}") aria-label=label.clone() title=label>
            <Icon name=icon/>
        </a>
    }
}
