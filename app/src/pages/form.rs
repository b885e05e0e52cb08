//! A form that calls a server function.

use browser::form::FormFields;
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};

/// A form that calls a server function: posted as a plain form without WASM, and by its action with it.
///
/// As leptos has one, without the parser of encoded forms that it brings into the browser to make the arguments: they
/// are read from the fields.
#[component]
pub fn ActionForm<F>(
    /// What to call.
    action: ServerAction<F>,
    /// Makes the arguments from the fields, whose names must be those of the arguments.
    read: impl Fn(&FormFields) -> F + Send + Sync + 'static,
    /// The fields, and a button.
    children: Children,
) -> impl IntoView
where
    F: ServerFn + Clone + Send + Sync + 'static,
    F::Output: Send + Sync + 'static,
    F::Error: Send + Sync + 'static,
{
    let submit = move |event: SubmitEvent| {
        if !event.default_prevented() {
            event.prevent_default();
            action.dispatch(read(&FormFields::of(&event)));
        }
    };
    view! {
        <form action=F::url() method="post" on:submit=submit>
            {children()}
        </form>
    }
}
