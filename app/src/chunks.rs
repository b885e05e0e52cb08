//! The chunks of the app: groups of pages that most visits do not need. The browser loads a chunk when the first page
//! of its group is opened.

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
    words,
};
use crate::{
    auth::{CodePage, ConfirmEmailPage, ForgotPage, ResetPage, ResetSent, Sent, SignInPage, SignUpPage, VerifyPage},
    settings::{
        AccountPage, AppearancePage, DeletePage, SecondFactorPage, SecurityPage, Settings, SettingsProfile, StatusSheet,
    },
};

/// Defines a chunk: one type for the pages of its group, which the router accepts as the view of a route, and one
/// function that renders all of them. The chunk is the code that only this function needs. (A type per route would cost
/// a kilobyte each, in the part of the WASM that every visit loads.)
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
                // On the server: the page names the files of the chunk, so that they are fetched along with the rest.
                leptos::prefetch_lazy_fn_on_server(stringify!($part));
                match $part(self).await {
                    Ok(page) => page,
                    // The browser is offline, or the server has another version by now. Text that was typed elsewhere
                    // must not be lost with this page.
                    Err(_) => view! { <NotLoaded/> }.into_any(),
                }
            }

            async fn preload(&self) {}
        }
    };
}

/// The page in place of a page whose chunk cannot be loaded.
#[component]
fn NotLoaded() -> impl IntoView {
    view! {
        <Title text=words::layout::NOT_LOADED/>
        <PaneHeader title=words::layout::NOT_LOADED/>
        <div class="p-4">
            <Banner tone=Tone::Danger>
                <p class="mb-2">{words::layout::PAGE_NOT_LOADED}</p>
                // An empty address is that of this page. A full load discards all state.
                <a class="btn btn-plain" href="" rel="external">
                    {words::common::TRY_AGAIN}
                </a>
            </Banner>
        </div>
    }
    .into_any()
}

part! {
    /// The pages that need no sign-in.
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
    /// The pages that users visit now and then.
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
    /// The pages that users visit rarely, to change something about their account.
    account, load_account, Account {
        AccountPage,
        DeletePage,
        SecurityPage,
        SecondFactorPage,
        SettingsProfile,
    }
}

/// Returns the sheet of the status menu, or `None` if its chunk cannot be loaded.
pub async fn you_sheet(owner: &Owner) -> Option<AnyView> {
    load_secondary_pages().await.ok()?;
    let draw = owner.with(|| ScopedFuture::new_untracked(secondary_pages(SecondaryPages::StatusSheet)));
    draw.await.ok()
}

/// Calls `go_on` once the chunk of the current page is loaded, or without loading anything if the page is in no chunk.
/// If the chunk cannot be loaded, `go_on` is never called: the page stays as the server rendered it, and works with
/// plain forms.
///
/// Hydration needs this, because the router needs the view of the page at once. (Hydration that waits in the middle,
/// `hydrate_lazy`, does not work with pages like ours.)
pub fn with_part(go_on: impl FnOnce() + 'static) {
    timer::spawn(async {
        if load(&page::path()).await.is_ok() {
            go_on();
        }
    });
}

/// Loads the chunk of the page at this address, if it is in one.
async fn load(path: &str) -> Result<(), SplitLoaderError> {
    match part_of(path) {
        Some(Part::AuthPages) => load_auth_pages().await,
        Some(Part::SecondaryPages) => load_secondary_pages().await,
        Some(Part::Account) => load_account().await,
        None => Ok(()),
    }
}

/// Loads the chunks of the pages that a signed-in user may visit next, so that they open at once, and offline too.
pub async fn load_ahead() {
    // Errors are ignored, because a page that is opened reports itself that it cannot be loaded.
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
