//! The privacy settings.

use leptos::prelude::*;
use protocol::privacy::{Privacy, WhoSees, WhoWrites};

use super::SettingsPage;
use crate::{
    api::{auth::me, relationships::SetPrivacy},
    forms::{ActionForm, FormError, LoadError, action_error},
    live::use_live,
    ui::{Button, Loading, Skeleton, changing_text},
};

const WRITES: [(WhoWrites, &str); 3] = [
    (WhoWrites::Everyone, "Everybody on this server"),
    (WhoWrites::Acquaintances, "Friends, and people in a group or room with me"),
    (WhoWrites::Friends, "Friends only"),
];
const SEES: [(WhoSees, &str); 3] =
    [(WhoSees::Everyone, "Everybody on this server"), (WhoSees::Friends, "Friends only"), (WhoSees::Nobody, "Nobody")];

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
    let waiting = || view! { <Loading label="Loading"><Skeleton class="h-96 w-full"/></Loading> };
    view! {
        <SettingsPage title="Privacy">
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
                {choices("messages", "Who may write to you, call you and add you to groups", writes)}
                {choices("presence", "Who sees whether you are here, and your status", sees)}
                <fieldset>
                    <legend class="mb-1 font-serif text-xl font-semibold">"Read receipts"</legend>
                    <label class="option">
                        <input type="checkbox" name="receipts" value="on" checked=privacy.receipts/>
                        <span>"Let others see how far you have read. If you don’t, you don’t see it of them either."</span>
                    </label>
                </fieldset>
                <FormError error=error/>
                <div class="flex items-center gap-4">
                    <Button behavior="submit" busy=action.pending()>
                        "Save"
                    </Button>
                    <p role="status" class="text-quiet">
                        {changing_text(move || saved().then(|| "Saved.".to_owned()))}
                    </p>
                </div>
            </div>
        </ActionForm>
        <p class="text-quiet">
            "People you blocked can’t reach you, whatever you choose here, and are not told. "
            <a class="link" href="/people">
                "See who is blocked"
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
