//! The page of contacts: friends, requests, search, the invitation link, and blocked users.

use leptos::{ev::SubmitEvent, html::Input, prelude::*};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    location::Url,
};
use protocol::{presence::UserPresence, relationship::Contacts};

use super::{actions::RelationshipActions, row};
use crate::{
    api::relationships::{RenewInvite, contacts, search_people},
    forms::{ActionForm, FormError, LoadError, action_error},
    live::use_live,
    ui::{
        Button, ButtonKind, EmptyState, Icon, IconName, Loading, PaneHeader, ShowIf, Skeleton, TextField, changing_text,
    },
    words,
};

/// The page `/people`. `/people?q=…` also shows the results of a search.
#[component]
pub fn People() -> impl IntoView {
    let live = use_live();
    let news = Memo::new(move |_| live.relationships().with(|people| people.news()));
    let query = use_query_map();
    let sought = Memo::new(move |_| query.with(|query| query.get("q")));
    let known = Resource::new_blocking(move || news.get(), |_| contacts());
    let found = Resource::new_blocking(
        move || (sought.get(), news.get()),
        |(text, _)| async move {
            match text {
                Some(text) => search_people(text).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let here =
        sought.get_untracked().map_or_else(|| "/people".to_owned(), |q| format!("/people?q={}", Url::escape(&q)));
    let actions = RelationshipActions::new(here, move || {
        known.refetch();
        found.refetch();
    });

    // Not a `Suspend`: both are redrawn after each change, and work that is pending for the versions before must not
    // outlive them.
    let lists = move || {
        known.get().map(|answer| match answer {
            Ok((contacts, link, seen)) => {
                view! { <Lists contacts=contacts link=link seen=seen actions=actions/> }.into_any()
            }
            Err(error) => view! { <LoadError error=error again=move |()| known.refetch()/> }.into_any(),
        })
    };
    let results = move || {
        found.get().map(|found| match found {
            Ok(Some(people)) if people.is_empty() => {
                view! { <p class="text-quiet">{words::people::NOBODY_FOUND}</p> }.into_any()
            }
            Ok(Some(people)) => row::list(people, actions),
            // The field shows what is wrong with the text.
            Ok(None) | Err(_) => ().into_any(),
        })
    };
    let refusal = Signal::derive(move || found.get().and_then(Result::err));
    view! {
        <Title text=words::people::PEOPLE/>
        <PaneHeader title=words::people::PEOPLE/>
        <div class="pane-scroll">
            <div class="mx-auto flex max-w-xl flex-col gap-8 px-4 py-6">
                {actions.refusal()}
                <section aria-label=words::people::FIND_PEOPLE>
                    <Transition>
                        <Search text=sought.get_untracked().unwrap_or_default() error=Signal::derive(move || {
                            refusal.get().map(|error| error.sentence())
                        })/>
                        <div class="mt-2" aria-live="polite">
                            {results}
                        </div>
                    </Transition>
                </section>
                <Transition fallback=Waiting>{lists}</Transition>
            </div>
        </div>
    }
    .into_any()
}

/// The search form. It is a plain `GET` form, whose address is the page with the results.
#[component]
fn Search(text: String, error: Signal<Option<String>>) -> impl IntoView {
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = browser::form::FormFields::of(&event).text("q");
        navigate(&format!("/people?q={}", Url::escape(&text)), NavigateOptions { scroll: false, ..Default::default() });
    };
    view! {
        <form action="/people" method="get" role="search" on:submit=submit>
            <TextField label=words::people::FIND_PEOPLE name="q" value=text hint=words::people::FIND_HINT error=error>
                <button
                    type="submit"
                    class="btn btn-icon absolute inset-y-0 right-0"
                    aria-label=words::people::SEARCH
                    title=words::people::SEARCH
                >
                    <Icon name=IconName::Search/>
                </button>
            </TextField>
        </form>
    }
    .into_any()
}

#[component]
fn Lists(contacts: Contacts, link: String, seen: Vec<UserPresence>, actions: RelationshipActions) -> impl IntoView {
    let live = use_live();
    live.saw(seen);
    let friends: Vec<_> = contacts.friends.iter().map(|friend| friend.person.id).collect();
    live.subscribe_presence(move || friends.clone());
    let is_new = contacts == Contacts::default();
    view! {
        {row::section(words::people::REQUESTS_RECEIVED, contacts.requests_received, actions)}
        {row::section(words::people::FRIENDS, contacts.friends, actions)}
        {row::section(words::people::REQUESTS_SENT, contacts.requests_sent, actions)}
        {is_new
            .then(|| {
                view! {
                    <EmptyState icon=IconName::Group title=words::people::NO_FRIENDS>
                        <p>{words::people::NO_FRIENDS_HINT}</p>
                    </EmptyState>
                }
            })}
        <InviteLink link=link/>
        {row::section(words::people::BLOCKED, contacts.blocked, actions)}
    }
    .into_any()
}

/// The user's invitation link, with a button that copies it and one that replaces it with a new link.
#[component]
fn InviteLink(link: String) -> impl IntoView {
    let live = use_live();
    let known = RwSignal::new(link);
    let action = ServerAction::<RenewInvite>::new();
    let error = action_error(move || action.value().get());
    Effect::new(move |_| {
        // The live connection does not report this change, so the page requests its data again.
        if matches!(action.value().get(), Some(Ok(_))) {
            live.know(|people| people.ask_again());
        }
    });
    let field = NodeRef::<Input>::new();
    let said = RwSignal::new(words::people::NEW_LINK_HINT);
    // Without scripts, the button could not copy, so it is shown only after hydration.
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let copy = move |_| {
        let text = known.get_untracked();
        browser::timer::spawn(async move {
            if browser::clipboard::copy(&text).await {
                said.try_set(words::people::COPIED);
                return;
            }
            if let Some(field) = field.try_get_untracked().flatten() {
                field.select();
            }
            said.try_set(words::people::NOT_COPIED);
        });
    };
    view! {
        <section aria-labelledby="invite">
            <h2 id="invite" class="mb-1 font-serif text-xl font-semibold">
                {words::people::YOUR_INVITATION_LINK}
            </h2>
            <p class="mb-3 text-quiet">{words::people::INVITATION_LINK_HINT}</p>
            <div class="mb-3 empty:hidden">
                <FormError error=error/>
            </div>
            <div class="flex flex-wrap gap-2">
                <input
                    node_ref=field
                    class="input min-w-0 flex-1 basis-56 text-ellipsis"
                    readonly=true
                    aria-label=words::people::YOUR_INVITATION_LINK
                    value=move || known.get()
                />
                <ShowIf is=move || alive.get()>
                    <Button on:click=copy>{words::people::COPY}</Button>
                </ShowIf>
                <ActionForm action=action read=|_| RenewInvite {}>
                    <Button behavior="submit" kind=ButtonKind::Plain busy=action.pending()>
                        {words::people::NEW_LINK}
                    </Button>
                </ActionForm>
            </div>
            <p class="mt-1 min-h-5 text-sm text-quiet" role="status">
                {changing_text(move || Some(said.get().to_owned()))}
            </p>
        </section>
    }
    .into_any()
}

/// The placeholder of the lists while they load.
#[component]
fn Waiting() -> impl IntoView {
    let row = |_| {
        view! {
            <div class="flex h-16 items-center gap-3">
                <Skeleton class="size-11 !rounded-full"/>
                <Skeleton class="h-4 w-1/2"/>
            </div>
        }
    };
    view! { <Loading label=words::people::LOADING_PEOPLE>{(0..3).map(row).collect_view()}</Loading> }.into_any()
}
