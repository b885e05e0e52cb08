//! What pages ask of the server: forms that call it, and where its errors are shown.

mod new_password;

use browser::{form::FormFields, page};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
    location::Url,
};
use protocol::{ErrorKind, Field};

pub use self::new_password::NewPassword;
use crate::session::Visitor;
use crate::{
    api::{ApiError, flash::flash, form_values::acting_as},
    live::{Connection, use_live},
    ui::{Banner, Button, ButtonKind, Tone},
};

/// The sentence about one field, for that field.
pub fn on(error: Signal<Option<ApiError>>, field: Field) -> Signal<Option<String>> {
    Signal::derive(move || error.get().and_then(|error| error.on(field)))
}

/// The sentence about a form as a whole: whatever is about none of the fields that it has.
#[component]
pub fn FormError(
    /// What was refused.
    error: Signal<Option<ApiError>>,
    /// The fields, which show theirs themselves.
    #[prop(optional)]
    fields: &'static [Field],
) -> impl IntoView {
    move || {
        error.get().and_then(|error| {
            let text = error.beside(fields)?;
            Some(view! { <Banner tone=Tone::Danger>{sentence(&error, text)}</Banner> })
        })
    }
}

/// The sentence of an error; where the session has ended, with the way on.
fn sentence(error: &ApiError, text: impl IntoView + 'static) -> AnyView {
    match error.0.kind {
        ErrorKind::Unauthenticated => view! { "Your session has ended. " <SignInAgain/> }.into_any(),
        _ => text.into_any(),
    }
}

/// A link to signing in, which leads back here.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let location = use_location();
    let next = move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        let query = if search.is_empty() { search } else { format!("?{}", search.trim_start_matches('?')) };
        format!("/sign-in?next={}", Url::escape(&format!("{path}{query}")))
    };
    view! {
        <a class="link" href=next rel="external">
            "Sign in again"
        </a>
    }
    .into_any()
}

/// Stands in for what can't be read now, with a way to try again. Once there is a connection again, or somebody has
/// signed in again, it is tried by itself.
#[component]
pub fn LoadError(
    /// Why not.
    error: ApiError,
    /// Reads it again.
    #[prop(into)]
    again: Callback<()>,
) -> impl IntoView {
    let status = use_live().status();
    Effect::new(move |before: Option<bool>| {
        let is_online = status.get() == Connection::Online;
        if before == Some(false) && is_online {
            again.run(());
        }
        is_online
    });
    let is_away = error.0.kind == ErrorKind::Unavailable;
    let what = error.to_string();
    let text = move || match status.get() {
        Connection::Offline { .. } if is_away => {
            "You're offline, and this is not kept in this browser. It is shown when the connection is back.".to_owned()
        }
        _ => what.clone(),
    };
    view! {
        <Banner tone=Tone::Danger>
            <p class="mb-2">{sentence(&error, text)}</p>
            <Button kind=ButtonKind::Plain on:click=move |_| again.run(())>
                "Try again"
            </Button>
        </Banner>
    }
    .into_any()
}

/// The address to which a form of this page is posted: `path`, tied to the account that the page was drawn for.
pub fn address(path: &str) -> String {
    let account = expect_context::<Visitor>().account;
    account.map_or_else(|| path.to_owned(), |account| format!("{}{path}", acting_as(account)))
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
        <form action=address(F::url()) method="post" on:submit=submit>
            {children()}
        </form>
    }
}

/// The sentences of a failed action, by where a form shows them.
pub fn action_error<T: Clone + Send + Sync + 'static>(
    value: impl Fn() -> Option<Result<T, ApiError>> + Copy + Send + Sync + 'static,
) -> Signal<Option<ApiError>> {
    Signal::derive(move || value().and_then(Result::err))
}

/// In the browser, goes to a page of the app where an action says once it has succeeded. Without WASM the server's
/// redirect does it.
pub fn navigate_on_success(value: impl Fn() -> Option<Result<String, ApiError>> + 'static) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(path)) = value() {
            navigate(&path, NavigateOptions::default());
        }
    });
}

/// As [`navigate_on_success`], with a full load: who is signed in changes.
pub fn reload_on_success(value: impl Fn() -> Option<Result<String, ApiError>> + 'static) {
    Effect::new(move |_| {
        if let Some(Ok(path)) = value() {
            page::open(&path);
        }
    });
}

/// As [`reload_on_success`], at one's own sign-out: what was written here and not sent goes first. It stays when a session merely
/// ends.
pub fn leave(value: impl Fn() -> Option<Result<String, ApiError>> + 'static) {
    let live = use_live();
    Effect::new(move |_| {
        if let Some(Ok(path)) = value() {
            live.forget();
            page::open(&path);
        }
    });
}

/// Says what was done on the page before, if something was.
#[component]
pub fn FlashMessage() -> impl IntoView {
    flash().map(|done| view! { <Banner tone=Tone::Good>{done.sentence()}</Banner> })
}
