//! Buttons, and links that look like buttons.
//!
//! Attributes and listeners that are not listed as props are spread on the element:
//! `<Button on:click=… attr:name="theme" attr:value="dark">`.

use leptos::prelude::*;

use super::{Icon, IconName, ShowIf, Spinner};

/// The emphasis of a button.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The main action.
    #[default]
    Primary,
    /// One of several actions.
    Plain,
    /// A minor action.
    Quiet,
    /// A destructive action.
    Danger,
}

impl ButtonKind {
    /// Returns the CSS classes.
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
    /// The emphasis.
    #[prop(optional)]
    kind: ButtonKind,
    /// The type: `button`, or `submit` in a form.
    #[prop(default = "button")]
    behavior: &'static str,
    /// Whether the action of the button is in progress. The button is disabled meanwhile.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Whether the button is disabled, because there is nothing to do.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// More classes.
    #[prop(optional, into)]
    class: String,
    /// The text of the button.
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
    /// The address of the link.
    #[prop(into)]
    href: String,
    /// The emphasis.
    #[prop(optional)]
    kind: ButtonKind,
    /// More classes.
    #[prop(optional, into)]
    class: String,
    /// The text of the link.
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
    /// The label, for screen readers and as a tooltip.
    #[prop(into)]
    label: Signal<String>,
    /// The type: `button`, or `submit` in a form.
    #[prop(default = "button")]
    behavior: &'static str,
    /// Whether the button is disabled, because there is nothing to do.
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
    /// The address of the link.
    #[prop(into)]
    href: String,
    /// The icon.
    icon: IconName,
    /// The label, for screen readers and as a tooltip.
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
