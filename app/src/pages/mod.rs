//! Whole pages: the way in, settings, what is shown when something is missing or wrong, and the frame of panes in
//! which a signed-in person's pages lie.

mod code;
mod confirm_email;
mod forgot;
mod form;
mod frame;
mod link;
mod new_password;
mod not_found;
pub mod parts;
mod porch;
mod problem;
mod reset;
mod sent;
mod settings;
mod settings_profile;
mod sign_in;
mod sign_up;
mod verify;
mod you;

pub use code::CodePage;
pub use confirm_email::ConfirmEmailPage;
pub use forgot::ForgotPage;
pub use form::{ActionForm, FormError, LoadError, SignInAgain, address, on};
pub use frame::{SidebarSkeleton, SignedInLayout, use_me};
pub use not_found::NotFound;
pub use porch::{AuthLayout, GuestOnly};
pub use problem::ErrorPage;
pub use reset::ResetPage;
pub use sent::{ResetSent, Sent};
pub use settings::{AccountPage, AppearancePage, DeletePage, SecondFactorPage, SecurityPage, Settings, SettingsPage};
pub use settings_profile::SettingsProfile;
pub use sign_in::SignInPage;
pub use sign_up::SignUpPage;
pub use verify::VerifyPage;
pub use you::{You, YouSheet};

use browser::{page, storage};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use protocol::{UserId, account::Me};

use crate::{
    api::{ApiError, accounts::me, page::Theme, told::flash},
    live::use_live,
    ui::{Banner, Tone},
};

/// Who is using the page, known once for all of it. Signing in and out load the page anew.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// The signed-in person, if there is one.
    pub me: Resource<Result<Option<Me>, ApiError>>,
    /// The account that the page was drawn for, if somebody is signed in.
    pub account: Option<UserId>,
    /// The theme.
    pub theme: RwSignal<Theme>,
    /// Unread messages, as the window's title says.
    pub unread: RwSignal<u32>,
    /// Whether no page was shown yet.
    begins: StoredValue<bool>,
}

impl Visitor {
    /// Asks the server who it is. Blocking: the answer decides between a page and a redirect.
    pub fn new(theme: Theme, account: Option<UserId>) -> Self {
        Effect::new(move |_| storage::announce(account));
        Self {
            me: Resource::new_blocking(|| (), |()| me()),
            account,
            theme: RwSignal::new(theme),
            unread: RwSignal::new(0),
            begins: StoredValue::new(true),
        }
    }

    /// Whether this is the first page since the browser loaded the app. True once.
    pub fn begins(&self) -> bool {
        self.begins.try_update_value(std::mem::take).unwrap_or(false)
    }
}

/// The sentences of a failed action, by where a form shows them.
pub fn action_error<T: Clone + Send + Sync + 'static>(
    value: impl Fn() -> Option<Result<T, ApiError>> + Copy + Send + Sync + 'static,
) -> Signal<Option<ApiError>> {
    Signal::derive(move || value().and_then(Result::err))
}

/// In the browser, goes to a page of the app where an action says once it has succeeded. Without WASM the server's
/// redirect does it.
pub fn navigate_on_success(value: impl Fn() -> Option<Result<String, ApiError>> + 'static) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(path)) = value() {
            navigate(&path, NavigateOptions::default());
        }
    });
}

/// As [`navigate_on_success`], with a full load: who is signed in changes.
pub fn reload_on_success(value: impl Fn() -> Option<Result<String, ApiError>> + 'static) {
    Effect::new(move |_| {
        if let Some(Ok(path)) = value() {
            page::open(&path);
        }
    });
}

/// As [`reload_on_success`], at one's own sign-out: what was written here and not sent goes first. It stays when a session merely
/// ends.
pub fn leave(value: impl Fn() -> Option<Result<String, ApiError>> + 'static) {
    let live = use_live();
    Effect::new(move |_| {
        if let Some(Ok(path)) = value() {
            live.forget();
            page::open(&path);
        }
    });
}

/// Says what was done on the page before, if something was.
#[component]
pub fn FlashMessage() -> impl IntoView {
    flash().map(|done| view! { <Banner tone=Tone::Good>{done.sentence()}</Banner> })
}
