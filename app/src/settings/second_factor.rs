//! The settings of two-step sign-in.

use leptos::prelude::*;
use protocol::{
    Field,
    second_factor::{QrCode, SecondFactor},
};

use super::{CurrentPassword, Section, SettingsPage};
use crate::{
    api::{
        flash::codes,
        second_factor::{BeginSecondFactor, ConfirmSecondFactor, EndSecondFactor, RenewRecoveryCodes, second_factor},
    },
    forms::{ActionForm, FormError, LoadError, action_error, on, reload_on_success},
    ui::{Banner, Button, ButtonKind, ButtonLink, Loading, Skeleton, TextField, Tone},
};

/// The page `/settings/second-factor`.
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let state = Resource::new_blocking(|| (), |()| second_factor());
    let drawn = move || {
        Suspend::new(async move {
            match state.await {
                Ok(SecondFactor::Off) => view! { <Off/> }.into_any(),
                Ok(SecondFactor::SettingUp { secret, uri, qr }) => {
                    view! { <SettingUp secret=secret uri=uri qr=qr/> }.into_any()
                }
                Ok(SecondFactor::On { recovery_codes }) => view! { <On left=recovery_codes/> }.into_any(),
                Err(error) => view! { <LoadError error=error again=move |()| state.refetch()/> }.into_any(),
            }
        })
    };
    view! {
        <SettingsPage title="Two-step sign-in" up=("/settings/security", "Back to security")>
            <Codes codes=codes()/>
            <Suspense fallback=|| {
                view! {
                    <Loading label="Loading">
                        <Skeleton class="h-40 w-full"/>
                    </Loading>
                }
            }>{drawn}</Suspense>
        </SettingsPage>
    }
    .into_any()
}

/// The recovery codes that were just created. They are shown once.
#[component]
fn Codes(codes: Vec<String>) -> impl IntoView {
    (!codes.is_empty()).then(|| {
        view! {
            <Section id="codes" title="Your recovery codes">
                <Banner tone=Tone::Good>
                    "Write them down or print them now: they are shown this once. Each gets you in once without your \
                    phone. Earlier codes no longer work."
                </Banner>
                <ul class="mt-4 grid gap-x-8 gap-y-2 font-mono two:grid-cols-2">
                    {codes.into_iter().map(|code| view! { <li>{code}</li> }).collect_view()}
                </ul>
            </Section>
        }
    })
}

#[component]
fn Off() -> impl IntoView {
    let action = ServerAction::<BeginSecondFactor>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    view! {
        <div>
            <p class="mb-4">
                "Somebody who learns your password still can't get in when signing in takes a code from your phone as \
                well. You need an authenticator app there; any will do."
            </p>
            <ActionForm
                action=action
                read=|form| BeginSecondFactor { current_password: form.text("current_password") }
            >
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::CurrentPassword]/>
                    <CurrentPassword id="begin-password" error=on(error, Field::CurrentPassword)/>
                    <Button behavior="submit" class="self-start" busy=action.pending()>
                        "Set up two-step sign-in"
                    </Button>
                </div>
            </ActionForm>
        </div>
    }
    .into_any()
}

#[component]
fn SettingUp(secret: String, uri: String, qr: QrCode) -> impl IntoView {
    let action = ServerAction::<ConfirmSecondFactor>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    view! {
        <Section id="scan" title="1. Tell your app">
            <p class="mb-4 text-quiet">"Scan this with the app, within ten minutes."</p>
            <svg
                class="qr"
                viewBox=format!("0 0 {0} {0}", qr.size)
                role="img"
                aria-label="QR code with the key that is written below"
                shape-rendering="crispEdges"
            >
                <path d=qr.path></path>
            </svg>
            <p class="mt-4 text-quiet">
                "Is the app on this device? "
                <a class="link" href=uri rel="external">
                    "Open it"
                </a> ". Or type this key:"
            </p>
            <p class="mt-1">
                <code class="font-mono">{secret}</code>
            </p>
        </Section>
        <Section id="confirm" title="2. Enter its code">
            <ActionForm action=action read=|form| ConfirmSecondFactor { code: form.text("code") }>
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::Code]/>
                    <Code id="code" error=on(error, Field::Code)/>
                    <div class="flex flex-wrap gap-3">
                        <Button behavior="submit" busy=action.pending()>
                            "Switch on"
                        </Button>
                        <ButtonLink href="/settings/security" kind=ButtonKind::Plain>
                            "Not now"
                        </ButtonLink>
                    </div>
                </div>
            </ActionForm>
        </Section>
    }
    .into_any()
}

#[component]
fn On(left: u32) -> impl IntoView {
    let renew = ServerAction::<RenewRecoveryCodes>::new();
    let renew_error = action_error(move || renew.value().get());
    reload_on_success(move || renew.value().get());
    let end = ServerAction::<EndSecondFactor>::new();
    let end_error = action_error(move || end.value().get());
    reload_on_success(move || end.value().get());
    view! {
        <p>
            "Two-step sign-in is on. Recovery codes that are left: " <strong>{left}</strong> "."
        </p>
        <Section id="renew" title="New recovery codes">
            <p class="mb-4 text-quiet">"The ones you have stop working."</p>
            <ActionForm
                action=renew
                read=|form| RenewRecoveryCodes {
                    current_password: form.text("current_password"),
                    code: form.text("code"),
                }
            >
                <div class="flex flex-col gap-3">
                    <FormError error=renew_error fields=&[Field::CurrentPassword, Field::Code]/>
                    <CurrentPassword id="renew-password" error=on(renew_error, Field::CurrentPassword)/>
                    <Code id="renew-code" error=on(renew_error, Field::Code)/>
                    <Button behavior="submit" kind=ButtonKind::Plain class="self-start" busy=renew.pending()>
                        "Make new codes"
                    </Button>
                </div>
            </ActionForm>
        </Section>
        <Section id="off" title="Switch it off">
            <p class="mb-4 text-quiet">"Signing in takes nothing but your password then."</p>
            <ActionForm
                action=end
                read=|form| EndSecondFactor {
                    current_password: form.text("current_password"),
                    code: form.text("code"),
                }
            >
                <div class="flex flex-col gap-3">
                    <FormError error=end_error fields=&[Field::CurrentPassword, Field::Code]/>
                    <CurrentPassword id="off-password" error=on(end_error, Field::CurrentPassword)/>
                    // Uses the full keyboard, because recovery codes contain letters.
                    <TextField
                        label="Code from the app, or a recovery code"
                        name="code"
                        id="off-code"
                        autocomplete="one-time-code"
                        error=on(end_error, Field::Code)
                    />
                    <Button behavior="submit" kind=ButtonKind::Danger class="self-start" busy=end.pending()>
                        "Switch off"
                    </Button>
                </div>
            </ActionForm>
        </Section>
    }
    .into_any()
}

/// A field for a code of the authenticator app.
#[component]
fn Code(id: &'static str, error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <TextField
            label="Code from the app"
            name="code"
            id=id
            autocomplete="one-time-code"
            inputmode="numeric"
            error=error
        />
    }
    .into_any()
}
