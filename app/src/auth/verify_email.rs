//! The page that confirms the e-mail address of a new account.

use leptos::prelude::*;

use super::link_page::{LinkPage, token};
use crate::{
    api::auth::Verify,
    ui::{Banner, Button, ButtonKind, ButtonLink},
    words,
};
use crate::{
    forms::{ActionForm, action_error, reload_on_success},
    session::Visitor,
};

/// The page `/verify?token=…`, which the link in the mail opens.
#[component]
pub fn VerifyPage() -> impl IntoView {
    let action = ServerAction::<Verify>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    let token = token();
    let complete = !token.is_empty();
    let token = StoredValue::new(token);
    let instead = || {
        view! {
            <div class="flex flex-col gap-3">
                <ButtonLink href="/sign-up">{words::auth::SIGN_UP_AGAIN}</ButtonLink>
                <ButtonLink href="/sign-in" kind=ButtonKind::Plain>
                    {words::common::SIGN_IN}
                </ButtonLink>
            </div>
        }
    };
    view! {
        <LinkPage
            title=words::auth::CONFIRM_YOUR_EMAIL
            heading=words::auth::ONE_LAST_STEP
            complete=complete
            error=error
            instead=instead
        >
            <p class="mb-6 text-quiet">{words::auth::EMAIL_IS_YOURS}</p>
            <Others/>
            <ActionForm action=action read=|form| Verify { token: form.text("token") }>
                <input type="hidden" name="token" value=token.get_value()/>
                <Button behavior="submit" class="w-full" busy=action.pending()>
                    {words::auth::CONFIRM_AND_SIGN_IN}
                </Button>
            </ActionForm>
        </LinkPage>
    }
    .into_any()
}

/// Warns, if another user is signed in in this browser, that confirming signs that user out.
#[component]
fn Others() -> impl IntoView {
    let visitor = expect_context::<Visitor>();
    let known = move || {
        Suspend::new(async move {
            let me = visitor.me.await.ok().flatten()?;
            let name = me.user.username;
            Some(view! {
                <Banner class="mb-6">
                    {words::auth::signed_in_as(&name)}
                </Banner>
            })
        })
    };
    view! { <Suspense>{known}</Suspense> }.into_any()
}
