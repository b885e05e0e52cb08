//! Pages that most visits do without: each group of them is a part of its own, which the browser loads when the first
//! page of the group is asked for.

use browser::{page, timer};
use leptos::{prelude::*, reactive::computed::ScopedFuture, wasm_split::SplitLoaderError, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::ChooseView;

use crate::{
    auth::Invitation,
    chat::Start,
    people::{People, Profile},
    settings::PrivacyPage,
    ui::{Banner, PaneHeader, Tone},
};
use crate::{
    auth::{CodePage, ConfirmEmailPage, ForgotPage, ResetPage, ResetSent, Sent, SignInPage, SignUpPage, VerifyPage},
    settings::{
        AccountPage, AppearancePage, DeletePage, SecondFactorPage, SecurityPage, Settings, SettingsProfile, StatusSheet,
    },
};

/// Makes one type of the group's pages, which the router takes as the view of a route, and one function that draws them
/// all: what only it needs is the part. (A type for each route would weigh a kilobyte each, in the part that everybody
/// loads.)
macro_rules! part {
    ($(#[$doc:meta])* $part:ident, $load:ident, $pages:ident { $($page:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $pages {
            $(
                #[doc = concat!("[`", stringify!($page), "`]")]
                $page
            ),+
        }

        #[wasm_split($part, wasm_split_path = ::leptos::wasm_split, preload($load), fallible)]
        fn $part(page: $pages) -> Result<AnyView, SplitLoaderError> {
            Ok(match page {
                $($pages::$page => view! { <$page/> }.into_any()),+
            })
        }

        impl ChooseView for $pages {
            async fn choose(self) -> AnyView {
                // On the server: the page names the part's files, so that they are fetched beside the rest.
                leptos::prefetch_lazy_fn_on_server(stringify!($part));
                match $part(self).await {
                    Ok(page) => page,
                    // Offline, or the server has another version by now: what was typed elsewhere must not go down
                    // with it.
                    Err(_) => view! { <NotLoaded/> }.into_any(),
                }
            }

            async fn preload(&self) {}
        }
    };
}

/// Stands in for a page whose part can't be loaded.
#[component]
fn NotLoaded() -> impl IntoView {
    view! {
        <Title text="Not loaded"/>
        <PaneHeader title="Not loaded"/>
        <div class="p-4">
            <Banner tone=Tone::Danger>
                <p class="mb-2">"This page could not be loaded. Perhaps you are offline."</p>
                // An empty address is this one; a full load starts clean.
                <a class="btn btn-plain" href="" rel="external">
                    "Try again"
                </a>
            </Banner>
        </div>
    }
    .into_any()
}

part! {
    /// The way in.
    auth_pages, load_auth_pages, AuthPages {
        SignInPage,
        SignUpPage,
        Sent,
        VerifyPage,
        Invitation,
        CodePage,
        ForgotPage,
        ResetSent,
        ResetPage,
        ConfirmEmailPage,
    }
}

part! {
    /// What one visits now and then.
    secondary_pages, load_secondary_pages, SecondaryPages {
        Settings,
        Start,
        People,
        Profile,
        PrivacyPage,
        AppearancePage,
        StatusSheet,
    }
}

part! {
    /// What one visits once in a while, to change something about one's account.
    account, load_account, Account {
        AccountPage,
        DeletePage,
        SecurityPage,
        SecondFactorPage,
        SettingsProfile,
    }
}

/// What is behind one's own face; nothing, if its part can't be loaded.
pub async fn you_sheet(owner: &Owner) -> Option<AnyView> {
    load_secondary_pages().await.ok()?;
    let draw = owner.with(|| ScopedFuture::new_untracked(secondary_pages(SecondaryPages::StatusSheet)));
    draw.await.ok()
}

/// Goes on once the part is loaded that the page of this address is in, if it is in one. Never, if that can't be loaded:
/// the page then stays as the server drew it, and works with plain forms.
///
/// For taking the page over: what the router finds there it needs at once. (Hydration that waits in the middle,
/// `hydrate_lazy`, does not find its way through pages like ours.)
pub fn with_part(go_on: impl FnOnce() + 'static) {
    timer::spawn(async {
        if load(&page::path()).await.is_ok() {
            go_on();
        }
    });
}

/// Loads the part that the page at this address is in, if it is in one.
async fn load(path: &str) -> Result<(), SplitLoaderError> {
    match part_of(path) {
        Some(Part::AuthPages) => load_auth_pages().await,
        Some(Part::SecondaryPages) => load_secondary_pages().await,
        Some(Part::Account) => load_account().await,
        None => Ok(()),
    }
}

/// Loads what somebody who is signed in may visit next, so that it is there at once, and offline too.
pub async fn load_ahead() {
    // A page that is asked for says itself that it can't be loaded.
    drop(load_secondary_pages().await);
    drop(load_account().await);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    AuthPages,
    SecondaryPages,
    Account,
}

fn part_of(path: &str) -> Option<Part> {
    let mut steps = path.trim_matches('/').split('/');
    match (steps.next(), steps.next()) {
        (Some("sign-in" | "sign-up" | "verify" | "invite" | "forgot" | "reset" | "confirm-email"), _) => {
            Some(Part::AuthPages)
        }
        (Some("settings"), Some("account" | "delete" | "security" | "second-factor" | "profile")) => {
            Some(Part::Account)
        }
        (Some("settings" | "new" | "people" | "u"), _) => Some(Part::SecondaryPages),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_by_address() {
        assert_eq!(part_of("/sign-up/sent"), Some(Part::AuthPages));
        assert_eq!(part_of("/settings/"), Some(Part::SecondaryPages));
        assert_eq!(part_of("/settings/privacy"), Some(Part::SecondaryPages));
        assert_eq!(part_of("/settings/security"), Some(Part::Account));
        assert_eq!(part_of("/"), None);
        assert_eq!(part_of("/c/0193"), None);
    }
}
