//! The page that confirms the e-mail address of a new account.

use leptos::prelude::*;

use super::link_page::{LinkPage, token};
use crate::{
    api::auth::Verify,
    ui::{Banner, Button, ButtonKind, ButtonLink},
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
                <ButtonLink href="/sign-up">"Sign up again"</ButtonLink>
                <ButtonLink href="/sign-in" kind=ButtonKind::Plain>
                    "Sign in"
                </ButtonLink>
            </div>
        }
    };
    view! {
        <LinkPage
            title="Confirm your e-mail"
            heading="One last step"
            complete=complete
            error=error
            instead=instead
        >
            <p class="mb-6 text-quiet">"Confirm that this e-mail address is yours, and you're in."</p>
            <Others/>
            <ActionForm action=action read=|form| Verify { token: form.text("token") }>
                <input type="hidden" name="token" value=token.get_value()/>
                <Button behavior="submit" class="w-full" busy=action.pending()>
                    "Confirm and sign in"
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
                    {format!("You are signed in as @{name} in this browser. Confirming signs @{name} out here.")}
                </Banner>
            })
        })
    };
    view! { <Suspense>{known}</Suspense> }.into_any()
}
