//! Forms that call the server, and components that show its errors.

mod new_password;

use browser::{form::FormFields, page};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
    location::Url,
};
use protocol::{ErrorKind, Field};

pub use self::new_password::{NewPassword, PAUSE};
use crate::session::Visitor;
use crate::{
    api::{ApiError, flash::flash, form_values::acting_as},
    live::{Connection, use_live},
    ui::{Banner, Button, ButtonKind, Tone},
    words,
};

/// Returns the message of an error about one field, for that field.
pub fn on(error: Signal<Option<ApiError>>, field: Field) -> Signal<Option<String>> {
    Signal::derive(move || error.get().and_then(|error| error.on(field)))
}

/// The message of an error about a form as a whole: any error that is about none of its fields.
#[component]
pub fn FormError(
    /// The error of the form, if it was refused.
    error: Signal<Option<ApiError>>,
    /// The fields of the form, which show their own errors.
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

/// Returns the message of an error. If the session has ended, the message contains a link to sign in again.
fn sentence(error: &ApiError, text: impl IntoView + 'static) -> AnyView {
    match error.0.kind {
        ErrorKind::Unauthenticated => view! { {words::common::SESSION_ENDED} " " <SignInAgain/> }.into_any(),
        _ => text.into_any(),
    }
}

/// A link to the sign-in page, which leads back to this page.
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
            {words::common::SIGN_IN_AGAIN}
        </a>
    }
    .into_any()
}

/// The error of data that could not be loaded, with a button that retries. It also retries by itself once the
/// connection is back, or the user has signed in again.
#[component]
pub fn LoadError(
    /// The error.
    error: ApiError,
    /// Called to load the data again.
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
    let what = error.sentence();
    let text = move || match status.get() {
        Connection::Offline { .. } if is_away => words::common::NOT_KEPT_HERE.to_owned(),
        _ => what.clone(),
    };
    view! {
        <Banner tone=Tone::Danger>
            <p class="mb-2">{sentence(&error, text)}</p>
            <Button kind=ButtonKind::Plain on:click=move |_| again.run(())>
                {words::common::TRY_AGAIN}
            </Button>
        </Banner>
    }
    .into_any()
}

/// Returns the address to which a form of this page is posted: `path`, bound to the account that the page was rendered
/// for.
pub fn address(path: &str) -> String {
    let account = expect_context::<Visitor>().account;
    account.map_or_else(|| path.to_owned(), |account| format!("{}{path}", acting_as(account)))
}

/// A form that calls a server function: it is posted as a plain form without WASM, and dispatches its action with WASM.
///
/// The component of this name in Leptos brings a parser of encoded forms into the browser to make the arguments. Here,
/// they are read from the fields.
#[component]
pub fn ActionForm<F>(
    /// The action to dispatch.
    action: ServerAction<F>,
    /// Makes the arguments from the fields. The names of the fields must be those of the arguments.
    read: impl Fn(&FormFields) -> F + Send + Sync + 'static,
    /// The fields, and the button that submits them.
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

/// Returns the error of an action, if it failed.
pub fn action_error<T: Clone + Send + Sync + 'static>(
    value: impl Fn() -> Option<Result<T, ApiError>> + Copy + Send + Sync + 'static,
) -> Signal<Option<ApiError>> {
    Signal::derive(move || value().and_then(Result::err))
}

/// Navigates to the path that an action returns when it succeeds. Without WASM, the server redirects instead.
pub fn navigate_on_success(value: impl Fn() -> Option<Result<String, ApiError>> + 'static) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(path)) = value() {
            navigate(&path, NavigateOptions::default());
        }
    });
}

/// Opens the path that an action returns when it succeeds, like [`navigate_on_success`] but with a full load, because
/// it may change who is signed in.
pub fn reload_on_success(value: impl Fn() -> Option<Result<String, ApiError>> + 'static) {
    Effect::new(move |_| {
        if let Some(Ok(path)) = value() {
            page::open(&path);
        }
    });
}

/// Opens the path that an action returns when it succeeds, like [`reload_on_success`], but first deletes the unsent
/// text in this browser. For users who sign out or delete their account; if a session merely ends, the text is kept.
pub fn leave(value: impl Fn() -> Option<Result<String, ApiError>> + 'static) {
    let live = use_live();
    Effect::new(move |_| {
        if let Some(Ok(path)) = value() {
            live.forget();
            page::open(&path);
        }
    });
}

/// The flash message of the page before, if there is one.
#[component]
pub fn FlashMessage() -> impl IntoView {
    flash().map(|done| view! { <Banner tone=Tone::Good>{done.sentence()}</Banner> })
}
