//! The frame of panes around the pages of a signed-in user.

mod error_page;
mod not_found;
mod status_menu;

pub use self::{error_page::ErrorPage, not_found::NotFound};

use std::time::Duration;

use browser::{page, timer};
use leptos::{html::Section, prelude::*};
use leptos_router::{
    components::{Outlet, Redirect},
    hooks::use_location,
    location::Url,
};
use protocol::{ErrorKind, conversation::Bootstrap, presence::OwnPresence, user::Me};

use self::status_menu::You;
use crate::{
    api::conversations::bootstrap,
    chat::{ConnectionLine, Sidebar},
    live::{Connection, provide_live, relationships::Relationships},
    people::PeopleLink,
    ui::{IconLink, IconName, Loading, ShowIf, Skeleton, Wordmark, provide_today},
    words,
};
use crate::{chunks, session::Visitor};

/// The time, in milliseconds, from the first connection until the chunks of other pages are loaded. Requests of the
/// page itself go first.
const SETTLED_MS: u32 = 3_000;

/// The time that the user must stay at an address before its page is stored.
const STAYED: Duration = Duration::from_millis(1_500);

/// The layout of all pages that require a signed-in user. Other visitors are redirected to the sign-in page first, and
/// return afterwards.
#[component]
pub fn SignedInLayout() -> impl IntoView {
    let visitor = expect_context::<Visitor>();
    // Requested only once it is known who is signed in.
    let bootstrap = Resource::new_blocking(
        || (),
        move |()| async move {
            match visitor.me.await {
                Ok(Some(_)) => bootstrap().await,
                _ => Ok(Bootstrap::default()),
            }
        },
    );
    let location = use_location();
    let page = move || {
        let here = format!("{}{}", location.pathname.get_untracked(), query(&location.search.get_untracked()));
        Suspend::new(async move {
            let me = match visitor.me.await {
                // The session still exists, but the account does not.
                Err(error) if error.0.kind == ErrorKind::Unauthenticated => Ok(None),
                me => me,
            };
            match me {
                Ok(Some(me)) => match bootstrap.await {
                    Ok(bootstrap) => view! { <Layout me=me bootstrap=bootstrap/> }.into_any(),
                    Err(error) => view! { <ErrorPage what=error.sentence()/> }.into_any(),
                },
                Ok(None) if here == "/" => view! { <Redirect path="/sign-in"/> }.into_any(),
                Ok(None) => view! { <Redirect path=format!("/sign-in?next={}", Url::escape(&here))/> }.into_any(),
                Err(error) => view! { <ErrorPage what=error.sentence()/> }.into_any(),
            }
        })
    };
    // Not a `Suspense`: the router's outlet waits a moment on each navigation. Meanwhile, a `Suspense` would remove the
    // whole frame, and with it the focus and the scroll position of the list.
    view! { <Transition fallback=Opening>{page}</Transition> }
}

fn query(search: &str) -> String {
    if search.is_empty() { String::new() } else { format!("?{}", search.trim_start_matches('?')) }
}

/// The list of conversations, and the page next to it. A phone shows one of them: the list at `/`, otherwise the page.
#[component]
fn Layout(me: Me, bootstrap: Bootstrap) -> impl IntoView {
    provide_today();
    let live = provide_live(me.user.id, bootstrap.conversations);
    live.know(|people| *people = Relationships::new(&me));
    live.begin(bootstrap.people, OwnPresence { availability: me.availability, status: me.status.clone() });
    let sidebar = live.sidebar();
    let visitor = expect_context::<Visitor>();
    let unread = visitor.unread;
    Effect::new(move |_| unread.set(sidebar.with(|rows| rows.iter().map(|row| row.unread).sum())));
    provide_context(me);
    let pathname = use_location().pathname;
    let is_home = Memo::new(move |_| pathname.get() == "/");
    let talk = NodeRef::<Section>::new();

    // A reload without a connection shows the stored copy of this page. The service worker stores the page that was
    // loaded, if the worker was active then; pages that are opened without a load are stored once the user has stayed
    // on them.
    Effect::new(move |before: Option<()>| {
        let path = pathname.get();
        if before.is_none() {
            browser::worker::register();
        }
        set_timeout(
            move || {
                if pathname.try_get_untracked().as_ref() == Some(&path) {
                    browser::worker::keep(&path);
                }
            },
            STAYED,
        );
    });

    // Runs once, and only with a connection, because the browser's console reports each chunk that cannot be loaded.
    let status = live.status();
    Effect::new(move |begun: Option<bool>| {
        let begun = begun.unwrap_or_default();
        let online = status.get() == Connection::Online;
        if online && !begun {
            timer::spawn(async move {
                timer::sleep(SETTLED_MS).await;
                if status.try_get_untracked() == Some(Connection::Online) {
                    chunks::load_ahead().await;
                }
            });
        }
        begun || online
    });

    // Navigation moves the focus to the new page, as a full load does for users who cannot see the page. After a load,
    // the browser places the focus itself.
    let is_loaded = visitor.begins();
    Effect::new(move |before: Option<String>| {
        let now = pathname.get();
        if before.map_or(!is_loaded, |before| before != now)
            && let Some(talk) = talk.get_untracked()
        {
            page::focus(&talk);
            // A hidden pane cannot take the focus: on a phone, the home page is the list.
            if !page::is_focused(&talk)
                && let Some(list) = page::element("list")
            {
                page::focus(&list);
            }
        }
        now
    });

    view! {
        <a class="skip-link" href=move || if is_home.get() { "#list" } else { "#talk" } rel="external">
            {words::common::SKIP_TO_CONTENT}
        </a>
        <main class="frame" data-pane=move || if is_home.get() { "list" } else { "talk" }>
            <nav id="list" class="list-pane" aria-label=words::chat::CONVERSATIONS tabindex="-1">
                <header class="pane-header !pl-3">
                    <You/>
                    <div class="@container min-w-0 flex-1">
                        <Wordmark/>
                    </div>
                    <PeopleLink/>
                    <IconLink href="/settings" icon=IconName::Settings label=words::common::SETTINGS/>
                    <IconLink href="/new" icon=IconName::Compose label=words::chat::NEW_CONVERSATION/>
                </header>
                // Every other page has its heading in the other pane; at home, a phone shows this pane only.
                <ShowIf is=move || is_home.get()>
                    <h1 class="sr-only">{words::chat::CONVERSATIONS}</h1>
                </ShowIf>
                <ConnectionLine/>
                <Sidebar/>
            </nav>
            <section id="talk" class="talk-pane" aria-label=words::chat::CONVERSATION tabindex="-1" node_ref=talk>
                <Outlet/>
            </section>
        </main>
    }
    .into_any()
}

/// The placeholder of the frame before it is known who is signed in.
#[component]
fn Opening() -> impl IntoView {
    view! {
        <main class="frame" data-pane="list">
            <Loading label=words::layout::OPENING_WECONNECT class="list-pane">
                <div class="pane-header">
                    <Skeleton class="h-8 w-40"/>
                </div>
                <SidebarSkeleton/>
            </Loading>
            <div class="talk-pane"></div>
        </main>
    }
    .into_any()
}

/// The placeholder of the list's rows while they load, in the size of the rows.
#[component]
pub fn SidebarSkeleton() -> impl IntoView {
    let row = |_| {
        view! {
            <div class="flex h-18 items-center gap-3 px-4">
                <Skeleton class="size-11 !rounded-full"/>
                <div class="flex flex-1 flex-col gap-2">
                    <Skeleton class="h-4 w-1/2"/>
                    <Skeleton class="h-3 w-4/5"/>
                </div>
            </div>
        }
    };
    view! { <div aria-hidden="true">{(0..6).map(row).collect_view()}</div> }.into_any()
}
