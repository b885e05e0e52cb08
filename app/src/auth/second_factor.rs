//! The second step of signing in.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use protocol::Field;

use super::{AuthLayout, GuestOnly};
use crate::forms::{ActionForm, FormError, action_error, on, reload_on_success};
use crate::{
    api::{auth::EnterCode, redirect::with_next},
    ui::{Button, TextField},
    words,
};

/// The page `/sign-in/code?next=…`, with `&recovery=1` for a recovery code. The form accepts either kind of code; the
/// texts differ, and the keyboard that a phone shows.
#[component]
pub fn CodePage() -> impl IntoView {
    let action = ServerAction::<EnterCode>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    let query = use_query_map().read_untracked();
    let next = query.get("next").unwrap_or_default();
    let recovery = query.get("recovery").is_some();
    let (label, lead, inputmode) = if recovery {
        (words::auth::RECOVERY_CODE, words::auth::ONE_OF_RECOVERY_CODES, "text")
    } else {
        (words::auth::CODE, words::auth::CODE_OF_APP, "numeric")
    };
    let here = with_next("/sign-in/code", &next);
    let (question, answer, other) = if recovery {
        (words::auth::HAVE_YOUR_PHONE, words::auth::USE_APP, here)
    } else {
        let sign = if here.contains('?') { '&' } else { '?' };
        (words::auth::APP_NOT_AT_HAND, words::auth::USE_RECOVERY_CODE, format!("{here}{sign}recovery=1"))
    };
    let again = with_next("/sign-in", &next);

    view! {
        <Title text=words::auth::ENTER_YOUR_CODE/>
        <AuthLayout>
            <GuestOnly/>
            <h1 class="mb-2 font-serif text-3xl font-semibold">{words::auth::ONE_MORE_STEP}</h1>
            <p class="mb-6 text-quiet">{lead}</p>
            <ActionForm
                action=action
                read=|form| EnterCode { code: form.text("code"), next: form.text("next") }
            >
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::Code]/>
                    <input type="hidden" name="next" value=next/>
                    <TextField
                        label=label
                        name="code"
                        autocomplete="one-time-code"
                        inputmode=inputmode
                        autofocus=true
                        error=on(error, Field::Code)
                    />
                    <Button behavior="submit" class="w-full" busy=action.pending()>
                        {words::common::SIGN_IN}
                    </Button>
                </div>
            </ActionForm>
            // The link needs a full load, because both variants are the same route.
            <p class="mt-6 text-quiet">
                {question} " " <a class="link" href=other rel="external">
                    {answer}
                </a>
            </p>
            <p class="mt-2 text-quiet">
                {words::auth::SOMEBODY_ELSE} " " <a class="link" href=again>
                    {words::auth::START_OVER}
                </a>
            </p>
        </AuthLayout>
    }
    .into_any()
}
