//! The client's state as a whole. It handles frames, actions of the user, and changes by other tabs. Signals and
//! sockets are elsewhere.
//!
//! `now` is a time of a monotonic clock (`browser::clock::elapsed`): the time of day may jump, and every wait with it.

pub(super) mod open_conversation;
pub(super) mod persistence;

use std::collections::HashMap;

use browser::storage::Storage;
use protocol::{
    ConversationId, ConversationSummary, Error, ErrorKind, MessagePage, Millis, Seq, UserId, UserSummary,
    live::{ClientFrame, ServerFrame},
    message::ConversationSnapshot,
};

use self::open_conversation::{Load, OpenConversation, Reload, Visited};
use super::{
    idle::IdleTracker,
    outbox::Outbox,
    presence_view::PresenceView,
    relationships::Relationships,
    sidebar::Sidebar,
    timeline::{Outcome, Timeline},
};

/// The time after which a response is no longer expected, in milliseconds.
const ANSWER_WITHIN_MS: Millis = 15_000;
/// The time to wait before a request that was refused temporarily is repeated, in milliseconds.
const ASK_AGAIN_MS: Millis = 2_000;

/// The parts of the state that the signals do not show yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Dirty {
    pub sidebar: bool,
    pub timeline: bool,
    pub people: bool,
    pub presence: bool,
}

/// The client's state.
#[derive(Debug)]
pub(super) struct LiveState {
    pub(super) me: UserId,
    pub(super) storage: Storage,
    pub sidebar: Sidebar,
    pub outbox: Outbox,
    pub people: Relationships,
    pub open: Option<OpenConversation>,
    visited: Visited,
    pub sightings: PresenceView,
    pub attention: IdleTracker,
    tickets: u64,
    /// Read positions set in this tab that the server has not confirmed yet.
    pub(super) seen_here: HashMap<ConversationId, Seq>,
    /// Those of them that were sent on this connection.
    pub(super) seen_sent: HashMap<ConversationId, Seq>,
    /// Whether some of them wait until the server accepts requests again.
    pub(super) seen_waits: bool,
    sync_asked: Option<Millis>,
    sync: bool,
    /// The time until which the server asked to wait.
    pub(super) ask_after: Millis,
    /// The time of the last change in the outgoing queue.
    pub(super) sending_since: Millis,
    /// Whether the server sent `Ready` on this connection.
    pub is_ready: bool,
    /// The frames to send next.
    pub(super) frames: Vec<ClientFrame>,
    pub dirty: Dirty,
    /// Summaries that changed and are not shown yet.
    pub(super) met: Vec<UserSummary>,
}

impl LiveState {
    pub(super) fn new(me: UserId, rows: Vec<ConversationSummary>) -> Self {
        Self {
            me,
            storage: Storage::of(me),
            sidebar: Sidebar::new(me, rows),
            outbox: Outbox::default(),
            people: Relationships::default(),
            open: None,
            visited: Visited::default(),
            sightings: PresenceView::new(me),
            attention: IdleTracker::default(),
            tickets: 0,
            seen_here: HashMap::new(),
            seen_sent: HashMap::new(),
            seen_waits: false,
            sync_asked: None,
            sync: true,
            ask_after: 0,
            sending_since: 0,
            is_ready: false,
            frames: Vec::new(),
            dirty: Dirty::default(),
            met: Vec::new(),
        }
    }

    pub(super) const fn me(&self) -> UserId {
        self.me
    }

    /// Opens a conversation. Returns the ticket of this visit, and the timeline to draw first.
    pub(super) fn open(&mut self, conversation: ConversationSnapshot) -> (u64, Timeline) {
        self.tickets += 1;
        self.sidebar.merge(conversation.summary.clone());
        self.visited.forget(conversation.summary.id);
        // The first rendering must equal the server's, so it omits unsent messages.
        let drawn = Timeline::new(conversation, self.me);
        self.open = Some(OpenConversation::new(self.tickets, drawn.clone()));
        self.show_pending();
        self.dirty.sidebar = true;
        (self.tickets, drawn)
    }

    /// Returns the open conversation, if it is still this visit.
    pub(super) fn visit(&mut self, ticket: u64) -> Option<&mut OpenConversation> {
        self.open.as_mut().filter(|open| open.ticket == ticket)
    }

    pub(super) fn close(&mut self, ticket: u64) {
        if let Some(open) = self.open.take_if(|open| open.ticket == ticket)
            && !open.is_gone
        {
            self.visited.keep(open.timeline);
        }
    }

    /// Returns a conversation that was open before, in its known state.
    pub(super) fn visited(&self, conversation: ConversationId) -> Option<ConversationSnapshot> {
        self.visited.open(self.sidebar.get(conversation)?.clone())
    }

    /// Handles `Ready` with the server's time: sends what is known, requests the rest, and sends the messages that
    /// wait.
    pub(super) fn ready(&mut self, at: Millis, now: Millis) {
        self.is_ready = true;
        self.sightings.connected(at, now);
        self.attention.connected();
        self.frames.clear();
        self.sync = true;
        self.sync_asked = None;
        self.ask_after = 0;
        self.seen_sent.clear();
        self.sidebar.forget_questions();
        if let Some(open) = &mut self.open {
            open.timeline.forget_questions();
            open.ask_anew();
        }
        self.tell_seen(now);
        // Includes messages of tabs that were closed in the meantime.
        self.adopt_all();
        self.pump(now);
    }

    /// Handles the loss of the connection.
    pub(super) fn lost(&mut self) {
        self.is_ready = false;
        self.frames.clear();
        self.sightings.lost();
        self.dirty.presence = true;
        self.outbox.disconnected();
        self.show_pending();
    }

    /// Handles a frame. `random` is in `0..1`.
    pub(super) fn receive(&mut self, frame: ServerFrame, now: Millis, random: f64) {
        match frame {
            // The connection handles `Ready`, and a `Pong` needs no action.
            ServerFrame::Ready { .. } | ServerFrame::Pong { .. } => return,
            ServerFrame::Stored { acks } => {
                for ack in acks {
                    if let Some(open) = self.showing(ack.conversation) {
                        open.timeline.stored(&ack);
                        self.dirty.timeline = true;
                    }
                    self.is_stored(ack.id, now);
                }
            }
            ServerFrame::Rejected { id, error } => {
                self.sending_since = now;
                if self.outbox.rejected(id, error, now, random) {
                    self.keep(id);
                }
            }
            ServerFrame::Delta(delta) => {
                self.sidebar.apply_delta(&delta);
                self.are_stored(delta.messages(), now);
                self.visited.apply_delta(&delta);
                if let Some(open) = self.showing(delta.conversation) {
                    open.timeline.apply_delta(delta);
                    self.dirty.timeline = true;
                }
            }
            ServerFrame::Changes(changes) => {
                self.are_stored(changes.messages(), now);
                if let Some(open) = self.showing(changes.conversation) {
                    open.asked = None;
                    if open.timeline.apply_changes(changes) == Outcome::Reload && open.reload == Reload::No {
                        open.reload = Reload::Wanted;
                    }
                    self.dirty.timeline = true;
                }
            }
            ServerFrame::Synced { conversations, gone, requests, mut people } => {
                self.sync_asked = None;
                self.people.synced(requests);
                self.dirty.people = true;
                for row in &conversations {
                    self.is_seen(row.id, row.seen_seq);
                    people.extend(row.peer.iter().chain(&row.last_author).cloned());
                }
                let gone = self.sidebar.synced(conversations, gone);
                // Names and pictures may have changed while frames were missed.
                self.update_users(people);
                gone.into_iter().for_each(|id| self.gone(id));
            }
            ServerFrame::Read { conversation, seen, unread, last_seq } => {
                self.is_seen(conversation, seen);
                self.sidebar.read(conversation, seen, unread, last_seq);
            }
            ServerFrame::RelationshipChanged { relationship, requests } => {
                self.people.changed(&relationship, requests);
                self.dirty.people = true;
            }
            ServerFrame::UsersChanged { people } => self.update_users(people),
            ServerFrame::Gone { conversation } => self.gone(conversation),
            ServerFrame::PresenceUpdate { .. } | ServerFrame::PresenceDropped { .. } | ServerFrame::OwnPresence(_) => {
                return self.receive_presence(frame, now);
            }
            ServerFrame::Refused { conversation, error } => self.refused(conversation, &error, now),
            ServerFrame::Resync => {
                // An open request is answered first: two responses could not be told apart.
                self.sync = true;
                self.sightings.dropped(&[]);
                if let Some(open) = &mut self.open {
                    open.ask = true;
                }
            }
        }
        self.dirty.sidebar = true;
        self.show_pending();
        self.pump(now);
    }

    /// Queues the requests and messages that are due. Called after every change, and from time to time.
    pub(super) fn pump(&mut self, now: Millis) {
        if !self.is_ready {
            return;
        }
        let waits = |asked: Option<Millis>| asked.is_some_and(|at| now.saturating_sub(at) < ANSWER_WITHIN_MS);
        if now >= self.ask_after {
            self.ask_after = 0;
            if self.seen_waits {
                self.tell_seen(now);
            }
            if (self.sync || self.sidebar.is_behind()) && !waits(self.sync_asked) {
                self.sync = false;
                self.sync_asked = Some(now);
                self.frames.push(ClientFrame::Sync { cursors: self.sidebar.ask() });
            }
            if let Some(open) = &mut self.open
                && (open.ask || open.timeline.is_behind())
                && open.reload == Reload::No
                && !open.is_gone
                && !waits(open.asked)
            {
                open.ask = false;
                open.asked = Some(now);
                let (conversation, since) = (open.timeline.conversation(), open.timeline.ask());
                self.frames.push(ClientFrame::Changes { conversation, since });
            }
            self.pump_presence(now);
        }
        let sends = self.outbox.due(now);
        if !sends.is_empty() {
            self.sending_since = now;
            self.frames.extend(sends);
            self.show_pending();
        }
    }

    /// Takes the frames to send now.
    pub(super) fn take_frames(&mut self) -> Vec<ClientFrame> {
        std::mem::take(&mut self.frames)
    }

    /// Returns whether there are frames to send.
    pub(super) const fn has_frames(&self) -> bool {
        !self.frames.is_empty()
    }

    /// Returns whether something waits for time to pass.
    pub(super) fn is_waiting(&self) -> bool {
        self.outbox.is_sending() || self.outbox.wake_at().is_some() || self.ask_after > 0 || self.sync_asked.is_some()
    }

    /// Returns whether the server received a message and never answered. Only a new connection helps.
    pub(super) fn is_stuck(&self, now: Millis) -> bool {
        self.outbox.is_sending() && now.saturating_sub(self.sending_since) > 2 * ANSWER_WITHIN_MS
    }

    /// Handles a loaded page; none if it could not be loaded.
    pub(super) fn loaded(&mut self, ticket: u64, page: Option<MessagePage>, load: Load, now: Millis) {
        let Some(page) = page else {
            if let Some(open) = self.visit(ticket)
                && open.reload != Reload::No
            {
                open.reload = Reload::No;
                self.ask_after = now.saturating_add(ASK_AGAIN_MS);
            }
            return;
        };
        self.are_stored(&page.messages, now);
        if let Some(open) = self.visit(ticket) {
            match load {
                Load::Older(before) => open.timeline.prepend(page, before),
                Load::Newer(after) => open.timeline.append(page, after),
                Load::Elsewhere => {
                    open.reload = Reload::No;
                    open.timeline.replace(page)
                }
            };
        }
        self.dirty.timeline = true;
        self.show_pending();
        self.pump(now);
    }

    /// Applies new names and pictures of users.
    pub(super) fn update_users(&mut self, people: Vec<UserSummary>) {
        self.sidebar.update_users(&people);
        if let Some(open) = &mut self.open {
            self.dirty.timeline |= open.timeline.update_users(&people);
        }
        self.dirty.sidebar = true;
        self.met.extend(people);
    }

    /// Returns the conversation, if it is on screen.
    fn showing(&mut self, conversation: ConversationId) -> Option<&mut OpenConversation> {
        self.open.as_mut().filter(|open| open.timeline.conversation() == conversation)
    }

    /// Handles a read position that the server confirmed.
    fn is_seen(&mut self, conversation: ConversationId, seen: Seq) {
        if self.seen_here.get(&conversation).is_some_and(|here| *here <= seen) {
            self.seen_here.remove(&conversation);
        }
    }

    fn refused(&mut self, conversation: Option<ConversationId>, error: &Error, now: Millis) {
        if error.kind == ErrorKind::NotFound
            && let Some(id) = conversation
        {
            return self.gone(id);
        }
        self.ask_after = now.saturating_add(match error.kind {
            ErrorKind::RateLimited { retry_after } => i64::from(retry_after).saturating_mul(1_000),
            _ => ASK_AGAIN_MS,
        });
        // The frame does not name the refused request. Repeating more requests than needed does no harm.
        match conversation {
            None => {
                self.sync = true;
                self.sync_asked = None;
                self.sightings.dropped(&[]);
            }
            Some(id) => {
                if error.kind.is_temporary() {
                    self.seen_waits |= self.seen_sent.remove(&id).is_some();
                }
                if let Some(open) = self.showing(id) {
                    open.ask_anew();
                }
            }
        }
    }

    fn gone(&mut self, conversation: ConversationId) {
        self.sidebar.gone(conversation);
        self.visited.forget(conversation);
        self.seen_here.remove(&conversation);
        if let Some(open) = self.showing(conversation) {
            open.is_gone = true;
            self.dirty.timeline = true;
        }
    }

    pub(super) fn show_pending(&mut self) {
        if let Some(open) = &mut self.open {
            self.dirty.timeline |= open.timeline.show_pending(self.outbox.entries());
        }
    }
}
