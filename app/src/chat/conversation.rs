//! The open conversation.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use protocol::{
    ConversationId, ConversationKind, ConversationSummary, Error, ErrorKind, Seq, message::ConversationSnapshot,
};

use super::{
    composer::Composer,
    connection_banner::ConnectionLine,
    conversation_avatar::{ConversationAvatar, Shown},
    timeline::Timeline,
};
use crate::{
    api::{
        ApiError,
        conversations::{Leave, open_conversation},
        messages::{history, new_id},
    },
    forms::{ActionForm, FormError, LoadError, action_error, navigate_on_success},
    live::use_live,
    ui::{
        Banner, Button, ButtonKind, ButtonLink, ConversationFrame, EmptyState, Icon, IconName, Loading, Menu,
        PaneHeader, Sheet, ShowIf, Skeleton, changing_text, presence_text, profile_path,
    },
    words,
};

/// The page `/c/:id`. Without WASM, `/c/:id?before=…` shows earlier messages.
#[component]
pub fn Conversation() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<ConversationId>().ok()));
    let before = move || query.with_untracked(|query| query.get("before")?.parse().ok().map(Seq));
    let live = use_live();
    let opened = Resource::new_blocking(
        move || id.get(),
        move |id| {
            let before = before();
            async move {
                let Some(id) = id else { return Err(ApiError::from(Error::from(ErrorKind::NotFound))) };
                // Offline, the known state of the conversation is shown. Changes since then are requested once the
                // connection is back.
                if live.is_offline()
                    && let Some(open) = live.visited(id)
                {
                    return Ok(open);
                }
                let opened = open_conversation(id, before).await;
                opened.or_else(|error| match error.0.kind {
                    ErrorKind::Unavailable => live.visited(id).ok_or(error),
                    _ => Err(error),
                })
            }
        },
    );
    let pane = move || {
        Suspend::new(async move {
            match opened.await {
                Ok(open) => view! { <ConversationPane open=open/> }.into_any(),
                Err(error) if error.0.kind == ErrorKind::NotFound => view! { <Missing/> }.into_any(),
                Err(error) => view! {
                    <Title text=words::chat::CONVERSATION/>
                    <PaneHeader title=words::chat::CONVERSATION/>
                    <ConnectionLine class="two:hidden"/>
                    <div class="p-4">
                        <LoadError error=error again=move |()| opened.refetch()/>
                    </div>
                }
                .into_any(),
            }
        })
    };
    view! { <Suspense fallback=Opening>{pane}</Suspense> }
}

/// The placeholder while the conversation loads: skeletons in the places of the messages.
#[component]
fn Opening() -> impl IntoView {
    let bubble = |(n, mine): (usize, bool)| {
        let width = ["w-1/3", "w-1/2", "w-2/5"].get(n % 3).copied().unwrap_or("w-1/3");
        let side = if mine { "flex justify-end" } else { "flex" };
        view! {
            <div class=side>
                <span class=format!("skeleton h-10 !rounded-2xl {width}") aria-hidden="true"></span>
            </div>
        }
    };
    view! {
        <Loading label=words::chat::OPENING_CONVERSATION class="flex min-h-0 flex-1 flex-col">
            <div class="pane-header">
                <Skeleton class="h-6 w-40"/>
            </div>
            <div class="timeline flex flex-1 flex-col justify-end gap-3">
                {[false, false, true, false, true, true].into_iter().enumerate().map(bubble).collect_view()}
            </div>
            <div class="talk-foot">
                <Skeleton class="h-11 w-full !rounded-3xl"/>
            </div>
        </Loading>
    }
}

#[component]
fn Missing() -> impl IntoView {
    view! {
        <Title text=words::layout::NOT_FOUND/>
        <PaneHeader title=words::layout::NOT_FOUND/>
        <div class="grid flex-1 place-items-center">
            <EmptyState icon=IconName::Conversation title=words::chat::NOTHING_FOR_YOU>
                <p>{words::chat::NO_SUCH_CONVERSATION}</p>
                <ButtonLink href="/">{words::chat::TO_YOUR_CONVERSATIONS}</ButtonLink>
            </EmptyState>
        </div>
    }
}

#[component]
fn ConversationPane(open: ConversationSnapshot) -> impl IntoView {
    let live = use_live();
    let first = open.summary.clone();
    let (id, kind) = (first.id, first.kind);
    let summary = {
        let first = first.clone();
        let rows = live.sidebar();
        Memo::new(move |_| {
            let now = rows.with(|rows| rows.iter().find(|row| row.id == id).cloned());
            now.unwrap_or_else(|| first.clone())
        })
    };
    let timeline =
        live.open(open, |id, query, limit| async move { history(id, query, limit).await.map_err(|error| error.0) });
    let title = Signal::derive(move || summary.with(|row| row.title.clone()));
    let peer = first.peer.as_ref().map(|peer| peer.id);
    let subtitle = match peer {
        Some(peer) => {
            live.subscribe_presence(move || vec![peer]);
            presence_text(live.presence_of(peer))
        }
        None => Signal::derive(move || summary.with(subtitle)),
    };
    let path = move |row: &ConversationSummary| row.peer.as_ref().map(|peer| profile_path(&peer.username));
    let card = peer.map(|_| Signal::derive(move || summary.with(path).unwrap_or_default()));
    let face = Memo::new(move |_| summary.with(|row| Some(Shown::from(row))));
    let lead = move || view! { <ConversationAvatar shown=face/> };
    // Counts the messages sent from this pane. The timeline scrolls to its end on each change.
    let sent = RwSignal::new(0_u32);

    view! {
        // The document title also changes with the unread count, possibly while this page is being disposed; hence
        // `try_get`.
        <Title text=move || title.try_get().unwrap_or_default()/>
        <ConversationFrame>
            <PaneHeader title=title subtitle=subtitle lead=lead href=card>
                {(kind == ConversationKind::Room).then(|| view! { <RoomMenu id=id summary=summary/> })}
            </PaneHeader>
            <ConnectionLine class="two:hidden"/>
            <Timeline timeline=timeline summary=summary sent=sent/>
            <div class="talk-foot">
                <ShowIf
                    is=move || !timeline.is_gone().get()
                    otherwise=|| {
                        view! {
                            <Banner>
                                {words::chat::NO_LONGER_MEMBER} " " <a class="link" href="/">
                                    {words::chat::TO_YOUR_CONVERSATIONS}
                                </a>
                            </Banner>
                        }
                    }
                >
                    <Composer
                        conversation=id
                        id=new_id()
                        sent=Callback::new(move |()| sent.update(|sent| *sent = sent.wrapping_add(1)))
                    />
                </ShowIf>
            </div>
        </ConversationFrame>
    }
}

fn subtitle(row: &ConversationSummary) -> Option<String> {
    match row.kind {
        ConversationKind::Direct => None,
        _ => Some(words::chat::members(row.members)),
    }
}

/// The menu of a room, with the form that leaves it.
#[component]
fn RoomMenu(id: ConversationId, summary: Memo<ConversationSummary>) -> impl IntoView {
    let action = ServerAction::<Leave>::new();
    let error = action_error(move || action.value().get());
    navigate_on_success(move || action.value().get());
    view! {
        <Menu label=words::chat::ABOUT_ROOM face=|| view! { <Icon name=IconName::More/> }>
            <Sheet>
                <p class="text-sm text-quiet">
                    {changing_text(move || Some(summary.with(|row| words::chat::room_is_open(&row.title))))}
                </p>
                <FormError error=error/>
                <ActionForm action=action read=move |_| Leave { conversation: id }>
                    <input type="hidden" name="conversation" value=id.to_string()/>
                    <Button behavior="submit" kind=ButtonKind::Danger class="w-full" busy=action.pending()>
                        <Icon name=IconName::SignOut/>
                        {words::chat::LEAVE_ROOM}
                    </Button>
                </ActionForm>
            </Sheet>
        </Menu>
    }
}
