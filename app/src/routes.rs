//! Which page is at which address.

use leptos::prelude::*;
use leptos_meta::{Html, Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    api::page::{Theme, theme},
    chat::{Conversation, Home},
    pages::{NotFound, Problem, SignedIn, Visitor, parts::*},
};

/// The app, the same on the server and in the browser.
///
/// Every page is sent whole ([`SsrMode::Async`]): the streaming modes move late content into place with a script, and
/// who has scripts off would see skeletons for ever.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let visitor = Visitor::new(theme());
    provide_context(visitor);
    let chosen = move || match visitor.theme.get() {
        Theme::System => None,
        theme => Some(theme.name()),
    };

    view! {
        <Html {..} data-theme=chosen/>
        <Title formatter=move |title: String| window_title(&title, visitor.unread.get())/>
        <Router>
            <ErrorBoundary fallback=|errors| {
                let what = errors.read_untracked().iter().next().map(|(_, error)| error.to_string());
                view! { <Problem what=what.unwrap_or_else(|| "Something went wrong.".to_owned())/> }
            }>
                <Routes fallback=NotFound>
                    <ParentRoute path=path!("") view=SignedIn ssr=SsrMode::Async>
                        <Route path=path!("") view=Home/>
                        <Route path=path!("c/:id") view=Conversation/>
                        <Route path=path!("new") view={Lazy::<StartRoute>::new()}/>
                        <Route path=path!("people") view={Lazy::<PeopleRoute>::new()}/>
                        <Route path=path!("u/:username") view={Lazy::<ProfileRoute>::new()}/>
                        <Route path=path!("settings") view={Lazy::<SettingsRoute>::new()}/>
                        <Route path=path!("settings/account") view={Lazy::<AccountRoute>::new()}/>
                        <Route path=path!("settings/delete") view={Lazy::<DeleteRoute>::new()}/>
                        <Route path=path!("settings/privacy") view={Lazy::<PrivacyRoute>::new()}/>
                        <Route path=path!("settings/security") view={Lazy::<SecurityRoute>::new()}/>
                        <Route path=path!("settings/second-factor") view={Lazy::<SecondFactorRoute>::new()}/>
                        <Route path=path!("settings/appearance") view={Lazy::<AppearanceRoute>::new()}/>
                        <Route path=path!("settings/profile") view={Lazy::<SettingsProfileRoute>::new()}/>
                    </ParentRoute>
                    <Route path=path!("/sign-in") view={Lazy::<SignInRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/sign-in/code") view={Lazy::<CodeRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/forgot") view={Lazy::<ForgotRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/forgot/sent") view={Lazy::<ResetSentRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/reset") view={Lazy::<ResetRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/confirm-email") view={Lazy::<ConfirmEmailRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/sign-up") view={Lazy::<SignUpRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/sign-up/sent") view={Lazy::<SentRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/invite/:code") view={Lazy::<InvitationRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/verify") view={Lazy::<VerifyRoute>::new()} ssr=SsrMode::Async/>
                </Routes>
            </ErrorBoundary>
        </Router>
    }
    .into_any()
}

/// The window's title: how much is unread, the page, the app.
fn window_title(page: &str, unread: u32) -> String {
    let unread = if unread == 0 { String::new() } else { format!("({unread}) ") };
    let page = if page.is_empty() { String::new() } else { format!("{page} · ") };
    format!("{unread}{page}WeConnect")
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
