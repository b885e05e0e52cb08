//! The routes: pages and their addresses.

use leptos::prelude::*;
use leptos_meta::{Html, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    api::form_values::{IS_SERVER, Theme, drawn_for, theme},
    chat::{Conversation, Home},
    chunks::{Account, AuthPages, SecondaryPages},
    layout::{NotFound, SignedInLayout},
    session::Visitor,
    ui::escape,
    words,
};

/// The root component of the app, the same on the server and in the browser.
///
/// Every page is sent complete ([`SsrMode::Async`]): the streaming modes move late content into place with a script,
/// and users without scripts would see skeletons for ever.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let visitor = Visitor::new(theme(), drawn_for());
    provide_context(visitor);
    let chosen = move || match visitor.theme.get() {
        Theme::System => None,
        theme => Some(theme.name()),
    };

    view! {
        <Html {..} data-theme=chosen/>
        <Title formatter=move |title: String| document_title(&title, visitor.unread.get())/>
        <Router>
            <Routes fallback=NotFound>
                <ParentRoute path=path!("") view=SignedInLayout ssr=SsrMode::Async>
                    <Route path=path!("") view=Home/>
                    <Route path=path!("c/:id") view=Conversation/>
                    <Route path=path!("new") view={SecondaryPages::Start}/>
                    <Route path=path!("people") view={SecondaryPages::People}/>
                    <Route path=path!("u/:username") view={SecondaryPages::Profile}/>
                    <Route path=path!("settings") view={SecondaryPages::Settings}/>
                    <Route path=path!("settings/account") view={Account::AccountPage}/>
                    <Route path=path!("settings/delete") view={Account::DeletePage}/>
                    <Route path=path!("settings/privacy") view={SecondaryPages::PrivacyPage}/>
                    <Route path=path!("settings/security") view={Account::SecurityPage}/>
                    <Route path=path!("settings/second-factor") view={Account::SecondFactorPage}/>
                    <Route path=path!("settings/appearance") view={SecondaryPages::AppearancePage}/>
                    <Route path=path!("settings/profile") view={Account::SettingsProfile}/>
                </ParentRoute>
                <Route path=path!("/sign-in") view={AuthPages::SignInPage} ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/code") view={AuthPages::CodePage} ssr=SsrMode::Async/>
                <Route path=path!("/forgot") view={AuthPages::ForgotPage} ssr=SsrMode::Async/>
                <Route path=path!("/forgot/sent") view={AuthPages::ResetSent} ssr=SsrMode::Async/>
                <Route path=path!("/reset") view={AuthPages::ResetPage} ssr=SsrMode::Async/>
                <Route path=path!("/confirm-email") view={AuthPages::ConfirmEmailPage} ssr=SsrMode::Async/>
                <Route path=path!("/sign-up") view={AuthPages::SignUpPage} ssr=SsrMode::Async/>
                <Route path=path!("/sign-up/sent") view={AuthPages::Sent} ssr=SsrMode::Async/>
                <Route path=path!("/invite/:code") view={AuthPages::Invitation} ssr=SsrMode::Async/>
                <Route path=path!("/verify") view={AuthPages::VerifyPage} ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
    .into_any()
}

/// Returns the document title as [`Title`] expects it. The browser sets it as text; the server writes it into the page
/// unescaped, and a page may be named after a user who chose `</title>` as a name.
fn document_title(page: &str, unread: u32) -> String {
    let title = window_title(page, unread);
    if IS_SERVER { escape(&title) } else { title }
}

/// Returns the document title: the number of unread messages, the page, and the app.
fn window_title(page: &str, unread: u32) -> String {
    let unread = if unread == 0 { String::new() } else { format!("({unread}) ") };
    let title = if page.is_empty() { words::common::APP_NAME.to_owned() } else { words::common::page_title(page) };
    format!("{unread}{title}")
}

#[cfg(test)]
mod tests {
    use super::window_title;

    #[test]
    fn titles() {
        assert_eq!(window_title("", 0), "WeConnect");
        assert_eq!(window_title("Tea house", 3), "(3) Tea house · WeConnect");
    }
}
