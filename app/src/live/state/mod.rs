//! The client's state as a whole: what to do about a frame, a click, another tab. Signals and sockets are elsewhere.
//!
//! What it calls `now` is by a clock that nobody sets (`browser::clock::elapsed`): a time of day may jump, and with it
//! every wait.

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

/// An answer that is not there after this time will not come, in milliseconds.
const ANSWER_WITHIN_MS: Millis = 15_000;
/// How long to wait before asking again what was refused for now, in milliseconds.
const ASK_AGAIN_MS: Millis = 2_000;

/// What the signals don't show yet.
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
    /// What this person read here, until the server says so.
    pub(super) seen_here: HashMap<ConversationId, Seq>,
    /// What of it this connection was told.
    pub(super) seen_sent: HashMap<ConversationId, Seq>,
    /// Whether there is something of it to tell once the server takes questions again.
    pub(super) seen_waits: bool,
    sync_asked: Option<Millis>,
    sync: bool,
    /// The server asked for patience until then.
    pub(super) ask_after: Millis,
    /// When something last moved in the outgoing queue.
    pub(super) sending_since: Millis,
    /// Whether the server greeted us on this connection.
    pub is_ready: bool,
    /// What goes out next.
    pub(super) frames: Vec<ClientFrame>,
    pub dirty: Dirty,
    /// Whose cards changed and are not shown yet.
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

    /// Puts a conversation on screen; returns the ticket of this visit, and what to draw first.
    pub(super) fn open(&mut self, conversation: ConversationSnapshot) -> (u64, Timeline) {
        self.tickets += 1;
        self.sidebar.merge(conversation.summary.clone());
        self.visited.forget(conversation.summary.id);
        // Drawn at first as the server drew it, without what waits here.
        let drawn = Timeline::new(conversation, self.me);
        self.open = Some(OpenConversation::new(self.tickets, drawn.clone()));
        self.show_pending();
        self.dirty.sidebar = true;
        (self.tickets, drawn)
    }

    /// The visit, if it is still that one.
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

    /// A conversation that was on screen before, as it is known now.
    pub(super) fn visited(&self, conversation: ConversationId) -> Option<ConversationSnapshot> {
        self.visited.open(self.sidebar.get(conversation)?.clone())
    }

    /// The server greeted us, at its time: say what is known, ask for the rest, send what waits.
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
        // Those of tabs that were closed in the meantime, too.
        self.adopt_all();
        self.pump(now);
    }

    /// The connection is gone.
    pub(super) fn lost(&mut self) {
        self.is_ready = false;
        self.frames.clear();
        self.sightings.lost();
        self.dirty.presence = true;
        self.outbox.disconnected();
        self.show_pending();
    }

    /// A frame came. `random` is in `0..1`.
    pub(super) fn receive(&mut self, frame: ServerFrame, now: Millis, random: f64) {
        match frame {
            // The connection reads the greeting; an answered ping has served its purpose.
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
            ServerFrame::Events(events) => {
                self.sidebar.apply_events(&events);
                self.are_stored(&events.messages, now);
                self.visited.apply_events(&events);
                if let Some(open) = self.showing(events.conversation) {
                    open.timeline.apply_events(events);
                    self.dirty.timeline = true;
                }
            }
            ServerFrame::Changes(changes) => {
                self.are_stored(&changes.messages, now);
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
                // Before the connection broke, or while frames were left out, they may have changed.
                self.update_users(people);
                gone.into_iter().for_each(|id| self.gone(id));
            }
            ServerFrame::Read { conversation, seen, unread, last_seq } => {
                self.is_seen(conversation, seen);
                self.sidebar.read(conversation, seen, unread, last_seq);
            }
            ServerFrame::RelationshipChanged { relationship: relation, requests } => {
                self.people.changed(&relation, requests);
                self.dirty.people = true;
            }
            ServerFrame::UsersChanged { people } => self.update_users(people),
            ServerFrame::Gone { conversation } => self.gone(conversation),
            ServerFrame::PresenceUpdate { .. } | ServerFrame::PresenceDropped { .. } | ServerFrame::OwnPresence(_) => {
                return self.receive_presence(frame, now);
            }
            ServerFrame::Refused { conversation, error } => self.refused(conversation, &error, now),
            ServerFrame::Resync => {
                // A question that is under way is answered first: of two answers it could not be told which is which.
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

    /// Queues whatever is due: questions, messages. Called after everything that happens, and from time to time.
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

    /// What goes out now.
    pub(super) fn take_frames(&mut self) -> Vec<ClientFrame> {
        std::mem::take(&mut self.frames)
    }

    /// Whether something is to go out.
    pub(super) const fn has_frames(&self) -> bool {
        !self.frames.is_empty()
    }

    /// Whether something waits for time to pass.
    pub(super) fn is_waiting(&self) -> bool {
        self.outbox.is_sending() || self.outbox.wake_at().is_some() || self.ask_after > 0 || self.sync_asked.is_some()
    }

    /// Whether the server took a message and never said what became of it. Only a new connection helps.
    pub(super) fn is_stuck(&self, now: Millis) -> bool {
        self.outbox.is_sending() && now.saturating_sub(self.sending_since) > 2 * ANSWER_WITHIN_MS
    }

    /// A page was loaded, or could not be.
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

    /// These people have another name or picture now.
    pub(super) fn update_users(&mut self, people: Vec<UserSummary>) {
        self.sidebar.update_users(&people);
        if let Some(open) = &mut self.open {
            self.dirty.timeline |= open.timeline.update_users(&people);
        }
        self.dirty.sidebar = true;
        self.met.extend(people);
    }

    /// The conversation, if it is on screen.
    fn showing(&mut self, conversation: ConversationId) -> Option<&mut OpenConversation> {
        self.open.as_mut().filter(|open| open.timeline.conversation() == conversation)
    }

    /// The server knows how far this person has read.
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
        // It is not said what was refused. Asking once more than needed does no harm.
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
