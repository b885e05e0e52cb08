//! The open conversation for the views: one signal per row, and loading more.

use std::{collections::HashMap, pin::Pin, sync::Arc};

use browser::{clock, time, timer};
use leptos::prelude::*;
use protocol::{ConversationId, Error, MessageId, MessagePage, Seq, limits::PAGE_DEFAULT, message::PageQuery};

use super::LiveClient;
use crate::live::{
    rows::{Row, last_stored},
    state::open_conversation::Load,
    timeline::{Receipts, Timeline},
};

/// Loads a page of a conversation's history.
pub(super) type Fetch = Arc<dyn Fn(ConversationId, PageQuery, u32) -> Fetching + Send + Sync>;
type Fetching = Pin<Box<dyn Future<Output = Result<MessagePage, Error>>>>;

/// A row on screen: its key and its content.
#[derive(Clone, Debug)]
pub struct TimelineRow {
    /// The key, the same from "pending" to "seen".
    pub id: MessageId,
    /// The content. Lives as long as somebody holds it; views make it a `RwSignal` with `into()`.
    pub row: ArcRwSignal<Row>,
}

/// The part of the history that is being loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loading {
    /// Older messages.
    Older,
    /// Newer messages.
    Newer,
    /// Another part of the history.
    Elsewhere,
}

/// The signals of one visit to a conversation.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimelineSignals {
    pub ticket: u64,
    conversation: ConversationId,
    fetch: StoredValue<Fetch>,
    /// Counts loads, to recognise one that was overtaken.
    loads: StoredValue<u64>,
    rows: RwSignal<Vec<TimelineRow>>,
    has_older: RwSignal<bool>,
    has_newer: RwSignal<bool>,
    receipts: RwSignal<Receipts>,
    last: RwSignal<Seq>,
    loading: RwSignal<Option<Loading>>,
    error: RwSignal<Option<Error>>,
    gone: RwSignal<bool>,
}

/// The values for the signals.
pub(super) struct TimelineView {
    rows: Vec<Row>,
    has_older: bool,
    has_newer: bool,
    receipts: Receipts,
    gone: bool,
}

impl TimelineView {
    pub(super) fn new(timeline: &Timeline, gone: bool, day_of: impl Fn(i64) -> i64) -> Self {
        Self {
            rows: timeline.rows(day_of),
            has_older: timeline.has_older(),
            has_newer: timeline.has_newer(),
            receipts: timeline.receipts(),
            gone,
        }
    }
}

impl TimelineSignals {
    pub(super) fn new(ticket: u64, timeline: &Timeline, fetch: Fetch) -> Self {
        // Days are in UTC, as in the server's rendering; after hydration they are the user's local days.
        let TimelineView { rows, has_older, has_newer, receipts, gone } =
            TimelineView::new(timeline, false, time::utc_day);
        Self {
            ticket,
            conversation: timeline.conversation(),
            fetch: StoredValue::new(fetch),
            loads: StoredValue::new(0),
            last: RwSignal::new(last_stored(&rows).unwrap_or_default()),
            rows: RwSignal::new(rows.into_iter().map(TimelineRow::new).collect()),
            has_older: RwSignal::new(has_older),
            has_newer: RwSignal::new(has_newer),
            receipts: RwSignal::new(receipts),
            loading: RwSignal::new(None),
            error: RwSignal::new(None),
            gone: RwSignal::new(gone),
        }
    }

    /// Sets the signals whose values changed, and only those.
    pub(super) fn show(&self, snapshot: TimelineView) {
        let Some(shown) = self.rows.try_get_untracked() else { return };
        let TimelineView { rows, has_older, has_newer, receipts, gone } = snapshot;
        set(self.last, last_stored(&rows).unwrap_or_default());
        let order_changed = !shown.iter().map(|shown| shown.id).eq(rows.iter().map(Row::id));
        let known: HashMap<MessageId, ArcRwSignal<Row>> =
            shown.into_iter().map(|shown| (shown.id, shown.row)).collect();
        let row = |row: Row| match known.get(&row.id()) {
            Some(signal) => {
                let id = row.id();
                if signal.with_untracked(|shown| *shown != row) {
                    signal.set(row);
                }
                TimelineRow { id, row: signal.clone() }
            }
            None => TimelineRow::new(row),
        };
        let rows: Vec<TimelineRow> = rows.into_iter().map(row).collect();
        if order_changed {
            self.rows.try_set(rows);
        }
        set(self.has_older, has_older);
        set(self.has_newer, has_newer);
        set(self.receipts, receipts);
        set(self.gone, gone);
    }
}

impl TimelineRow {
    fn new(row: Row) -> Self {
        Self { id: row.id(), row: ArcRwSignal::new(row) }
    }
}

/// Sets a signal if that changes it.
fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|shown| *shown != value).unwrap_or(false) {
        signal.try_set(value);
    }
}

/// A handle to the conversation on screen, cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct OpenTimeline {
    client: LiveClient,
    screen: TimelineSignals,
}

impl OpenTimeline {
    pub(super) const fn new(client: LiveClient, screen: TimelineSignals) -> Self {
        Self { client, screen }
    }

    /// Returns the conversation's id.
    pub const fn conversation(&self) -> ConversationId {
        self.screen.conversation
    }

    /// Returns the rows in order, unsent messages last. Changes when rows are added, removed or moved; the content of a
    /// row has a signal of its own.
    pub fn rows(&self) -> ReadSignal<Vec<TimelineRow>> {
        self.screen.rows.read_only()
    }

    /// Returns whether there are messages older than the first row.
    pub fn has_older(&self) -> ReadSignal<bool> {
        self.screen.has_older.read_only()
    }

    /// Returns whether there are messages newer than the last stored row.
    pub fn has_newer(&self) -> ReadSignal<bool> {
        self.screen.has_newer.read_only()
    }

    /// Returns the position of the last stored row, zero if there is none: the argument for [`seen`](Self::seen) at the
    /// end.
    pub fn last(&self) -> ReadSignal<Seq> {
        self.screen.last.read_only()
    }

    /// Returns the receipts of all other members, if receipts are shown.
    pub fn receipts(&self) -> ReadSignal<Receipts> {
        self.screen.receipts.read_only()
    }

    /// Returns the part of the history that is being loaded.
    pub fn loading(&self) -> ReadSignal<Option<Loading>> {
        self.screen.loading.read_only()
    }

    /// Returns the error of the last load. The rows stay on screen; loading again clears the error.
    pub fn error(&self) -> ReadSignal<Option<Error>> {
        self.screen.error.read_only()
    }

    /// Returns whether the user is no longer a member.
    pub fn is_gone(&self) -> ReadSignal<bool> {
        self.screen.gone.read_only()
    }

    /// Sends a message. When this returns, its row is on screen and the browser has stored it, if it can. Shows the end
    /// of the conversation, where the row is.
    ///
    /// # Errors
    /// Returns an error if the text is empty or too long, or if the root was disposed.
    pub fn send(&self, text: &str) -> Result<MessageId, Error> {
        let id = self.client.send(self.screen.conversation, text)?;
        if self.screen.has_newer.try_get_untracked() == Some(true) {
            self.jump_to_latest();
        }
        Ok(id)
    }

    /// Moves the user's read position to `seq`. Call it for messages on screen while the page is visible.
    pub fn seen(&self, seq: Seq) {
        self.client.seen(self.screen.conversation, seq);
    }

    /// Sets whether the user is at the end of the conversation. If not, messages that arrive never push those that the
    /// user reads off the page.
    pub fn set_following(&self, following: bool) {
        self.visit(|timeline| timeline.set_following(following));
    }

    /// Removes the line above the first unread message.
    pub fn clear_divider(&self) {
        self.visit(Timeline::clear_divider);
    }

    /// Loads older messages, unless something is being loaded or there are none.
    pub fn load_older(&self) {
        if self.is_idle() && self.screen.has_older.try_get_untracked() == Some(true) {
            let first = self.edge(Timeline::first);
            self.load(Loading::Older, PageQuery::Before(first), Load::Older(first));
        }
    }

    /// Loads newer messages, unless something is being loaded or there are none.
    pub fn load_newer(&self) {
        if self.is_idle() && self.screen.has_newer.try_get_untracked() == Some(true) {
            let last = self.edge(Timeline::last);
            self.load(Loading::Newer, PageQuery::After(last), Load::Newer(last));
        }
    }

    /// Shows the end of the conversation; does nothing if it is on the page.
    pub fn jump_to_latest(&self) {
        if self.screen.has_newer.try_get_untracked() == Some(true) {
            self.load(Loading::Elsewhere, PageQuery::Newest, Load::Elsewhere);
        }
    }

    /// Shows the history around a message.
    pub fn jump_to(&self, seq: Seq) {
        self.load(Loading::Elsewhere, PageQuery::Around(seq), Load::Elsewhere);
    }

    /// Loads a page because too much changed to replay. A user at the end gets the end; one who reads older messages
    /// stays about there.
    pub(super) fn reload(&self) {
        let (first, last) = (self.edge(Timeline::first), self.edge(Timeline::last));
        let query = match self.screen.has_newer.try_get_untracked() {
            Some(true) => PageQuery::Around(Seq(first.0.midpoint(last.0))),
            _ => PageQuery::Newest,
        };
        self.load(Loading::Elsewhere, query, Load::Elsewhere);
    }

    fn is_idle(&self) -> bool {
        self.screen.loading.try_get_untracked() == Some(None)
    }

    fn edge(&self, edge: impl FnOnce(&Timeline) -> Seq) -> Seq {
        let ticket = self.screen.ticket;
        self.client
            .read(|state| state.open.as_ref().filter(|open| open.ticket == ticket).map(|open| edge(&open.timeline)))
            .flatten()
            .unwrap_or_default()
    }

    fn visit(&self, change: impl FnOnce(&mut Timeline)) {
        let ticket = self.screen.ticket;
        self.client.update(|state| {
            if let Some(open) = state.visit(ticket) {
                change(&mut open.timeline);
                state.dirty.timeline = true;
            }
        });
    }

    fn load(&self, what: Loading, query: PageQuery, load: Load) {
        let (client, screen) = (self.client, self.screen);
        let Some(fetch) = screen.fetch.try_get_value() else { return };
        let next = |loads: &mut u64| {
            *loads += 1;
            *loads
        };
        let Some(number) = screen.loads.try_update_value(next) else { return };
        screen.loading.try_set(Some(what));
        set(screen.error, None);
        let page = fetch(screen.conversation, query, PAGE_DEFAULT);
        timer::spawn(async move {
            let page = page.await;
            if screen.loads.try_get_value() != Some(number) {
                return;
            }
            screen.loading.try_set(None);
            if let Err(error) = &page {
                screen.error.try_set(Some(error.clone()));
            }
            client.update(|state| state.loaded(screen.ticket, page.ok(), load, clock::elapsed()));
        });
    }
}
