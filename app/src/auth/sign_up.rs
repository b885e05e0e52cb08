//! The sign-up page.

use leptos::{leptos_dom::helpers::debounce, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use protocol::{ErrorKind, Field, email::check_email, username::check_username as check_form};

use super::{AuthLayout, GuestOnly};
use crate::forms::NewPassword;
use crate::forms::{ActionForm, FormError, PAUSE, action_error, on, reload_on_success};
use crate::{
    api::{
        auth::{SignUp, check_username},
        form_values::form_values,
    },
    ui::{Button, TextField},
    words,
};

/// The page `/sign-up`.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let action = ServerAction::<SignUp>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    let typed = form_values();
    let invite = use_query_map().read_untracked().get("invite").unwrap_or_default();
    let email = RwSignal::new(typed.email.clone());
    let username = RwSignal::new(typed.username.clone());
    // Once the form is sent, the username may belong to this user already, and is no longer checked.
    let sent = Signal::derive(move || action.pending().get() || matches!(action.value().get(), Some(Ok(_))));

    view! {
        <Title text=words::common::CREATE_ACCOUNT/>
        <AuthLayout>
            <GuestOnly/>
            <h1 class="mb-2 font-serif text-3xl font-semibold">{words::auth::COME_ON_IN}</h1>
            <p class="mb-6 text-quiet">{words::auth::ONE_ACCOUNT}</p>
            <ActionForm
                action=action
                read=|form| SignUp {
                    email: form.text("email"),
                    username: form.text("username"),
                    password: form.text("password"),
                    invite: form.text("invite"),
                }
            >
                <input type="hidden" name="invite" value=invite/>
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::Email, Field::Username, Field::Password]/>
                    <TextField
                        label=words::common::EMAIL
                        name="email"
                        value=typed.email.clone()
                        bind=email
                        check=|text| check_email(text).map(drop)
                        hint=words::auth::EMAIL_HINT
                        autocomplete="email"
                        inputmode="email"
                        autofocus=typed.email.is_empty()
                        error=on(error, Field::Email)
                    />
                    <Username value=typed.username username=username sent=sent error=on(error, Field::Username)/>
                    <NewPassword
                        known=Signal::derive(move || vec![email.get(), username.get()])
                        error=on(error, Field::Password)
                    />
                    <Button behavior="submit" class="mt-3 w-full" busy=action.pending()>
                        {words::auth::CREATE_THIS_ACCOUNT}
                    </Button>
                </div>
            </ActionForm>
            <p class="mt-6 text-quiet">
                {words::auth::HAVE_ACCOUNT} " " <a class="link" href="/sign-in">
                    {words::common::SIGN_IN}
                </a>
            </p>
        </AuthLayout>
    }
    .into_any()
}

/// A field for the username. It checks while the user types whether the username is free.
#[component]
fn Username(
    value: String,
    username: RwSignal<String>,
    sent: Signal<bool>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let ask = Action::new(|name: &String| {
        let name = name.clone();
        async move {
            let answer = check_username(name.clone()).await;
            (name, answer)
        }
    });
    let start = value.clone();
    let mut ask_later = debounce(PAUSE, move |name: String| {
        // A malformed username is reported when the field loses the focus, without the server.
        let is_asked = username.try_get_untracked().as_ref() == Some(&name) && sent.try_get_untracked() == Some(false);
        if is_asked && check_form(&name).is_ok() {
            ask.dispatch(name);
        }
    });
    Effect::new(move |_| {
        let name = username.get();
        if !name.is_empty() && name != start {
            ask_later(name);
        }
    });

    // A response is valid only for the username that was checked, not for what was typed since.
    let answer = Signal::derive(move || {
        let current = username.get();
        ask.value().get().filter(|(name, _)| *name == current).map(|(_, answer)| answer)
    });
    let refused = Signal::derive(move || {
        let of_form = error.get();
        of_form.or_else(|| match answer.get() {
            Some(Err(error)) if error.0.kind == ErrorKind::Taken => Some(error.sentence()),
            _ => None,
        })
    });
    let hint = Signal::derive(move || {
        let free = matches!(answer.get(), Some(Ok(())));
        Some(if free { words::auth::USERNAME_FREE } else { words::auth::USERNAME_HINT }.to_owned())
    });
    view! {
        <TextField
            label=words::common::USERNAME
            name="username"
            value=value
            bind=username
            check=|text| check_form(text).map(drop)
            hint=hint
            autocomplete="username"
            error=refused
        />
    }
    .into_any()
}
