//! Settings: the overview, the pages that it lists, and the components that they share.

mod account;
mod appearance;
mod delete_account;
mod overview;
mod privacy;
mod profile;
mod second_factor;
mod security;
mod sessions;
mod status_sheet;

pub use self::account::AccountPage;
pub use self::appearance::AppearancePage;
pub use self::delete_account::DeletePage;
pub use self::overview::Settings;
pub use self::second_factor::SecondFactorPage;
pub use self::{
    privacy::PrivacyPage,
    profile::SettingsProfile,
    security::SecurityPage,
    status_sheet::{StatusSheet, TypedStatus, is_status_refused},
};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::forms::FlashMessage;
use crate::{
    api::profile::PAGE as PROFILE,
    ui::{IconName, PaneHeader, PasswordField},
    words,
};

/// The pages, as the overview lists them: the path, an icon, the name, and a description.
const PAGES: &[(&str, IconName, &str, &str)] = &[
    (PROFILE, IconName::Person, words::settings::PROFILE, words::settings::PROFILE_ABOUT),
    ("/settings/account", IconName::Mail, words::settings::ACCOUNT, words::settings::ACCOUNT_ABOUT),
    ("/settings/security", IconName::Lock, words::settings::SECURITY, words::settings::SECURITY_ABOUT),
    ("/settings/privacy", IconName::Eye, words::settings::PRIVACY, words::settings::PRIVACY_ABOUT),
    ("/settings/appearance", IconName::Sun, words::settings::APPEARANCE, words::settings::APPEARANCE_ABOUT),
];

/// The parent page of the settings pages: its path, and the label of the link to it.
const UP: (&str, &str) = ("/settings", words::settings::BACK_TO_SETTINGS);

/// The frame of a settings page. It shows the flash message first, if there is one.
#[component]
pub fn SettingsPage(
    /// The title of the page.
    title: &'static str,
    /// The parent page: its path, and the label of the link to it.
    #[prop(default = UP)]
    up: (&'static str, &'static str),
    /// The sections of the page.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=title/>
        <PaneHeader title=title up=up/>
        <div class="pane-scroll">
            <div class="mx-auto flex max-w-xl flex-col gap-10 px-4 py-8">
                <FlashMessage/>
                {children()}
            </div>
        </div>
    }
    .into_any()
}

/// A section of a page, with a heading.
#[component]
pub fn Section(
    /// The id of the heading.
    id: &'static str,
    /// The text of the heading.
    title: &'static str,
    /// The content below the heading.
    children: Children,
) -> impl IntoView {
    view! {
        <section aria-labelledby=id>
            <h2 id=id class="mb-2 font-serif text-xl font-semibold">
                {title}
            </h2>
            {children()}
        </section>
    }
    .into_any()
}

/// A field for the current password, which some changes require.
#[component]
pub fn CurrentPassword(
    /// The id of the field. A page may have several such fields.
    id: &'static str,
    /// The error of the server about the password.
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! { <PasswordField label=words::common::CURRENT_PASSWORD name="current_password" id=id error=error/> }
        .into_any()
}
