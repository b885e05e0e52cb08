//! The page that requests a link to choose a new password.

use leptos::prelude::*;
use leptos_meta::Title;
use protocol::{Field, email::check_email};

use super::AuthLayout;
use crate::forms::{ActionForm, FormError, action_error, on, reload_on_success};
use crate::{
    api::{auth::ForgotPassword, form_values::form_values},
    ui::{Button, TextField},
    words,
};

/// The page `/forgot`. It is open to signed-in users too, because changing a password requires the current one, which
/// they may have forgotten.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let action = ServerAction::<ForgotPassword>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    view! {
        <Title text=words::auth::FORGOT_PASSWORD_QUESTION/>
        <AuthLayout>
            <h1 class="mb-2 font-serif text-3xl font-semibold">{words::auth::FORGOT_PASSWORD_QUESTION}</h1>
            <p class="mb-6 text-quiet">{words::auth::IT_HAPPENS}</p>
            <ActionForm action=action read=|form| ForgotPassword { email: form.text("email") }>
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::Email]/>
                    <TextField
                        label=words::common::EMAIL
                        name="email"
                        value=form_values().email
                        check=|text| check_email(text).map(drop)
                        hint=words::auth::ADDRESS_OF_ACCOUNT
                        autocomplete="email"
                        inputmode="email"
                        autofocus=true
                        error=on(error, Field::Email)
                    />
                    <Button behavior="submit" class="w-full" busy=action.pending()>
                        {words::auth::SEND_LINK}
                    </Button>
                </div>
            </ActionForm>
            <p class="mt-6 text-quiet">
                {words::auth::REMEMBERED_IT} " " <a class="link" href="/sign-in">
                    {words::common::SIGN_IN}
                </a>
            </p>
        </AuthLayout>
    }
    .into_any()
}
