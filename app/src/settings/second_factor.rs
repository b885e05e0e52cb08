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
    ui::{Banner, Button, ButtonKind, ButtonLink, Loading, Skeleton, TextField, Tone, emphasized},
    words,
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
        <SettingsPage
            title=words::common::TWO_STEP_SIGN_IN
            up=("/settings/security", words::second_factor::BACK_TO_SECURITY)
        >
            <Codes codes=codes()/>
            <Suspense fallback=|| {
                view! {
                    <Loading label=words::common::LOADING>
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
            <Section id="codes" title=words::second_factor::YOUR_RECOVERY_CODES>
                <Banner tone=Tone::Good>
                    {words::second_factor::WRITE_CODES_DOWN}
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
                {words::second_factor::WHAT_IT_IS}
            </p>
            <ActionForm
                action=action
                read=|form| BeginSecondFactor { current_password: form.text("current_password") }
            >
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::CurrentPassword]/>
                    <CurrentPassword id="begin-password" error=on(error, Field::CurrentPassword)/>
                    <Button behavior="submit" class="self-start" busy=action.pending()>
                        {words::common::SET_UP_TWO_STEP_SIGN_IN}
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
        <Section id="scan" title=words::second_factor::TELL_YOUR_APP>
            <p class="mb-4 text-quiet">{words::second_factor::SCAN_THIS}</p>
            <svg
                class="qr"
                viewBox=format!("0 0 {0} {0}", qr.size)
                role="img"
                aria-label=words::second_factor::QR_CODE
                shape-rendering="crispEdges"
            >
                <path d=qr.path></path>
            </svg>
            <p class="mt-4 text-quiet">
                {words::second_factor::IS_APP_HERE} " "
                <a class="link" href=uri rel="external">
                    {words::second_factor::OPEN_APP}
                </a> " " {words::second_factor::OR_TYPE_KEY}
            </p>
            <p class="mt-1">
                <code class="font-mono">{secret}</code>
            </p>
        </Section>
        <Section id="confirm" title=words::second_factor::ENTER_ITS_CODE>
            <ActionForm action=action read=|form| ConfirmSecondFactor { code: form.text("code") }>
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::Code]/>
                    <Code id="code" error=on(error, Field::Code)/>
                    <div class="flex flex-wrap gap-3">
                        <Button behavior="submit" busy=action.pending()>
                            {words::second_factor::SWITCH_ON}
                        </Button>
                        <ButtonLink href="/settings/security" kind=ButtonKind::Plain>
                            {words::second_factor::NOT_NOW}
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
            {words::second_factor::IS_ON} " "
            {emphasized(&words::second_factor::codes_left(left), &left.to_string())}
        </p>
        <Section id="renew" title=words::second_factor::NEW_CODES>
            <p class="mb-4 text-quiet">{words::second_factor::OLD_CODES_STOP}</p>
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
                        {words::second_factor::MAKE_NEW_CODES}
                    </Button>
                </div>
            </ActionForm>
        </Section>
        <Section id="off" title=words::second_factor::SWITCH_IT_OFF>
            <p class="mb-4 text-quiet">{words::second_factor::PASSWORD_IS_ENOUGH}</p>
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
                        label=words::second_factor::CODE_OR_RECOVERY_CODE
                        name="code"
                        id="off-code"
                        autocomplete="one-time-code"
                        error=on(end_error, Field::Code)
                    />
                    <Button behavior="submit" kind=ButtonKind::Danger class="self-start" busy=end.pending()>
                        {words::second_factor::SWITCH_OFF}
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
            label=words::second_factor::CODE_FROM_APP
            name="code"
            id=id
            autocomplete="one-time-code"
            inputmode="numeric"
            error=error
        />
    }
    .into_any()
}
