//! A banner that reports problems of the connection.

use browser::timer;
use leptos::prelude::*;
use protocol::{Error, ErrorKind};

use crate::{
    api::{ApiError, auth::me},
    forms::SignInAgain,
    live::{Connection, use_live},
    ui::{Banner, Tone, changing_text},
    words,
};

/// A banner that reports problems of the connection. It is empty while there are none.
#[component]
pub fn ConnectionLine(
    /// More classes.
    #[prop(optional, into)]
    class: &'static str,
) -> impl IntoView {
    let live = use_live();
    let status = live.status();
    let volatile = live.is_volatile();
    // Ignores the seconds until the next retry: a banner that is redrawn is announced again by screen readers.
    let state = Memo::new(move |_| {
        let is_volatile = volatile.get();
        match status.get() {
            Connection::Offline { .. } => Some(State::Offline { is_volatile }),
            Connection::Paused => Some(State::Paused),
            Connection::OtherAccount => Some(State::OtherAccount),
            Connection::SessionEnded => Some(State::Ended { is_volatile }),
            Connection::Connecting | Connection::Online => is_volatile.then_some(State::Volatile),
        }
    });
    // The server refuses all requests of this page from now on, and the refusal names the account that is signed in.
    let other = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if status.get() == Connection::OtherAccount {
            timer::spawn(async move {
                if let Err(ApiError(Error { kind: ErrorKind::OtherAccount { username }, .. })) = me().await {
                    other.try_set(Some(username));
                }
            });
        }
    });
    let as_other = move || {
        Some(other.with(|name| match name {
            Some(name) => words::connection::signed_in_as(name),
            None => words::connection::SIGNED_IN_AS_SOMEBODY_ELSE.to_owned(),
        }))
    };
    let go_on = move || {
        Some(other.with(|name| match name {
            Some(name) => words::connection::go_on_as(name),
            None => words::connection::GO_ON_AS_SOMEBODY_ELSE.to_owned(),
        }))
    };
    move || {
        state.get().map(|state| match state {
            State::Offline { is_volatile } => {
                let text = if is_volatile { words::connection::OFFLINE_NOT_KEPT } else { words::connection::OFFLINE };
                view! { <Banner tone=Tone::Offline line=true class=class>{text}</Banner> }
            }
            State::Paused => view! {
                <Banner tone=Tone::Offline line=true class=class>
                    {words::connection::PAUSED}
                </Banner>
            },
            State::Ended { is_volatile: false } => view! {
                <Banner tone=Tone::Danger line=true class=class>
                    {words::connection::SESSION_ENDED_KEPT} " " <SignInAgain/>
                </Banner>
            },
            State::Ended { is_volatile: true } => view! {
                <Banner tone=Tone::Danger line=true class=class>
                    {words::connection::SESSION_ENDED_NOT_KEPT}
                </Banner>
            },
            State::OtherAccount => view! {
                <Banner tone=Tone::Danger line=true class=class>
                    {changing_text(as_other)} " " <a class="link" href="/" rel="external">
                        {changing_text(go_on)}
                    </a>
                </Banner>
            },
            State::Volatile => view! {
                <Banner line=true class=class>
                    {words::connection::NOT_KEPT}
                </Banner>
            },
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Offline { is_volatile: bool },
    Ended { is_volatile: bool },
    Paused,
    OtherAccount,
    Volatile,
}
