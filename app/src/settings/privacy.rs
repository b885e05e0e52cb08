//! The privacy settings.

use leptos::prelude::*;
use protocol::privacy::{Privacy, WhoSees, WhoWrites};

use super::SettingsPage;
use crate::{
    api::{auth::me, relationships::SetPrivacy},
    forms::{ActionForm, FormError, LoadError, action_error},
    live::use_live,
    ui::{Button, Loading, Skeleton, changing_text},
    words,
};

const WRITES: [(WhoWrites, &str); 3] = [
    (WhoWrites::Everyone, words::settings::EVERYBODY),
    (WhoWrites::Acquaintances, words::settings::FRIENDS_AND_ACQUAINTANCES),
    (WhoWrites::Friends, words::settings::FRIENDS_ONLY),
];
const SEES: [(WhoSees, &str); 3] = [
    (WhoSees::Everyone, words::settings::EVERYBODY),
    (WhoSees::Friends, words::settings::FRIENDS_ONLY),
    (WhoSees::Nobody, words::settings::NOBODY),
];

/// The page `/settings/privacy`.
#[component]
pub fn PrivacyPage() -> impl IntoView {
    // Requested again, because the settings may have changed since the page was loaded.
    let mine = Resource::new_blocking(|| (), |()| me());
    let form = move || {
        Suspend::new(async move {
            match mine.await {
                Ok(Some(me)) => view! { <Form privacy=me.privacy/> }.into_any(),
                Ok(None) => ().into_any(),
                Err(error) => view! { <LoadError error=error again=move |()| mine.refetch()/> }.into_any(),
            }
        })
    };
    let waiting = || view! { <Loading label=words::common::LOADING><Skeleton class="h-96 w-full"/></Loading> };
    view! {
        <SettingsPage title=words::settings::PRIVACY>
            <Suspense fallback=waiting>{form}</Suspense>
        </SettingsPage>
    }
    .into_any()
}

#[component]
fn Form(privacy: Privacy) -> impl IntoView {
    let live = use_live();
    let action = ServerAction::<SetPrivacy>::new();
    let error = action_error(move || action.value().get());
    let tells = RwSignal::new(privacy.receipts);
    // Whether the form was changed after it was saved.
    let touched = RwSignal::new(false);
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(_))) {
            touched.set(false);
            live.know(|people| people.receipts = tells.get_untracked());
        }
    });
    let read = move |form: &browser::form::FormFields| {
        let receipts = form.text("receipts");
        tells.set(!receipts.is_empty());
        SetPrivacy { messages: form.text("messages"), presence: form.text("presence"), receipts }
    };
    let saved = move || matches!(action.value().get(), Some(Ok(_))) && !touched.get();
    let writes = WRITES.map(|(who, label)| (who.name(), label, who == privacy.messages));
    let sees = SEES.map(|(who, label)| (who.name(), label, who == privacy.presence));
    view! {
        <ActionForm action=action read=read>
            <div class="flex flex-col gap-8" on:change=move |_| touched.set(true)>
                {choices("messages", words::settings::WHO_MAY_WRITE, writes)}
                {choices("presence", words::settings::WHO_SEES_YOU, sees)}
                <fieldset>
                    <legend class="mb-1 font-serif text-xl font-semibold">{words::settings::READ_RECEIPTS}</legend>
                    <label class="option">
                        <input type="checkbox" name="receipts" value="on" checked=privacy.receipts/>
                        <span>{words::settings::READ_RECEIPTS_ABOUT}</span>
                    </label>
                </fieldset>
                <FormError error=error/>
                <div class="flex items-center gap-4">
                    <Button behavior="submit" busy=action.pending()>
                        {words::common::SAVE}
                    </Button>
                    <p role="status" class="text-quiet">
                        {changing_text(move || saved().then(|| words::common::SAVED.to_owned()))}
                    </p>
                </div>
            </div>
        </ActionForm>
        <p class="text-quiet">
            {words::settings::BLOCKED_CANNOT_REACH_YOU} " "
            <a class="link" href="/people">
                {words::settings::SEE_WHO_IS_BLOCKED}
            </a>
        </p>
    }
    .into_any()
}

/// Returns a group of radio buttons.
fn choices(name: &'static str, legend: &'static str, options: [(&'static str, &'static str, bool); 3]) -> AnyView {
    let option = |(value, label, chosen)| {
        view! {
            <label class="option">
                <input type="radio" name=name value=value checked=chosen/>
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="mb-1 font-serif text-xl font-semibold">{legend}</legend>
            {options.map(option).collect_view()}
        </fieldset>
    }
    .into_any()
}
