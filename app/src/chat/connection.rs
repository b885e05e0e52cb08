//! A line that says how the connection is, while it is not as it should be.

use leptos::prelude::*;

use crate::{
    live::{Connection, use_live},
    pages::SignInAgain,
    ui::{Banner, Tone},
};

/// The line. Nothing while all is well.
#[component]
pub fn ConnectionLine(
    /// More classes.
    #[prop(optional, into)]
    class: &'static str,
) -> impl IntoView {
    let live = use_live();
    let status = live.status();
    let volatile = live.is_volatile();
    // The seconds to the next try are nobody's concern; a line that is drawn anew every time would be read out anew.
    let state = Memo::new(move |_| {
        let is_volatile = volatile.get();
        match status.get() {
            Connection::Offline { .. } => Some(State::Offline { is_volatile }),
            Connection::SessionEnded => Some(State::Ended { is_volatile }),
            Connection::Connecting | Connection::Online => is_volatile.then_some(State::Volatile),
        }
    });
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
    Volatile,
}
