//! A line that says how the connection is, while it is not as it should be.

use browser::timer;
use leptos::prelude::*;
use leptos_router::{hooks::use_location, location::Url};
use protocol::{Error, ErrorKind};

use crate::{
    api::{ApiError, accounts::me},
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
        Connection::SessionEnded => Some(State::Ended),
        Connection::OtherAccount => Some(State::OtherAccount),
        Connection::Connecting | Connection::Online => volatile.get().then_some(State::Volatile),
    });
    // Whatever this page asks is refused from here on, and the refusal says who is signed in.
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
                    State::OtherAccount => {
                        view! {
                            <Banner tone=Tone::Danger line=true class=class>
                                "You are now signed in " {as_other} " in this browser, so this page has stopped. What you \
                                wrote here is kept for the account it was written in. "
                                <a class="link" href="/" rel="external">
                                    "Go on " {as_other}
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
    Ended,
    OtherAccount,
    Volatile,
}
