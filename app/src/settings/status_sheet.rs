//! The sheet of the status menu.

use browser::{clock, form::FormFields, time};
use leptos::prelude::*;
use protocol::{
    Field,
    presence::{Availability, Expiry, OwnPresence, Presence, Status},
};

use crate::{
    api::{
        ApiError,
        form_values::{FormValues, IS_SERVER},
        presence::{SetAvailability, SetStatus},
    },
    forms::{ActionForm, FormError, action_error, on},
    live::use_live,
    session::use_me,
    ui::{Button, ButtonKind, PresenceDot, Sheet, TextField, Time, TimeStyle},
    words,
};

/// The suggested statuses: emoji, text and expiry.
const PRESETS: [(&str, &str, Expiry); 4] = [
    ("📅", words::status::IN_MEETING, Expiry::Hour),
    ("🍵", words::status::HAVING_BREAK, Expiry::HalfHour),
    ("🤒", words::status::OFF_SICK, Expiry::Today),
    ("🌴", words::status::ON_HOLIDAY, Expiry::Week),
];

/// The form values of a status: text that was typed into a plain form and refused.
#[derive(Clone, Debug)]
pub struct TypedStatus(pub FormValues);

/// The sheet of the status menu: the user's name, availability and status.
#[component]
pub fn StatusSheet() -> impl IntoView {
    let card = use_live().user(use_me().user);
    view! {
        <Sheet at_start=true>
            <div class="min-w-0">
                <p class="truncate font-semibold" dir="auto" translate="no">
                    {move || card.with(|card| card.name().to_owned())}
                </p>
                <p class="truncate text-sm text-quiet" translate="no">"@" {move || card.with(|card| card.username.clone())}</p>
            </div>
            <AvailabilityForm/>
            <StatusForms/>
        </Sheet>
    }
    .into_any()
}

/// Returns whether the plain form for a status was just refused. The sheet is open then, and shows the error.
pub fn is_status_refused() -> bool {
    IS_SERVER && ServerAction::<SetStatus>::new().value().with_untracked(|value| matches!(value, Some(Err(_))))
}

#[component]
fn AvailabilityForm() -> impl IntoView {
    let live = use_live();
    let chosen = live.own_presence();
    let action = ServerAction::<SetAvailability>::new();
    let error = action_error(move || action.value().get());
    take(move || action.value().get());
    let choice = move |availability: Availability, shown: Presence, label: &'static str| {
        view! {
            <button
                type="submit"
                class="choice"
                name="availability"
                value=availability.name()
                aria-pressed=move || chosen.with(|chosen| chosen.availability == availability).to_string()
            >
                <PresenceDot presence=Signal::stored(Some(shown)) silent=true/>
                {label}
            </button>
        }
    };
    view! {
        <ActionForm action=action read=|form| SetAvailability { availability: form.text("availability") }>
            <div class="flex flex-col" role="group" aria-label=words::status::AVAILABILITY>
                {choice(Availability::Automatic, Presence::Online, words::status::ONLINE)}
                {choice(Availability::Away, Presence::Away, words::status::AWAY)}
                {choice(Availability::Busy, Presence::Busy, words::status::DO_NOT_DISTURB)}
                {choice(Availability::Invisible, Presence::Offline, words::status::INVISIBLE)}
            </div>
        </ActionForm>
        <FormError error=error/>
    }
    .into_any()
}

/// The current status, with forms that change and clear it.
#[component]
fn StatusForms() -> impl IntoView {
    let chosen = use_live().own_presence();
    let typed = use_context().map(|TypedStatus(typed)| typed).unwrap_or_default();
    let action = ServerAction::<SetStatus>::new();
    let error = action_error(move || action.value().get());
    take(move || action.value().get());
    // The buttons have a separate action, so that they do not discard text that is being typed into the fields.
    let quick = ServerAction::<SetStatus>::new();
    let refused = action_error(move || quick.value().get());
    take(move || quick.value().get());
    // A saved status is shown above the fields, so the fields are emptied.
    let saved = Memo::new(move |before: Option<&u32>| {
        let is_saved = action.value().with(|value| matches!(value, Some(Ok(_))));
        before.map_or(0, |n| n.wrapping_add(u32::from(is_saved)))
    });
    let status = move || chosen.with(|chosen| chosen.status.clone());
    let fields = move |saved: u32| {
        let typed = if saved == 0 { typed.clone() } else { FormValues::default() };
        view! { <StatusFields error=error typed=typed/> }
    };
    let hidden = |(emoji, text, expiry): (&'static str, &'static str, Expiry)| {
        view! {
            <input type="hidden" name="emoji" value=emoji/>
            <input type="hidden" name="text" value=text/>
            <input type="hidden" name="expiry" value=expiry.name()/>
        }
    };
    let preset = move |preset: (&'static str, &'static str, Expiry)| {
        view! {
            <ActionForm action=quick read=read>
                {hidden(preset)}
                <button type="submit" class="chip">
                    {preset.0}
                    " "
                    {preset.1}
                </button>
            </ActionForm>
        }
    };
    view! {
        <section class="flex flex-col gap-2" aria-label=words::status::YOUR_STATUS>
            <FormError error=refused fields=&[Field::Emoji, Field::Status]/>
            {move || {
                status()
                    .map(|status| {
                        view! {
                            <div class="flex items-center gap-2">
                                <SaidNow status=status/>
                                <ActionForm action=quick read=read>
                                    {hidden(("", "", Expiry::Never))}
                                    <Button behavior="submit" kind=ButtonKind::Quiet class="!px-2">
                                        {words::status::CLEAR}
                                    </Button>
                                </ActionForm>
                            </div>
                        }
                    })
            }}
            <ActionForm action=action read=read>
                <div class="flex flex-col gap-1">
                    // Keyed by the count, so that each save creates new fields.
                    <For each=move || [saved.get()] key=|saved| *saved children=fields/>
                    <div class="flex gap-2">
                        <label class="sr-only" for="status-expiry">
                            {words::status::CLEAR_AFTER}
                        </label>
                        <select id="status-expiry" name="expiry" class="input min-w-0 flex-1">
                            {Expiry::ALL
                                .map(|expiry| {
                                    view! {
                                        <option value=expiry.name() selected={expiry == Expiry::Today}>
                                            {label(expiry)}
                                        </option>
                                    }
                                })
                                .collect_view()}
                        </select>
                        <Button behavior="submit" class="!px-4" busy=action.pending()>
                            {words::common::SAVE}
                        </Button>
                    </div>
                </div>
            </ActionForm>
            <div class="flex flex-wrap gap-2" role="group" aria-label=words::status::SUGGESTIONS>
                {PRESETS.map(preset).collect_view()}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn StatusFields(error: Signal<Option<ApiError>>, typed: FormValues) -> impl IntoView {
    view! {
        <FormError error=error fields=&[Field::Emoji, Field::Status]/>
        <div class="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-2">
            <TextField
                label=words::status::EMOJI
                name="emoji"
                id="status-emoji"
                optional=true
                value=typed.emoji
                error=on(error, Field::Emoji)
            />
            <TextField
                label=words::status::STATUS
                name="text"
                id="status-text"
                optional=true
                value=typed.status
                error=on(error, Field::Status)
            />
        </div>
    }
    .into_any()
}

/// The current status, and its expiry.
#[component]
fn SaidNow(status: Status) -> impl IntoView {
    let Status { emoji, text, until } = status;
    view! {
        <p class="written min-w-0 flex-1" dir="auto" translate="no">
            {emoji} " " {text}
            {until
                .map(|until| {
                    view! {
                        <span class="block text-sm text-quiet">
                            <Time at=Signal::stored(until) style=TimeStyle::Brief sentence=words::status::until/>
                        </span>
                    }
                })}
        </p>
    }
    .into_any()
}

const fn label(expiry: Expiry) -> &'static str {
    match expiry {
        Expiry::HalfHour => words::status::FOR_30_MINUTES,
        Expiry::Hour => words::status::FOR_1_HOUR,
        Expiry::FourHours => words::status::FOR_4_HOURS,
        Expiry::Today => words::status::TODAY,
        Expiry::Week => words::status::THIS_WEEK,
        Expiry::Never => words::status::UNTIL_CLEARED,
    }
}

fn read(form: &FormFields) -> SetStatus {
    SetStatus {
        emoji: form.text("emoji"),
        text: form.text("text"),
        expiry: form.text("expiry"),
        offset: time::offset(clock::now()),
    }
}

/// Shows a choice as soon as the server accepted it, because the live connection may be down.
fn take(value: impl Fn() -> Option<Result<OwnPresence, ApiError>> + 'static) {
    let live = use_live();
    Effect::new(move |_| {
        if let Some(Ok(chosen)) = value() {
            live.set_own_presence(chosen);
        }
    });
}
