//! The page that confirms a new e-mail address.

use leptos::prelude::*;

use super::link_page::{LinkPage, token};
use crate::forms::{ActionForm, action_error, reload_on_success};
use crate::{
    api::account::ConfirmEmail,
    ui::{Button, ButtonLink},
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
                "To your account"
            </ButtonLink>
        }
    };
    view! {
        <LinkPage
            title="Confirm your e-mail"
            heading="Your new e-mail address"
            complete=complete
            error=error
            instead=instead
        >
            <p class="mb-6 text-quiet">
                "Confirm that this e-mail address is yours. From then on, mail about your account goes there."
            </p>
            <ActionForm action=action read=|form| ConfirmEmail { token: form.text("token") }>
                <input type="hidden" name="token" value=token.get_value()/>
                <Button behavior="submit" class="w-full" busy=action.pending()>
                    "Confirm"
                </Button>
            </ActionForm>
        </LinkPage>
    }
    .into_any()
}
