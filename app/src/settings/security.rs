//! The security settings: two-step sign-in, password, and sessions.

use leptos::prelude::*;
use protocol::Field;

use super::{CurrentPassword, Section, SettingsPage, sessions::Sessions};
use crate::{
    api::account::ChangePassword,
    forms::{ActionForm, FormError, NewPassword, action_error, on, reload_on_success},
    session::use_me,
    ui::{Button, ButtonKind, ButtonLink},
    words,
};

/// The page `/settings/security`.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let has_second_factor = use_me().has_second_factor;
    let (state, link) = if has_second_factor {
        (words::settings::TWO_STEP_IS_ON, words::settings::CHANGE_TWO_STEP_SIGN_IN)
    } else {
        (words::settings::TWO_STEP_IS_OFF, words::common::SET_UP_TWO_STEP_SIGN_IN)
    };
    view! {
        <SettingsPage title=words::settings::SECURITY>
            <Section id="second-factor" title=words::common::TWO_STEP_SIGN_IN>
                <p class="mb-4 text-quiet">{state}</p>
                <ButtonLink href="/settings/second-factor" kind=ButtonKind::Plain>
                    {link}
                </ButtonLink>
            </Section>
            <Password/>
            <Sessions/>
        </SettingsPage>
    }
    .into_any()
}

#[component]
fn Password() -> impl IntoView {
    let me = use_me();
    let action = ServerAction::<ChangePassword>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    view! {
        <Section id="password-heading" title=words::common::PASSWORD>
            <p class="mb-4 text-quiet">
                {words::settings::NEW_PASSWORD_SIGNS_OUT} " "
                <a class="link" href="/forgot">
                    {words::settings::FORGOT_CURRENT_PASSWORD}
                </a>
            </p>
            <ActionForm
                action=action
                read=|form| ChangePassword {
                    current_password: form.text("current_password"),
                    password: form.text("password"),
                }
            >
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::CurrentPassword, Field::Password]/>
                    <CurrentPassword id="current-password" error=on(error, Field::CurrentPassword)/>
                    <NewPassword
                        label=words::common::NEW_PASSWORD
                        account=Some(me.user.username.clone())
                        known=Signal::stored(vec![me.email, me.user.username])
                        error=on(error, Field::Password)
                    />
                    <Button behavior="submit" kind=ButtonKind::Plain class="mt-3 self-start" busy=action.pending()>
                        {words::common::CHANGE_PASSWORD}
                    </Button>
                </div>
            </ActionForm>
        </Section>
    }
    .into_any()
}
