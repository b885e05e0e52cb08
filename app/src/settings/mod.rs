//! Settings: a page that lists the others, and what these share.

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
};

/// The pages, as the overview lists them: where, an icon, the name, and what is there.
const PAGES: &[(&str, IconName, &str, &str)] = &[
    (PROFILE, IconName::Person, "Profile", "Name, picture, a few words about you"),
    ("/settings/account", IconName::Mail, "Account", "E-mail address, username, your data"),
    ("/settings/security", IconName::Lock, "Security", "Password, two-step sign-in, your sessions"),
    ("/settings/privacy", IconName::Eye, "Privacy", "Who may write to you, and what others see"),
    ("/settings/appearance", IconName::Sun, "Appearance", "Light or dark"),
];

/// What the pages of the settings are parts of, and the way there in words.
const UP: (&str, &str) = ("/settings", "Back to settings");

/// The frame of a page of the settings, which says first what was just done.
#[component]
pub fn SettingsPage(
    /// Its title.
    title: &'static str,
    /// The page that it is a part of, and the way there in words.
    #[prop(default = UP)]
    up: (&'static str, &'static str),
    /// Its sections.
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

/// A part of a page, with a heading.
#[component]
pub fn Section(
    /// The id of its heading.
    id: &'static str,
    /// Its heading.
    title: &'static str,
    /// What is below.
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

/// The password as it is, which is asked for before something is changed.
#[component]
pub fn CurrentPassword(
    /// Its id; a page may have several.
    id: &'static str,
    /// What the server has against it.
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! { <PasswordField label="Current password" name="current_password" id=id error=error/> }.into_any()
}
