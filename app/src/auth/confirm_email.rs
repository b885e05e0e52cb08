//! The page that confirms a new e-mail address.

use leptos::prelude::*;

use super::link_page::{LinkPage, token};
use crate::forms::{ActionForm, action_error, reload_on_success};
use crate::{
    api::account::ConfirmEmail,
    ui::{Button, ButtonLink},
    words,
};

/// The page `/confirm-email?token=…`, which the link in the mail opens.
#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    let action = ServerAction::<ConfirmEmail>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    let token = token();
    let complete = !token.is_empty();
    let token = StoredValue::new(token);
    let instead = || {
        view! {
            <ButtonLink href="/settings/account" class="w-full">
                {words::auth::TO_YOUR_ACCOUNT}
            </ButtonLink>
        }
    };
    view! {
        <LinkPage
            title=words::auth::CONFIRM_YOUR_EMAIL
            heading=words::auth::YOUR_NEW_EMAIL
            complete=complete
            error=error
            instead=instead
        >
            <p class="mb-6 text-quiet">
                {words::auth::NEW_EMAIL_IS_YOURS}
            </p>
            <ActionForm action=action read=|form| ConfirmEmail { token: form.text("token") }>
                <input type="hidden" name="token" value=token.get_value()/>
                <Button behavior="submit" class="w-full" busy=action.pending()>
                    {words::auth::CONFIRM}
                </Button>
            </ActionForm>
        </LinkPage>
    }
    .into_any()
}
