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
        ("Recovery code", "Enter one of the recovery codes that you kept. Each gets you in once.", "text")
    } else {
        ("Code", "Enter the code that your app shows for this server.", "numeric")
    };
    let here = with_next("/sign-in/code", &next);
    let (question, answer, other) = if recovery {
        ("Have your phone? ", "Use the app", here)
    } else {
        let sign = if here.contains('?') { '&' } else { '?' };
        ("Not at hand? ", "Use a recovery code", format!("{here}{sign}recovery=1"))
    };
    let again = with_next("/sign-in", &next);

    view! {
        <Title text="Enter your code"/>
        <AuthLayout>
            <GuestOnly/>
            <h1 class="mb-2 font-serif text-3xl font-semibold">"One more step"</h1>
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
                        "Sign in"
                    </Button>
                </div>
            </ActionForm>
            // The link needs a full load, because both variants are the same route.
            <p class="mt-6 text-quiet">
                {question} <a class="link" href=other rel="external">
                    {answer}
                </a>
            </p>
            <p class="mt-2 text-quiet">
                "Somebody else? " <a class="link" href=again>
                    "Start over"
                </a>
            </p>
        </AuthLayout>
    }
    .into_any()
}
