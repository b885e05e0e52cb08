//! The row of a message.

use leptos::prelude::*;
use protocol::{Content, MessageId, Seq};

use super::links::{Piece, pieces};
use crate::{
    live::{
        rows::{Row, RowState},
        use_live,
    },
    ui::{
        Avatar, AvatarSize, Button, ButtonKind, Icon, IconName, ShowIf, Time, TimeStyle, VisuallyHidden, changing_text,
        person_text, profile_path,
    },
    words,
};

/// The actions on a message that could not be sent.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    /// Sends the message again.
    pub retry: Callback<MessageId>,
    /// Discards the message.
    pub discard: Callback<MessageId>,
}

/// A message, with the separators above it: the day, and the line "New messages".
#[component]
pub fn MessageRow(
    /// The message. It changes in place from "pending" to "seen".
    row: RwSignal<Row>,
    /// Whether authors are named, because there may be more than two members.
    names: bool,
    /// The position up to which all other members have read, where receipts are shown.
    seen_by_others: Signal<Option<Seq>>,
    /// The actions for a message that could not be sent.
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
    let content = Memo::new(move |_| row.with(|row| row.message.content.clone()));
    let is_edited = Memo::new(move |_| row.with(|row| row.message.edited_at.is_some()));
    let author = Memo::new(move |_| row.with(|row| row.author.clone()));
    let name = move || author.with(|card| card.as_ref().map_or(words::chat::SOMEBODY, |card| card.name()).to_owned());
    let picture = move || author.with(|card| card.as_ref().and_then(|card| card.picture));
    let seed = first.message.author.to_string();
    let card = first.author.as_ref().map(|card| profile_path(&card.username)).unwrap_or_default();
    let people = use_live().relationships();
    let writer = first.message.author;
    let is_folded = Memo::new(move |_| !mine && names && people.with(|people| people.has_blocked(writer)));
    let said_by = move || if mine { words::chat::YOU.to_owned() } else { name() };

    view! {
        <div class="row" id=format!("m-{id}")>
            <ShowIf is=move || day.get()>
                <div class="day">
                    <Time at=at style=TimeStyle::Day/>
                </div>
            </ShowIf>
            <ShowIf is=move || unread.get()>
                <div class="news" id="first-unread">
                    <span>{words::chat::NEW_MESSAGES}</span>
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
                                    // The author's name is the same link. Users of a keyboard or a screen reader need
                                    // it only once.
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
                            // Takes the direction of its first strong character. `timeline.css` gives each later
                            // paragraph its own direction.
                            <div class="bubble" dir="auto">
                                <p class="message-body">{move || content.with(content_view)}</p>
                                <span class="message-foot">
                                    <ShowIf is=move || is_edited.get()>
                                        <span>{words::chat::EDITED}</span>
                                    </ShowIf>
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

/// Folds the message of a blocked user. It can be unfolded, to follow the conversation.
fn fold(bubble: AnyView) -> AnyView {
    view! {
        <details class="folded">
            <summary>{words::chat::MESSAGE_OF_BLOCKED}</summary>
            {bubble}
        </details>
    }
    .into_any()
}

/// Returns the content of a message.
fn content_view(content: &Content) -> Vec<AnyView> {
    match content {
        Content::Text(body) => text(body),
        Content::Deleted | Content::Unknown => {
            vec![view! { <em>{words::chat::content_text(content).to_owned()}</em> }.into_any()]
        }
    }
}

/// Returns the text of a message, with its web addresses as links.
fn text(body: &str) -> Vec<AnyView> {
    pieces(body)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned().into_any(),
            Piece::Link(link) => {
                // The opened page must get neither a referrer nor access to this window.
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

/// The delivery state of one of the user's own messages.
#[component]
fn State(row: RwSignal<Row>, seen_by_others: Signal<Option<Seq>>) -> impl IntoView {
    let state = Memo::new(move |_| {
        row.with(|row| match &row.state {
            RowState::Stored if seen_by_others.get().is_some_and(|seen| seen >= row.message.seq) => {
                (IconName::CheckDouble, words::chat::SEEN, "state-seen")
            }
            RowState::Stored => (IconName::Check, words::chat::SENT, ""),
            RowState::Queued => (IconName::Clock, words::chat::WAITING_TO_BE_SENT, ""),
            RowState::Sending => (IconName::Clock, words::chat::SENDING, ""),
            RowState::Failed(_) => (IconName::Warning, words::chat::NOT_SENT, "state-failed"),
        })
    });
    view! {
        {move || {
            let (icon, label, class) = state.get();
            view! {
                <span class=format!("state {class}") title=label>
                    <Icon name=icon class="!size-4"/>
                    <VisuallyHidden>{changing_text(move || Some(state.get().1.to_owned()))}</VisuallyHidden>
                </span>
            }
        }}
    }
}

/// The error of a message that could not be sent, with buttons that retry or discard it.
#[component]
fn NotSent(row: RwSignal<Row>, actions: Actions) -> impl IntoView {
    let id = row.with_untracked(Row::id);
    let error = Memo::new(move |_| {
        row.with(|row| match &row.state {
            RowState::Failed(error) => Some(words::chat::not_sent(&words::error(error))),
            _ => None,
        })
    });
    view! {
        <ShowIf is=move || error.get().is_some()>
            <div class="not-sent" role="alert">
                <p>{changing_text(move || error.get())}</p>
                <div class="flex gap-2">
                    <Button kind=ButtonKind::Quiet class="!px-3" on:click=move |_| actions.retry.run(id)>
                        {words::common::TRY_AGAIN}
                    </Button>
                    <Button kind=ButtonKind::Quiet class="!px-3" on:click=move |_| actions.discard.run(id)>
                        {words::chat::DISCARD}
                    </Button>
                </div>
            </div>
        </ShowIf>
    }
}
