//! What pages ask of the server: forms that call it, and where its errors are shown.

use browser::form::FormFields;
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};
use protocol::Field as Of;

use crate::{
    api::ApiError,
    ui::{Banner, Button, ButtonKind, Tone, When, words},
};

/// The sentence about one field, for that field.
pub fn on(error: Signal<Option<ApiError>>, field: Of) -> Signal<Option<String>> {
    Signal::derive(move || error.get().and_then(|error| error.on(field)))
}

/// The sentence about a form as a whole: whatever is about none of the fields that it has.
#[component]
pub fn FormError(
    /// What was refused.
    error: Signal<Option<ApiError>>,
    /// The fields, which show theirs themselves.
    #[prop(optional)]
    fields: &'static [Of],
) -> impl IntoView {
    let text = Signal::derive(move || error.get().and_then(|error| error.beside(fields)));
    view! {
        <When is=move || text.with(Option::is_some)>
            <Banner tone=Tone::Danger>{words(move || text.get())}</Banner>
        </When>
    }
}

/// Stands in for what can't be read now, with a way to try again.
#[component]
pub fn Unreadable(
    /// Why not.
    error: ApiError,
    /// Reads it again.
    #[prop(into)]
    again: Callback<()>,
) -> impl IntoView {
    view! {
        <Banner tone=Tone::Danger>
            <p class="mb-2">{error.to_string()}</p>
            <Button kind=ButtonKind::Plain on:click=move |_| again.run(())>
                "Try again"
            </Button>
        </Banner>
    }
    .into_any()
}

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
