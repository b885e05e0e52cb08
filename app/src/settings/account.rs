//! The account settings: e-mail address, username, data export, and deletion.

use leptos::prelude::*;
use protocol::{Field, email::check_email, username::check_username};

use super::{CurrentPassword, Section, SettingsPage};
use crate::{
    api::{
        account::{ChangeEmail, ChangeUsername},
        form_values::form_values,
    },
    forms::{ActionForm, FormError, action_error, on, reload_on_success},
    session::use_me,
    ui::{Button, ButtonKind, ButtonLink, Icon, IconName, TextField},
};

/// The page `/settings/account`.
#[component]
pub fn AccountPage() -> impl IntoView {
    let typed = form_values();
    view! {
        <SettingsPage title="Account">
            <Email typed=typed.email/>
            <Username typed=typed.username/>
            <Data/>
            <Section id="end" title="Delete your account">
                <p class="mb-4 text-quiet">"For good. You are told what that means first."</p>
                <ButtonLink href="/settings/delete" kind=ButtonKind::Danger>
                    "Delete your account …"
                </ButtonLink>
            </Section>
        </SettingsPage>
    }
    .into_any()
}

#[component]
fn Email(typed: String) -> impl IntoView {
    let action = ServerAction::<ChangeEmail>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    view! {
        <Section id="email-heading" title="E-mail address">
            <p class="mb-4 text-quiet">
                "It is " <strong class="text-ink">{use_me().email}</strong>
                ". We send a link to the new one; once you follow it, the old one is told."
            </p>
            <ActionForm
                action=action
                read=|form| ChangeEmail {
                    email: form.text("email"),
                    current_password: form.text("current_password"),
                }
            >
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::Email, Field::CurrentPassword]/>
                    <TextField
                        label="New e-mail address"
                        name="email"
                        value=typed
                        check=|text| check_email(text).map(drop)
                        autocomplete="email"
                        inputmode="email"
                        error=on(error, Field::Email)
                    />
                    <CurrentPassword id="email-password" error=on(error, Field::CurrentPassword)/>
                    <Button behavior="submit" kind=ButtonKind::Plain class="self-start" busy=action.pending()>
                        "Change e-mail address"
                    </Button>
                </div>
            </ActionForm>
        </Section>
    }
    .into_any()
}

#[component]
fn Username(typed: String) -> impl IntoView {
    let action = ServerAction::<ChangeUsername>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    view! {
        <Section id="username-heading" title="Username">
            <p class="mb-4 text-quiet">
                "It is " <strong class="text-ink">{use_me().user.username}</strong>
                ". The old one is free for others at once."
            </p>
            <ActionForm
                action=action
                read=|form| ChangeUsername {
                    username: form.text("username"),
                    current_password: form.text("current_password"),
                }
            >
                <div class="flex flex-col gap-3">
                    <FormError error=error fields=&[Field::Username, Field::CurrentPassword]/>
                    <TextField
                        label="New username"
                        name="username"
                        value=typed
                        check=|text| check_username(text).map(drop)
                        error=on(error, Field::Username)
                    />
                    <CurrentPassword id="username-password" error=on(error, Field::CurrentPassword)/>
                    <Button behavior="submit" kind=ButtonKind::Plain class="self-start" busy=action.pending()>
                        "Change username"
                    </Button>
                </div>
            </ActionForm>
        </Section>
    }
    .into_any()
}

#[component]
fn Data() -> impl IntoView {
    view! {
        <Section id="data" title="Your data">
            <p class="mb-4 text-quiet">
                "All that this server keeps about you, and everything you wrote, as a file that other programs can read."
            </p>
            <a class="btn btn-plain" href="/account/data.json" download rel="external">
                <Icon name=IconName::Download/>
                "Download your data"
            </a>
        </Section>
    }
    .into_any()
}
