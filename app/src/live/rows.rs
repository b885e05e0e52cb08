//! The rows of a timeline as the page draws them: one value per row, including what depends on its neighbours.

use std::sync::Arc;

use protocol::{Error, Message, MessageId, Millis, Seq, UserId, UserSummary};

use super::{outbox::Delivery, timeline::Timeline};

/// The longest time between two messages of one author that are drawn as one run.
const RUN_GAP_MS: Millis = 5 * 60 * 1_000;

/// The delivery state of a row. The messages of other users are always stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowState {
    /// On the server's disk.
    Stored,
    /// Waits for a connection, or for its turn.
    Queued,
    /// Sent, and not yet acknowledged.
    Sending,
    /// Refused; the user may retry or discard it.
    Failed(Error),
}

/// A row of the open conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The message. While it is not stored, it has no `seq`, no `rev`, and the time at which it was written.
    pub message: Arc<Message>,
    /// Its author, if the summary is known.
    pub author: Option<Arc<UserSummary>>,
    /// Whether the user is the author.
    pub mine: bool,
    /// The delivery state.
    pub state: RowState,
    /// The number of the day that begins with this row, if one does.
    pub new_day: Option<i64>,
    /// Whether it begins a run of its author's messages.
    pub starts_run: bool,
    /// Whether it ends a run.
    pub ends_run: bool,
    /// Whether the line "new messages" is drawn above it.
    pub first_unread: bool,
}

impl Row {
    /// Returns the message's id, which identifies the row from "pending" to "seen".
    pub fn id(&self) -> MessageId {
        self.message.id
    }
}

impl Timeline {
    /// Returns the rows in order. Unsent messages are last, whichever part of the history the window shows: what the
    /// user wrote stays on screen until the server has it. `day_of` numbers the user's local days.
    pub fn rows(&self, day_of: impl Fn(Millis) -> i64) -> Vec<Row> {
        let mut layout = Layout { timeline: self, day_of, previous: None, divided: false, rows: Vec::new() };
        for message in self.window.stored() {
            layout.push(Arc::clone(message), RowState::Stored);
        }
        for pending in &self.pending {
            let state = match &pending.delivery {
                Delivery::Queued => RowState::Queued,
                Delivery::Sending => RowState::Sending,
                Delivery::Failed(error) => RowState::Failed(error.clone()),
            };
            layout.push(Arc::new(pending.message(self.me())), state);
        }
        layout.rows
    }
}

struct Layout<'a, F> {
    timeline: &'a Timeline,
    day_of: F,
    previous: Option<(UserId, Millis, i64)>,
    divided: bool,
    rows: Vec<Row>,
}

impl<F: Fn(Millis) -> i64> Layout<'_, F> {
    fn push(&mut self, message: Arc<Message>, state: RowState) {
        // The clocks of the browser and of several servers differ. Time never goes back here, so that no day begins
        // twice.
        let at = self.previous.map_or(message.at, |(_, before, _)| message.at.max(before));
        let day = (self.day_of)(at);
        let mine = message.author == self.timeline.me();
        let new_day = self.previous.is_none_or(|(_, _, before)| before < day).then_some(day);
        let is_unread = self.timeline.divider.is_some_and(|seen| message.seq > seen);
        let first_unread = is_unread && !mine && !self.divided;
        self.divided |= first_unread;
        let follows =
            self.previous.is_some_and(|(author, before, _)| author == message.author && at - before <= RUN_GAP_MS);
        let starts_run = !follows || new_day.is_some() || first_unread;
        if !starts_run && let Some(before) = self.rows.last_mut() {
            before.ends_run = false;
        }
        self.previous = Some((message.author, at, day));
        let author = self.timeline.people.get(&message.author).map(Arc::clone);
        self.rows.push(Row { message, author, mine, state, new_day, starts_run, ends_run: true, first_unread });
    }
}

/// Returns the position of the last stored message among `rows`, up to which the user can report to have read.
pub fn last_stored(rows: &[Row]) -> Option<Seq> {
    rows.iter().rev().find(|row| row.state == RowState::Stored).map(|row| row.message.seq)
}
