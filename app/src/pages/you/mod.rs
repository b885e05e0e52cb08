//! The menu behind one's own face: what one is seen as, and what one says.

mod sheet;

pub use sheet::YouSheet;

use leptos::prelude::*;
#[cfg(not(feature = "ssr"))]
use leptos::{tachys::html::InertElement, web_sys::HtmlDetailsElement};
use protocol::presence::Chosen;

#[cfg(not(feature = "ssr"))]
use super::parts;
use super::use_me;
#[cfg(not(feature = "ssr"))]
use crate::ui::SHEET_AT_START;
use crate::{
    live::use_live,
    ui::{Avatar, Menu, presence_label},
};

/// One's own face, and the menu behind it.
///
/// The server draws the sheet, with forms that work as they are. In the browser it is a part of its own, which most
/// visits do without, and takes the place of the server's when the menu is opened.
#[component]
pub fn You() -> impl IntoView {
    let me = use_me().card;
    let chosen = use_live().chosen();
    let presence = Signal::derive(move || Some(chosen.with(Chosen::shown_as)));
    let label = Signal::derive(move || format!("You: {}", presence_label(chosen.with(Chosen::shown_as))));
    let card = use_live().card(me);
    let face = move || {
        let card = card.get();
        view! { <Avatar name=card.name() seed=card.id.to_string() picture=card.picture presence=Some(presence)/> }
    };
    #[cfg(feature = "ssr")]
    return view! {
        <Menu label=label button="you" open=sheet::is_refused() face=face>
            <YouSheet/>
        </Menu>
    }
    .into_any();
    #[cfg(not(feature = "ssr"))]
    view! {
        <Menu label=label button="you" face=face opened=enliven()>
            {InertElement::new(format!("<div class=\"{SHEET_AT_START}\"></div>")).into_any()}
        </Menu>
    }
    .into_any()
}

/// What puts the living sheet into the place of the server's.
#[cfg(not(feature = "ssr"))]
fn enliven() -> Callback<HtmlDetailsElement> {
    let owner = Owner::current().unwrap_or_default();
    // Unmounted with the menu.
    let alive = StoredValue::new_local(None);
    let begun = StoredValue::new(false);
    Callback::new(move |menu: HtmlDetailsElement| {
        if begun.get_value() {
            return;
        }
        begun.set_value(true);
        let owner = owner.clone();
        browser::timer::spawn(async move {
            let still = menu.query_selector(".menu-sheet").ok().flatten();
            match (parts::you_sheet(&owner).await, still) {
                // What somebody typed while it was loading goes the way that the server's form goes.
                (Some(sheet), Some(still)) if !browser::page::is_in_use(&still) => {
                    still.remove();
                    let sheet = owner.with(|| leptos::mount::mount_to(menu.into(), move || sheet));
                    alive.try_set_value(Some(sheet));
                }
                // The next time it is opened, then.
                _ => drop(begun.try_set_value(false)),
            }
        });
    })
}
