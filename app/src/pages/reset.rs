//! Choosing a new password in place of one that was forgotten.

use leptos::prelude::*;
use protocol::{Field as Of, limits::PASSWORD_MIN};

use super::{
    ActionForm, failure, follow,
    link::{LinkPage, token},
    on,
};
use crate::{
    api::accounts::ResetPassword,
    ui::{Button, ButtonLink, PasswordField},
};

/// `/reset?token=…`, where the link in the mail leads.
#[component]
pub fn ResetPage() -> impl IntoView {
    let action = ServerAction::<ResetPassword>::new();
    let error = failure(move || action.value().get());
    follow(move || action.value().get());
    let token = token();
    let complete = !token.is_empty();
    let token = StoredValue::new(token);
    let instead = || {
        view! {
            <ButtonLink href="/forgot" class="w-full">
                "Ask for a new link"
            </ButtonLink>
        }
    };
    view! {
        <LinkPage
            title="Choose a new password"
            heading="A new password"
            complete=complete
            error=error
            fields=&[Of::Password]
            instead=instead
        >
            <p class="mb-6 text-quiet">"Wherever you are signed in now, you will have to sign in again."</p>
            <ActionForm
                action=action
                read=|form| ResetPassword { token: form.text("token"), password: form.text("password") }
            >
                <div class="flex flex-col gap-3">
                    <input type="hidden" name="token" value=token.get_value()/>
                    <PasswordField
                        label="New password"
                        new=true
                        hint=format!("At least {PASSWORD_MIN} characters. A few unrelated words are best.")
                        error=on(error, Of::Password)
                    />
                    <Button behavior="submit" class="mt-3 w-full" busy=action.pending()>
                        "Change password"
                    </Button>
                </div>
            </ActionForm>
        </LinkPage>
    }
    .into_any()
}
