//! The status menu: the user's avatar, which opens their availability and status.

use browser::{Element, page, timer};
use leptos::{mount::mount_to_renderer, prelude::*, tachys::html::InertElement};
use protocol::presence::OwnPresence;

use crate::{
    api::form_values::{IS_SERVER, form_values},
    chunks,
    live::use_live,
    session::use_me,
    settings::{StatusSheet, TypedStatus, is_status_refused},
    ui::{Avatar, Menu, SHEET_AT_START},
    words,
};

/// The user's own avatar, which opens the status menu.
///
/// The server renders the sheet, with plain forms that work without WASM. In the browser, the sheet is in a chunk that
/// most visits do not need. It replaces the server's sheet when the menu is opened.
#[component]
pub fn You() -> impl IntoView {
    let me = use_me().user;
    let chosen = use_live().own_presence();
    let presence = Signal::derive(move || Some(chosen.with(OwnPresence::shown_as)));
    let label = Signal::derive(move || words::presence::own_presence(chosen.with(OwnPresence::shown_as)).to_owned());
    let card = use_live().user(me);
    // Read here, and not in the sheet: the server and the browser must read shared values in the same order.
    provide_context(TypedStatus(form_values()));
    let face = move || {
        let card = card.get();
        view! { <Avatar name=card.name() seed=card.id.to_string() picture=card.picture presence=Some(presence)/> }
    };
    let sheet = if IS_SERVER {
        view! { <StatusSheet/> }.into_any()
    } else {
        InertElement::new(format!("<div class=\"{SHEET_AT_START}\"></div>")).into_any()
    };
    view! {
        <Menu label=label button="you" open=is_status_refused() face=face wanted=enliven()>
            {sheet}
        </Menu>
    }
    .into_any()
}

/// Returns the callback that replaces the server's sheet with the interactive one.
fn enliven() -> Callback<Element> {
    let owner = Owner::current().unwrap_or_default();
    let begun = StoredValue::new(false);
    Callback::new(move |menu: Element| {
        let Some(still) = menu.query_selector(".menu-sheet").ok().flatten().filter(|_| !begun.get_value()) else {
            return;
        };
        begun.set_value(true);
        page::set_busy(&still, true);
        let owner = owner.clone();
        timer::spawn(async move {
            let sheet = chunks::you_sheet(&owner).await;
            page::set_busy(&still, false);
            match sheet {
                // Text that was typed while the chunk was loading is submitted with the server's form, which then
                // stays.
                Some(sheet) if !page::is_typed(&still) => {
                    let focused = page::focused_in(&still);
                    still.remove();
                    // The view lives as long as the menu, which lives as long as the page.
                    owner.with(|| mount_to_renderer(&menu, move || sheet)).forget();
                    if let Some(focused) = focused {
                        page::focus_in(&menu, focused);
                    }
                }
                // The next time the menu is opened, this is tried again.
                _ => drop(begun.try_set_value(false)),
            }
        });
    })
}
