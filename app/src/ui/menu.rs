//! A sheet that a button opens. It needs no script; with one, pressing elsewhere or Escape closes it.

use browser::page;
use leptos::{ev::KeyboardEvent, html::Details, prelude::*};

/// A button and the sheet that it opens.
#[component]
pub fn Menu(
    /// What the button is for.
    #[prop(into)]
    label: Signal<String>,
    /// The button's classes.
    #[prop(default = "btn btn-icon")]
    button: &'static str,
    /// The sheet's classes: at which of its edges it lies.
    #[prop(optional)]
    sheet: &'static str,
    /// Whether it is open at first, as when something in it went wrong.
    #[prop(optional)]
    open: bool,
    /// What the button shows.
    #[prop(into)]
    face: ViewFn,
    /// What is on the sheet.
    children: Children,
) -> impl IntoView {
    let details = NodeRef::<Details>::new();
    let opened = move || details.try_get_untracked().flatten().filter(|details| details.open());
    Effect::new(move |_| {
        let inside = move || opened().map(Into::into);
        let close = move || {
            if let Some(details) = opened() {
                details.set_open(false);
            }
        };
        let outside = StoredValue::new_local(page::on_press_outside(inside, close));
        on_cleanup(move || outside.dispose());
    });
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(details) = opened()
        {
            details.set_open(false);
            if let Ok(Some(summary)) = details.query_selector("summary") {
                page::focus(&summary);
            }
        }
    };
    view! {
        <details class="menu" node_ref=details open=open on:keydown=escape>
            <summary class=button aria-label=move || label.get() title=move || label.get()>
                {face.run()}
            </summary>
            <div class=format!("menu-sheet {sheet}")>{children()}</div>
        </details>
    }
    .into_any()
}
