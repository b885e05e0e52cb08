//! One message.

use leptos::prelude::*;
use protocol::{MessageId, Seq};

use super::links::{Piece, pieces};
use crate::{
    live::{
        rows::{Row, RowState},
        use_live,
    },
    ui::{
        Avatar, AvatarSize, Button, ButtonKind, Icon, IconName, ShowIf, Time, TimeStyle, VisuallyHidden, person_text,
        profile_path, words,
    },
};

/// What can be done with a message that was not sent.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    /// Sends it again.
    pub retry: Callback<MessageId>,
    /// Throws it away.
    pub discard: Callback<MessageId>,
}

/// A message with what stands above it: the day, the line "new messages".
#[component]
pub fn MessageRow(
    /// The message; it changes in place from "pending" to "seen".
    row: RwSignal<Row>,
    /// Whether names are shown: there are more than two people.
    names: bool,
    /// How far all others have read, where that is shown.
    seen_by_others: Signal<Option<Seq>>,
    /// What can be done when it was not sent.
    actions: Actions,
) -> impl IntoView {
    let first = row.get_untracked();
    let id = first.id();
    let mine = first.mine;
    let at = Signal::derive(move || row.with(|row| row.message.at));
    let day = Memo::new(move |_| row.with(|row| row.new_day.is_some()));
    let unread = Memo::new(move |_| row.with(|row| row.first_unread));
    let starts_run = Memo::new(move |_| row.with(|row| row.starts_run));
    let ends_run = Memo::new(move |_| row.with(|row| row.ends_run));
    let body = Memo::new(move |_| row.with(|row| row.message.body.clone()));
    let author = Memo::new(move |_| row.with(|row| row.author.clone()));
    let name = move || author.with(|card| card.as_ref().map_or("Somebody", |card| card.name()).to_owned());
    let picture = move || author.with(|card| card.as_ref().and_then(|card| card.picture));
    let seed = first.message.author.to_string();
    let card = first.author.as_ref().map(|card| profile_path(&card.username)).unwrap_or_default();
    let people = use_live().relationships();
    let writer = first.message.author;
    let is_folded = Memo::new(move |_| !mine && names && people.with(|people| people.has_blocked(writer)));
    let said_by = move || if mine { "You".to_owned() } else { name() };

    view! {
        <div class="row" id=format!("m-{id}")>
            <ShowIf is=move || day.get()>
                <div class="day">
                    <Time at=at style=TimeStyle::Day/>
                </div>
            </ShowIf>
            <ShowIf is=move || unread.get()>
                <div class="news" id="first-unread">
                    <span>"New messages"</span>
                </div>
            </ShowIf>
            <article
                class="message"
                aria-label=said_by
                data-mine=mine.then_some("")
                data-starts=move || starts_run.get().then_some("")
                data-ends=move || ends_run.get().then_some("")
                data-state=move || row.with(|row| state_name(&row.state))
            >
                {(!mine && names)
                    .then(|| {
                        let (seed, card) = (seed.clone(), card.clone());
                        let face = move || {
                            let (ends_run, seed, card) = (ends_run.get(), seed.clone(), card.clone());
                            ends_run.then(|| {
                                view! {
                                    // The name leads there too; once is enough for whoever goes by keyboard or ear.
                                    <a href=card tabindex="-1" aria-hidden="true">
                                        <Avatar name=name() seed=seed picture=picture() size=AvatarSize::Small/>
                                    </a>
                                }
                            })
                        };
                        view! { <span class="message-face">{face}</span> }
                    })}
                <div class="message-column">
                    {(!mine && names)
                        .then(|| {
                            let (card, class) = (card.clone(), format!("message-author {}", person_text(&seed)));
                            view! {
                                <ShowIf is=move || starts_run.get()>
                                    <p class=class.clone() dir="auto" translate="no">
                                        <a href=card.clone()>{name}</a>
                                    </p>
                                </ShowIf>
                            }
                        })}
                    {move || {
                        let bubble = view! {
                            // In the direction of its first strong letter; a later paragraph in that of its own, by
                            // timeline.css.
                            <div class="bubble" dir="auto">
                                <p class="message-body">{move || text(&body.get())}</p>
                                <span class="message-foot">
                                    <Time at=at/>
                                    {mine.then(|| view! { <State row=row seen_by_others=seen_by_others/> })}
                                </span>
                            </div>
                        };
                        if is_folded.get() { fold(bubble.into_any()) } else { bubble.into_any() }
                    }}
                    {mine.then(|| view! { <NotSent row=row actions=actions/> })}
                </div>
            </article>
        </div>
    }
}

/// A message that one would rather not see. It is still there for whoever wants to follow the talk.
fn fold(bubble: AnyView) -> AnyView {
    view! {
        <details class="folded">
            <summary>"Message from somebody you blocked"</summary>
            {bubble}
        </details>
    }
    .into_any()
}

/// The text, with its web addresses as links.
fn text(body: &str) -> Vec<AnyView> {
    pieces(body)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned().into_any(),
            Piece::Link(link) => {
                // A page opened from here must not know from where, nor reach back.
                view! {
                    <a class="link" href=link.to_owned() target="_blank" rel="noopener noreferrer nofollow ugc">
                        {link.to_owned()}
                    </a>
                }
                .into_any()
            }
        })
        .collect()
}

const fn state_name(state: &RowState) -> &'static str {
    match state {
        RowState::Stored => "stored",
        RowState::Queued => "queued",
        RowState::Sending => "sending",
        RowState::Failed(_) => "failed",
    }
}

/// How far an own message has come.
#[component]
fn State(row: RwSignal<Row>, seen_by_others: Signal<Option<Seq>>) -> impl IntoView {
    let state = Memo::new(move |_| {
        row.with(|row| match &row.state {
            RowState::Stored if seen_by_others.get().is_some_and(|seen| seen >= row.message.seq) => {
                (IconName::CheckDouble, "Seen", "state-seen")
            }
            RowState::Stored => (IconName::Check, "Sent", ""),
            RowState::Queued => (IconName::Clock, "Waiting to be sent", ""),
            RowState::Sending => (IconName::Clock, "Sending", ""),
            RowState::Failed(_) => (IconName::Warning, "Not sent", "state-failed"),
        })
    });
    view! {
        {move || {
            let (icon, label, class) = state.get();
            view! {
                <span class=format!("state {class}") title=label>
                    <Icon name=icon class="!size-4"/>
                    <VisuallyHidden>{words(move || Some(state.get().1.to_owned()))}</VisuallyHidden>
                </span>
            }
        }}
    }
}

/// Why a message was not sent, and what can be done.
#[component]
fn NotSent(row: RwSignal<Row>, actions: Actions) -> impl IntoView {
    let id = row.with_untracked(Row::id);
    let error = Memo::new(move |_| {
        row.with(|row| match &row.state {
            RowState::Failed(error) => Some(error.to_string()),
            _ => None,
        })
    });
    view! {
        <ShowIf is=move || error.get().is_some()>
            <div class="not-sent" role="alert">
                <p>"Not sent. " {words(move || error.get())}</p>
                <div class="flex gap-2">
                    <Button kind=ButtonKind::Quiet class="!px-3" on:click=move |_| actions.retry.run(id)>
                        "Try again"
                    </Button>
                    <Button kind=ButtonKind::Quiet class="!px-3" on:click=move |_| actions.discard.run(id)>
                        "Discard"
                    </Button>
                </div>
            </div>
        </ShowIf>
    }
}
