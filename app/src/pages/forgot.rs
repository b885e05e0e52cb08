//! A forgotten password.

use leptos::prelude::*;
use leptos_meta::Title;
use protocol::{Field as Of, account::check_email};

use super::{ActionForm, FormError, Porch, failure, follow, on};
use crate::{
    api::{accounts::ForgotPassword, page::typed},
    ui::{Button, Field},
};

/// `/forgot`. For somebody who is signed in, too: whoever wants another password may have forgotten the one they have.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let action = ServerAction::<ForgotPassword>::new();
    let error = failure(move || action.value().get());
    follow(move || action.value().get());
    view! {
        <Title text="Forgot your password"/>
        <Porch>
            <h1 class="mb-2 font-serif text-3xl font-semibold">"Forgot your password?"</h1>
            <p class="mb-6 text-quiet">"It happens. We send you a link with which you choose a new one."</p>
            <ActionForm action=action read=|form| ForgotPassword { email: form.text("email") }>
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Of::Email]/>
                    <Field
                        label="E-mail"
                        name="email"
                        value=typed().email
                        check=|text| check_email(text).map(drop)
                        hint="The address of your account."
                        autocomplete="email"
                        inputmode="email"
                        autofocus=true
                        error=on(error, Of::Email)
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
        </Porch>
    }
    .into_any()
}
