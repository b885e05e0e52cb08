//! The page that requests a link to choose a new password.

use leptos::prelude::*;
use leptos_meta::Title;
use protocol::{Field, email::check_email};

use super::AuthLayout;
use crate::forms::{ActionForm, FormError, action_error, on, reload_on_success};
use crate::{
    api::{auth::ForgotPassword, form_values::form_values},
    ui::{Button, TextField},
};

/// The page `/forgot`. It is open to signed-in users too, because changing a password requires the current one, which
/// they may have forgotten.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let action = ServerAction::<ForgotPassword>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    view! {
        <Title text="Forgot your password"/>
        <AuthLayout>
            <h1 class="mb-2 font-serif text-3xl font-semibold">"Forgot your password?"</h1>
            <p class="mb-6 text-quiet">"It happens. We send you a link with which you choose a new one."</p>
            <ActionForm action=action read=|form| ForgotPassword { email: form.text("email") }>
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::Email]/>
                    <TextField
                        label="E-mail"
                        name="email"
                        value=form_values().email
                        check=|text| check_email(text).map(drop)
                        hint="The address of your account."
                        autocomplete="email"
                        inputmode="email"
                        autofocus=true
                        error=on(error, Field::Email)
                    />
                    <Button behavior="submit" class="w-full" busy=action.pending()>
                        "Send the link"
                    </Button>
                </div>
            </ActionForm>
            <p class="mt-6 text-quiet">
                "Remembered it? " <a class="link" href="/sign-in">
                    "Sign in"
                </a>
            </p>
        </AuthLayout>
    }
    .into_any()
}
