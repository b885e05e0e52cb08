//! The list of conversations.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use protocol::{ConversationId, ConversationKind, ConversationSummary, limits::UNREAD_MAX};

use super::conversation_avatar::{ConversationAvatar, Shown};
use crate::{
    live::use_live,
    session::use_me,
    ui::{ButtonLink, EmptyState, IconName, ShowIf, Time, TimeStyle, VisiblePart, changing_text},
    words,
};

/// The list of conversations, the most recently active first.
#[component]
pub fn Sidebar() -> impl IntoView {
    let live = use_live();
    let rows = live.sidebar();
    let pathname = use_location().pathname;
    let open = Memo::new(move |_| pathname.get().strip_prefix("/c/").and_then(|id| id.parse().ok()));
    // Rows are keyed by id: a row that changes is redrawn alone, and a row that moves is moved, not redrawn.
    let ids = Memo::new(move |_| rows.with(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>()));
    let row = move |id: ConversationId| {
        let row = Memo::new(move |before: Option<&Option<ConversationSummary>>| {
            let now = rows.with(|rows| rows.iter().find(|row| row.id == id).cloned());
            // A row that left the list is removed shortly; until then it keeps its last content.
            now.or_else(|| before.cloned().flatten())
        });
        view! { <Row row=row open=Signal::derive(move || open.get() == Some(id))/> }
    };

    view! {
        <div class="pane-scroll">
            <ShowIf
                is=move || !ids.with(Vec::is_empty)
                otherwise=|| {
                    view! {
                        <EmptyState icon=IconName::Conversation title=words::chat::NO_CONVERSATIONS>
                            <p>{words::chat::FIND_SOMEBODY_OR_ENTER_ROOM}</p>
                            <ButtonLink href="/new">{words::chat::START_CONVERSATION}</ButtonLink>
                        </EmptyState>
                    }
                }
            >
                <ul class="conversations">
                    <For each=move || ids.get() key=|id| *id children=row/>
                </ul>
            </ShowIf>
        </div>
    }
}

#[component]
fn Row(row: Memo<Option<ConversationSummary>>, open: Signal<bool>) -> impl IntoView {
    let first = row.get_untracked()?;
    let me = use_me().user.id;
    let title = move || row.with(|row| row.as_ref().map(|row| row.title.clone()));
    // Only direct conversations show presence: that of the other user.
    let sighting = first.peer.as_ref().map(|peer| use_live().presence_of(peer.id));
    let presence =
        sighting.map(|seen| Signal::derive(move || seen.with(|seen| seen.as_ref().map(|seen| seen.presence))));
    let status = move || sighting.and_then(|seen| seen.with(|seen| seen.as_ref()?.status.clone()));
    let face = Memo::new(move |_| row.with(|row| row.as_ref().map(Shown::from)));
    let unread = Memo::new(move |_| row.with(|row| row.as_ref().map_or(0, |row| row.unread)));
    let unread_count = Signal::derive(move || unread_text(unread.get()));
    let unread_sentence = Signal::derive(move || words::chat::unread(&unread_count.get()));
    let people = use_live().relationships();
    let preview = move || {
        row.with(|row| {
            let row = row.as_ref()?;
            let author = row.last_message.as_ref().map(|message| message.author);
            let is_blocked = |author| people.with(|people| people.has_blocked(author));
            if row.kind != ConversationKind::Direct && author.is_some_and(is_blocked) {
                return Some(words::chat::MESSAGE_OF_BLOCKED.to_owned());
            }
            Some(preview(row, author == Some(me)))
        })
    };
    let at = Signal::derive(move || row.with(|row| row.as_ref().map_or(0, |row| row.active_at)));

    Some(view! {
        <li>
            <a
                class="conversation"
                href=format!("/c/{}", first.id)
                aria-current=move || open.get().then_some("page")
                data-unread=move || (unread.get() > 0).then_some("")
            >
                <ConversationAvatar shown=face presence=presence/>
                <span class="min-w-0 flex-1">
                    <span class="flex items-baseline gap-2">
                        <span class="conversation-name">
                            <span class="conversation-title" dir="auto" translate="no">
                                {title}
                            </span>
                            {move || status().map(|status| view! { <span title=status.text translate="no">{status.emoji}</span> })}
                        </span>
                        <Time at=at style=TimeStyle::Brief class="conversation-time"/>
                    </span>
                    <span class="flex items-center gap-2">
                        <span class="conversation-preview" dir="auto">
                            {changing_text(preview)}
                        </span>
                        <ShowIf is=move || unread.get().gt(&0)>
                            <span class="badge">
                                <VisiblePart sentence=unread_sentence part=unread_count>
                                    <span translate="no">{move || unread_count.get()}</span>
                                </VisiblePart>
                            </span>
                        </ShowIf>
                    </span>
                </span>
            </a>
        </li>
    })
}

/// Returns the text of the unread badge. Counts of [`UNREAD_MAX`] and more are not exact, and end with a plus sign.
fn unread_text(unread: u32) -> String {
    if unread >= UNREAD_MAX { format!("{}+", UNREAD_MAX - 1) } else { unread.to_string() }
}

/// Returns the second line of a row: the author and the text of the last message. In a direct conversation, only the
/// user's own messages name their author.
fn preview(row: &ConversationSummary, mine: bool) -> String {
    match (&row.last_message, &row.last_author) {
        (None, _) => match row.kind {
            ConversationKind::Direct => words::chat::SAY_HELLO.to_owned(),
            _ if row.members == 1 => words::chat::NOBODY_ELSE_HERE.to_owned(),
            _ => words::chat::NOTHING_SAID.to_owned(),
        },
        (Some(message), _) if mine => words::beside(words::chat::YOU, words::chat::content_text(&message.content)),
        (Some(message), Some(author)) if row.kind != ConversationKind::Direct => {
            words::beside(author.name(), words::chat::content_text(&message.content))
        }
        (Some(message), _) => words::chat::content_text(&message.content).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::unread_text;

    #[test]
    fn counts_that_are_not_exact_say_so() {
        assert_eq!(unread_text(7), "7");
        assert_eq!(unread_text(999), "999");
        assert_eq!(unread_text(1_000), "999+");
    }
}
