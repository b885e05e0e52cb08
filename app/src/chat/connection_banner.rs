//! A banner that reports problems of the connection.

use browser::timer;
use leptos::prelude::*;
use protocol::{Error, ErrorKind};

use crate::{
    api::{ApiError, auth::me},
    forms::SignInAgain,
    live::{Connection, use_live},
    ui::{Banner, Tone},
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
    let as_other = move || other.get().map_or_else(|| "as somebody else".to_owned(), |name| format!("as @{name}"));
    move || {
        state.get().map(|state| match state {
            State::Offline { is_volatile } => {
                let what = if is_volatile {
                    "You're offline, and this browser could not keep what you wrote. Leave this page open: your messages are \
                     sent when the connection is back."
                } else {
                    "You're offline. You can read and write; messages are sent when the connection is back."
                };
                view! { <Banner tone=Tone::Offline line=true class=class>{what}</Banner> }
            }
            State::Paused => view! {
                <Banner tone=Tone::Offline line=true class=class>
                    "This page is paused because you have many others open. Click or press a key to reconnect it."
                </Banner>
            },
            State::Ended { is_volatile: false } => view! {
                <Banner tone=Tone::Danger line=true class=class>
                    "Your session has ended. What you wrote is kept. " <SignInAgain/>
                </Banner>
            },
            State::Ended { is_volatile: true } => view! {
                <Banner tone=Tone::Danger line=true class=class>
                    "Your session has ended, and this browser could not keep what you wrote. Leave this page open and sign \
                     in in another tab: your messages are sent then."
                </Banner>
            },
            State::OtherAccount => view! {
                <Banner tone=Tone::Danger line=true class=class>
                    "You are now signed in " {as_other} " in this browser, so this page has stopped. What you wrote here is \
                     kept for the account it was written in. "
                    <a class="link" href="/" rel="external">
                        "Go on " {as_other}
                    </a>
                </Banner>
            },
            State::Volatile => view! {
                <Banner line=true class=class>
                    "This browser could not keep what you wrote. Leave this page open until your messages are sent."
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
