//! The page that sets a new password in place of a forgotten one.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use protocol::Field;

use super::link_page::{LinkPage, token};
use crate::forms::NewPassword;
use crate::forms::{ActionForm, action_error, on, reload_on_success};
use crate::{
    api::auth::ResetPassword,
    ui::{Button, ButtonLink},
    words,
};

/// The page `/reset?token=…`, which the link in the mail opens.
#[component]
pub fn ResetPage() -> impl IntoView {
    let action = ServerAction::<ResetPassword>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    let token = token();
    let complete = !token.is_empty();
    let token = StoredValue::new(token);
    let account = StoredValue::new(use_query_map().read_untracked().get("for"));
    let instead = || {
        view! {
            <ButtonLink href="/forgot" class="w-full">
                {words::auth::ASK_FOR_NEW_LINK}
            </ButtonLink>
        }
    };
    view! {
        <LinkPage
            title=words::auth::A_NEW_PASSWORD
            heading=words::auth::A_NEW_PASSWORD
            complete=complete
            error=error
            fields=&[Field::Password]
            instead=instead
        >
            <p class="mb-6 text-quiet">{words::auth::SIGNED_OUT_BY_RESET}</p>
            <ActionForm
                action=action
                read=|form| ResetPassword { token: form.text("token"), password: form.text("password") }
            >
                <div class="flex flex-col gap-3">
                    <input type="hidden" name="token" value=token.get_value()/>
                    <NewPassword
                        label=words::common::NEW_PASSWORD
                        account=account.get_value()
                        known=Signal::derive(move || account.get_value().into_iter().collect::<Vec<_>>())
                        error=on(error, Field::Password)
                    />
                    <Button behavior="submit" class="mt-3 w-full" busy=action.pending()>
                        {words::common::CHANGE_PASSWORD}
                    </Button>
                </div>
            </ActionForm>
        </LinkPage>
    }
    .into_any()
}
