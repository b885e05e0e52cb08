//! Confirming an e-mail address.

use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;

use super::{ActionForm, Porch, failure, follow};
use crate::{
    api::accounts::Verify,
    ui::{Banner, Button, ButtonKind, ButtonLink, Tone},
};

/// `/verify?token=…`, where the link in the mail leads.
///
/// Opening it changes nothing: mail scanners open links too, and would use the token up. The button does.
#[component]
pub fn VerifyPage() -> impl IntoView {
    let action = ServerAction::<Verify>::new();
    let error = failure(move || action.value().get());
    follow(move || action.value().get());
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let complete = !token.is_empty();
    let token = StoredValue::new(token);
    let gone = move || error.get().is_some_and(|error| !error.0.kind.is_temporary());

    view! {
        <Title text="Confirm your e-mail"/>
        <Meta name="robots" content="noindex"/>
        <Porch>
            <h1 class="mb-2 font-serif text-3xl font-semibold">"One last step"</h1>
            {move || {
                error.get().map(|error| view! { <Banner tone=Tone::Danger class="my-4">{error.to_string()}</Banner> })
            }}
            {(!complete)
                .then(|| {
                    view! {
                        <Banner tone=Tone::Danger class="my-4">
                            "This link is incomplete. Copy the whole address from the mail."
                        </Banner>
                    }
                })}
            <Show
                when=move || complete && !gone()
                fallback=|| {
                    view! {
                        <div class="mt-6 flex flex-col gap-3">
                            <ButtonLink href="/sign-up">"Sign up again"</ButtonLink>
                            <ButtonLink href="/sign-in" kind=ButtonKind::Plain>
                                "Sign in"
                            </ButtonLink>
                        </div>
                    }
                }
            >
                <p class="mb-6 text-quiet">"Confirm that this e-mail address is yours, and you're in."</p>
                <ActionForm action=action read=|form| Verify { token: form.text("token") }>
                    <input type="hidden" name="token" value=token.get_value()/>
                    <Button behavior="submit" class="w-full" busy=action.pending()>
                        "Confirm and sign in"
                    </Button>
                </ActionForm>
            </Show>
        </Porch>
    }
    .into_any()
}
