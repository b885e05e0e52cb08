//! A menu: a sheet that a button opens. It needs no script; with one, Escape or a press outside closes it.

use browser::{Element, page};
use leptos::{ev::KeyboardEvent, html::Details, prelude::*};

/// A button and the sheet that it opens.
#[component]
pub fn Menu(
    /// The label of the button.
    #[prop(into)]
    label: Signal<String>,
    /// The button's classes.
    #[prop(default = "btn btn-icon")]
    button: &'static str,
    /// Whether the menu is open at first, for example because a form in it was refused.
    #[prop(optional)]
    open: bool,
    /// The content of the button.
    #[prop(into)]
    face: ViewFn,
    /// Called with the menu's element when the user is about to open it, and when the user opens it.
    #[prop(optional, into)]
    wanted: Option<Callback<Element>>,
    /// The [`Sheet`].
    children: Children,
) -> impl IntoView {
    let details = NodeRef::<Details>::new();
    let shown = move || details.try_get_untracked().flatten().filter(|details| details.open());
    Effect::new(move |_| {
        let inside = move || shown().map(Into::into);
        let close = move || {
            if let Some(details) = shown() {
                details.set_open(false);
            }
        };
        let outside = StoredValue::new_local(page::on_press_outside(inside, close));
        on_cleanup(move || outside.dispose());
    });
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(details) = shown()
        {
            details.set_open(false);
            if let Ok(Some(summary)) = details.query_selector("summary") {
                page::focus(&summary);
            }
        }
    };
    let want = move || {
        if let (Some(details), Some(wanted)) = (details.try_get_untracked().flatten(), wanted) {
            wanted.run(details.into());
        }
    };
    view! {
        <details
            class="menu"
            node_ref=details
            open=open
            on:keydown=escape
            on:pointerenter=move |_| want()
            on:focusin=move |_| want()
            on:toggle=move |_| want()
        >
            <summary class=button aria-label=move || label.get() title=move || label.get()>
                {move || face.run()}
            </summary>
            {children()}
        </details>
    }
    .into_any()
}

/// The sheet that a [`Menu`] opens.
#[component]
pub fn Sheet(
    /// Whether the sheet is at the start of its button, rather than at its end.
    #[prop(optional)]
    at_start: bool,
    /// The content of the sheet.
    children: Children,
) -> impl IntoView {
    view! { <div class=if at_start { SHEET_AT_START } else { "menu-sheet" }>{children()}</div> }.into_any()
}

/// The classes of a sheet at the start of its button.
pub const SHEET_AT_START: &str = "menu-sheet menu-sheet-start";
