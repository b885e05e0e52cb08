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
    ui::{Button, ButtonKind, ButtonLink, Icon, IconName, TextField, emphasized},
    words,
};

/// The page `/settings/account`.
#[component]
pub fn AccountPage() -> impl IntoView {
    let typed = form_values();
    view! {
        <SettingsPage title=words::settings::ACCOUNT>
            <Email typed=typed.email/>
            <Username typed=typed.username/>
            <Data/>
            <Section id="end" title=words::common::DELETE_YOUR_ACCOUNT>
                <p class="mb-4 text-quiet">{words::settings::DELETION_TEASER}</p>
                <ButtonLink href="/settings/delete" kind=ButtonKind::Danger>
                    {words::settings::GO_TO_DELETION}
                </ButtonLink>
            </Section>
        </SettingsPage>
    }
    .into_any()
}

#[component]
fn Email(typed: String) -> impl IntoView {
    let email = use_me().email;
    let action = ServerAction::<ChangeEmail>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    view! {
        <Section id="email-heading" title=words::settings::EMAIL_ADDRESS>
            <p class="mb-4 text-quiet">
                {emphasized(&words::settings::email_now(&email), &email)}
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
                        label=words::settings::NEW_EMAIL
                        name="email"
                        value=typed
                        check=|text| check_email(text).map(drop)
                        autocomplete="email"
                        inputmode="email"
                        error=on(error, Field::Email)
                    />
                    <CurrentPassword id="email-password" error=on(error, Field::CurrentPassword)/>
                    <Button behavior="submit" kind=ButtonKind::Plain class="self-start" busy=action.pending()>
                        {words::settings::CHANGE_EMAIL}
                    </Button>
                </div>
            </ActionForm>
        </Section>
    }
    .into_any()
}

#[component]
fn Username(typed: String) -> impl IntoView {
    let username = use_me().user.username;
    let action = ServerAction::<ChangeUsername>::new();
    let error = action_error(move || action.value().get());
    reload_on_success(move || action.value().get());
    view! {
        <Section id="username-heading" title=words::common::USERNAME>
            <p class="mb-4 text-quiet">
                {emphasized(&words::settings::username_now(&username), &format!("@{username}"))}
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
                        label=words::settings::NEW_USERNAME
                        name="username"
                        value=typed
                        check=|text| check_username(text).map(drop)
                        error=on(error, Field::Username)
                    />
                    <CurrentPassword id="username-password" error=on(error, Field::CurrentPassword)/>
                    <Button behavior="submit" kind=ButtonKind::Plain class="self-start" busy=action.pending()>
                        {words::settings::CHANGE_USERNAME}
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
        <Section id="data" title=words::settings::YOUR_DATA>
            <p class="mb-4 text-quiet">
                {words::settings::YOUR_DATA_ABOUT}
            </p>
            <a class="btn btn-plain" href="/account/data.json" download rel="external">
                <Icon name=IconName::Download/>
                {words::common::DOWNLOAD_YOUR_DATA}
            </a>
        </Section>
    }
    .into_any()
}
