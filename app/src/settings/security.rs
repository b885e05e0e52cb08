//! The security settings: two-step sign-in, password, and sessions.

use leptos::prelude::*;
use protocol::Field;

use super::{CurrentPassword, Section, SettingsPage, sessions::Sessions};
use crate::{
    api::account::ChangePassword,
    forms::{ActionForm, FormError, NewPassword, action_error, on, reload_on_success},
    session::use_me,
    ui::{Button, ButtonKind, ButtonLink},
};

/// The page `/settings/security`.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let has_second_factor = use_me().has_second_factor;
    let (state, link) = if has_second_factor {
        ("On: signing in takes a code from your app besides the password.", "Change two-step sign-in")
    } else {
        ("Off: whoever learns your password gets in.", "Set up two-step sign-in")
    };
    view! {
        <SettingsPage title="Security">
            <Section id="second-factor" title="Two-step sign-in">
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
        <Section id="password-heading" title="Password">
            <p class="mb-4 text-quiet">
                "A new one signs you out everywhere else. "
                <a class="link" href="/forgot">
                    "Forgot the one you have?"
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
                        label="New password"
                        account=Some(me.user.username.clone())
                        known=Signal::stored(vec![me.email, me.user.username])
                        error=on(error, Field::Password)
                    />
                    <Button behavior="submit" kind=ButtonKind::Plain class="mt-3 self-start" busy=action.pending()>
                        "Change password"
                    </Button>
                </div>
            </ActionForm>
        </Section>
    }
    .into_any()
}
