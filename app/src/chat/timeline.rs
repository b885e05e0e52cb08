//! The messages of the open conversation, and their scroll position, which is kept while rows come and go.

use browser::{page, view as seen};
use leptos::{html::Div, prelude::*};
use protocol::{ConversationKind, ConversationSummary, MessageId, Seq};

use super::{
    announcer::Announcer,
    message::{Actions, MessageRow},
};
use crate::{
    live::{Loading, OpenTimeline, TimelineRow, use_live},
    ui::{Banner, Button, ButtonKind, EmptyState, Icon, IconName, ShowIf, Spinner, Tone, changing_text},
    words,
};

/// The distance from either end, in CSS pixels, below which more messages are loaded. It is about a screen, so that
/// users rarely have to wait.
const NEAR: i32 = 900;
/// The distance from the end, in CSS pixels, below which the user follows the conversation: new messages scroll into
/// view.
const AT_END: i32 = 32;
const ROWS: &str = ".row";

/// The messages of a conversation, in a region that scrolls.
#[component]
pub fn Timeline(
    /// The messages to show.
    timeline: OpenTimeline,
    /// The current summary of the conversation, as the sidebar shows it.
    summary: Memo<ConversationSummary>,
    /// Counts the messages sent from this pane. Each change scrolls to the end.
    sent: RwSignal<u32>,
) -> impl IntoView {
    let live = use_live();
    let id = summary.with_untracked(|row| row.id);
    let kind = summary.with_untracked(|row| row.kind);
    let rows = timeline.rows();
    let scroller = NodeRef::<Div>::new();
    // Whether the user follows the end of the conversation. If not, `anchor` is the row that must keep its place.
    let along = RwSignal::new(true);
    let anchor = StoredValue::new(None);
    // Whether rows changed and the scroll position was not restored yet.
    let unsettled = StoredValue::new(false);

    let tell_seen = move || {
        let Some(scroller) = scroller.try_get_untracked().flatten() else { return };
        if !page::is_visible() || !page::has_focus() {
            return;
        }
        let last = if along.get_untracked() {
            Some(timeline.last().get_untracked())
        } else {
            let row = seen::last_seen(&scroller, ROWS);
            row.and_then(|row| rows.with_untracked(|rows| seq_of(rows, &row)))
        };
        if let Some(last) = last.filter(|last| *last > Seq::ZERO) {
            live.seen(id, last);
        }
    };
    let measure = move || {
        let Some(scroller) = scroller.try_get_untracked().flatten() else { return };
        let is_end = !timeline.has_newer().get_untracked();
        let reads_along = is_end && seen::below(&scroller) < AT_END;
        if along.get_untracked() != reads_along {
            along.set(reads_along);
            timeline.set_following(reads_along);
        }
        // A scroll event can fire between a change of rows and the next frame. Positions are not restored yet at that
        // time, so they must not become the anchor.
        if !unsettled.get_value() {
            anchor.set_value(seen::anchor(&scroller, ROWS));
        }
        if timeline.loading().get_untracked().is_none() && timeline.error().with_untracked(Option::is_none) {
            if seen::above(&scroller) < NEAR && timeline.has_older().get_untracked() {
                timeline.load_older();
            } else if seen::below(&scroller) < NEAR && !is_end {
                timeline.load_newer();
            }
        }
        tell_seen();
    };
    // Runs after the rows changed and before they are painted: restores the scroll position.
    let settle = move || {
        let Some(scroller) = scroller.try_get_untracked().flatten() else { return };
        unsettled.set_value(false);
        let kept = anchor.with_value(|anchor| anchor.as_ref().is_some_and(|anchor| seen::restore(&scroller, anchor)));
        if along.get_untracked() || !kept {
            seen::to_end(&scroller);
        }
        measure();
    };
    Effect::new(move |before: Option<()>| {
        rows.track();
        match before {
            None => page::next_frame(move || {
                show_unread(scroller);
                measure();
            }),
            Some(()) => {
                unsettled.set_value(true);
                page::next_frame(settle);
            }
        }
    });
    let to_latest = move || {
        along.set(true);
        anchor.set_value(None);
        if timeline.has_newer().get_untracked() {
            timeline.jump_to_latest();
        } else if let Some(scroller) = scroller.get_untracked() {
            seen::to_end(&scroller);
            measure();
        }
    };
    Effect::new(move |before: Option<u32>| {
        let sent = sent.get();
        if before.is_some_and(|before| before != sent) {
            to_latest();
        }
        sent
    });
    // A user who returns to the page reads what it shows.
    Effect::new(move |_| {
        let listeners = StoredValue::new_local((
            page::on_focus(move |focus| {
                if focus {
                    tell_seen()
                }
            }),
            page::on_visibility(move |visible| {
                if visible {
                    tell_seen()
                }
            }),
        ));
        on_cleanup(move || listeners.dispose());
    });

    // A user who sends no read receipts sees none, although the frame, which is the same for all members, contains
    // them.
    let tells = Memo::new(move |_| live.relationships().with(|people| people.receipts));
    let seen_by_others =
        Signal::derive(move || (kind.shows_receipts() && tells.get()).then(|| timeline.receipts().get().seen));
    let actions = Actions {
        retry: Callback::new(move |id| live.retry(id)),
        discard: Callback::new(move |id| {
            live.discard(id);
        }),
    };
    let names = kind != ConversationKind::Direct;
    let row = move |shown: TimelineRow| {
        let row: RwSignal<_> = shown.row.into();
        view! { <MessageRow row=row names=names seen_by_others=seen_by_others actions=actions/> }
    };
    let is_empty = move || rows.with(Vec::is_empty);
    let unread = Memo::new(move |_| summary.with(|row| row.unread));

    view! {
        <div class="relative flex min-h-0 flex-1 flex-col">
            <div
                class="timeline-scroll"
                node_ref=scroller
                on:scroll=move |_| measure()
                tabindex="0"
                role="region"
                aria-label=words::chat::HISTORY
            >
                <div class="timeline" role="log" aria-label=words::chat::MESSAGES aria-live="off">
                    <ShowIf is=move || !is_empty() otherwise=move || view! { <EmptyTimeline summary=summary/> }>
                        <Earlier timeline=timeline/>
                    </ShowIf>
                    <For each=move || rows.get() key=|row| row.id children=row/>
                    <Later timeline=timeline/>
                </div>
            </div>
            <ShowIf is=move || !along.get()>
                <button
                    type="button"
                    class="pill"
                    aria-label=move || match unread.get() {
                        0 => words::chat::JUMP_TO_LATEST.to_owned(),
                        unread => words::chat::new_messages_jump_to_latest(unread),
                    }
                    on:click=move |_| to_latest()
                >
                    <Icon name=IconName::ArrowDown/>
                    {changing_text(move || {
                        Some(
                            match unread.get() {
                                0 => words::chat::LATEST.to_owned(),
                                unread => words::chat::new_messages(unread),
                            },
                        )
                    })}
                </button>
            </ShowIf>
            <Announcer timeline=timeline/>
        </div>
    }
}

/// Scrolls to the line "New messages" if it is above the visible area.
fn show_unread(scroller: NodeRef<Div>) {
    if let (Some(scroller), Some(line)) = (scroller.try_get_untracked().flatten(), page::element("first-unread"))
        && page::top_of(&line) < page::top_of(&scroller)
    {
        page::scroll_into_view(&line, page::Align::Start);
    }
}

fn seq_of(rows: &[TimelineRow], element: &str) -> Option<Seq> {
    let id: MessageId = element.strip_prefix("m-")?.parse().ok()?;
    let row = rows.iter().find(|row| row.id == id)?;
    Some(row.row.with_untracked(|row| row.message.seq))
}

/// The edge above the first message: a link that loads older messages, or a note that the conversation begins here.
#[component]
fn Earlier(timeline: OpenTimeline) -> impl IntoView {
    let first = move || timeline.rows().with(|rows| rows.first().map(|row| row.row.with(|row| row.message.seq.0)));
    let error = timeline.error();
    view! {
        <div class="timeline-edge">
            <ShowIf
                is=move || timeline.has_older().get()
                otherwise=|| view! { <p>{words::chat::BEGINNING}</p> }
            >
                <ShowIf
                    is=move || error.with(Option::is_none)
                    otherwise=move || {
                        view! {
                            <Banner tone=Tone::Danger>
                                <p>
                                    {changing_text(move || {
                                        error.get().map(|e| words::chat::older_not_loaded(&words::error(&e)))
                                    })}
                                </p>
                                <Button kind=ButtonKind::Plain class="mt-2" on:click=move |_| timeline.load_older()>
                                    {words::common::TRY_AGAIN}
                                </Button>
                            </Banner>
                        }
                    }
                >
                    <ShowIf
                        is=move || timeline.loading().get() == Some(Loading::Older)
                        otherwise=move || {
                            view! {
                                <a
                                    class="btn btn-quiet"
                                    href=move || format!("?before={}", first().unwrap_or_default())
                                    on:click=move |ev| {
                                        ev.prevent_default();
                                        timeline.load_older();
                                    }
                                >
                                    {words::chat::LOAD_OLDER}
                                </a>
                            }
                        }
                    >
                        <Spinner/>
                    </ShowIf>
                </ShowIf>
            </ShowIf>
        </div>
    }
}

/// The edge below the last loaded message, with a link that loads newer messages if there are any.
#[component]
fn Later(timeline: OpenTimeline) -> impl IntoView {
    view! {
        <ShowIf is=move || timeline.has_newer().get()>
            <div class="timeline-edge">
                <ShowIf
                    is=move || timeline.loading().get().is_some()
                    otherwise=move || {
                        view! {
                            <a
                                class="btn btn-quiet"
                                href="?"
                                on:click=move |ev| {
                                    ev.prevent_default();
                                    timeline.load_newer();
                                }
                            >
                                {words::chat::LOAD_NEWER}
                            </a>
                        }
                    }
                >
                    <Spinner/>
                </ShowIf>
            </div>
        </ShowIf>
    }
}

/// The empty state of a conversation without messages.
#[component]
fn EmptyTimeline(summary: Memo<ConversationSummary>) -> impl IntoView {
    let is_direct = summary.with_untracked(|row| row.kind == ConversationKind::Direct);
    let title = if is_direct { words::chat::NOTHING_SAID } else { words::chat::QUIET_ROOM };
    let readers = move || {
        Some(if is_direct {
            summary.with(|row| words::chat::sees_first_message(&row.title))
        } else {
            words::chat::READ_BY_WHOEVER_COMES.to_owned()
        })
    };
    view! {
        <EmptyState icon=IconName::Conversation title=title>
            <p>{changing_text(readers)}</p>
        </EmptyState>
    }
}
