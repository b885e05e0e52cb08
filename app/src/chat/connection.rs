//! A line that says how the connection is, while it is not as it should be.

use leptos::prelude::*;
use leptos_router::{hooks::use_location, location::Url};

use crate::{
    live::{Connection, use_live},
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
    let state = Memo::new(move |_| match status.get() {
        Connection::Offline { .. } => Some(State::Offline),
        Connection::Paused => Some(State::Paused),
        Connection::SessionEnded => Some(State::Ended),
        Connection::Connecting | Connection::Online => volatile.get().then_some(State::Volatile),
    });
    let pathname = use_location().pathname;
    let back = move || format!("/sign-in?next={}", Url::escape(&pathname.get()));
    view! {
        {move || {
            state
                .get()
                .map(|state| match state {
                    State::Offline => {
                        view! {
                            <Banner tone=Tone::Offline line=true class=class>
                                "You're offline. You can read and write; messages are sent when the connection is back."
                            </Banner>
                        }
                            .into_any()
                    }
                    State::Paused => {
                        view! {
                            <Banner tone=Tone::Offline line=true class=class>
                                "This page is paused because you have many others open. Click or press a key to reconnect it."
                            </Banner>
                        }
                            .into_any()
                    }
                    State::Ended => {
                        view! {
                            <Banner tone=Tone::Danger line=true class=class>
                                "Your session has ended. What you wrote is kept. "
                                <a class="link" href=back rel="external">
                                    "Sign in again"
                                </a>
                            </Banner>
                        }
                            .into_any()
                    }
                    State::Volatile => {
                        view! {
                            <Banner line=true class=class>
                                "This browser keeps nothing: don't close the page before your messages are sent."
                            </Banner>
                        }
                            .into_any()
                    }
                })
        }}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Offline,
    Paused,
    Ended,
    Volatile,
}
