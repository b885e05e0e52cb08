//! The sign-in page.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use protocol::Field;

use super::{AuthLayout, GuestOnly};
use crate::forms::{ActionForm, FlashMessage, FormError, action_error, on, reload_on_success};
use crate::{
    api::{auth::SignIn, form_values::form_values},
    ui::{Button, PasswordField, TextField},
    words,
};

/// The page `/sign-in?next=…`.
#[component]
pub fn SignInPage() -> impl IntoView {
    let action = ServerAction::<SignIn>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    let next = use_query_map().read_untracked().get("next").unwrap_or_default();
    let typed = form_values();
    let returning = !typed.login.is_empty();

    view! {
        <Title text=words::common::SIGN_IN/>
        <AuthLayout>
            <GuestOnly/>
            <h1 class="mb-6 font-serif text-3xl font-semibold">{words::auth::WELCOME_BACK}</h1>
            <ActionForm
                action=action
                read=|form| SignIn {
                    login: form.text("login"),
                    password: form.text("password"),
                    next: form.text("next"),
                }
            >
                <div class="flex flex-col gap-3">
                    <FlashMessage/>
                    <input type="hidden" name="next" value=next/>
                    <FormError error=error fields=&[Field::Login, Field::Password]/>
                    <TextField
                        label=words::auth::EMAIL_OR_USERNAME
                        name="login"
                        value=typed.login
                        autocomplete="username"
                        inputmode="email"
                        autofocus=!returning
                        error=on(error, Field::Login)
                    />
                    <PasswordField error=on(error, Field::Password)/>
                    <Button behavior="submit" class="w-full" busy=action.pending()>
                        {words::common::SIGN_IN}
                    </Button>
                </div>
            </ActionForm>
            <p class="mt-6 text-quiet">
                <a class="link" href="/forgot">
                    {words::auth::FORGOT_PASSWORD_QUESTION}
                </a>
            </p>
            <p class="mt-2 text-quiet">
                {words::auth::NEW_HERE} " " <a class="link" href="/sign-up">
                    {words::common::CREATE_ACCOUNT}
                </a>
            </p>
        </AuthLayout>
    }
    .into_any()
}
