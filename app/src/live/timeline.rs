//! The messages of one open conversation. Frames that arrive in any order and more than once lead to the server's
//! state.
//!
//! It holds a *window*: consecutive messages, without gaps, bounded so that the page stays light. Everything else
//! depends on two invariants:
//!
//! * Every message in the window is at least as new as the server had it at [`Timeline::rev`].
//! * Unless there are newer messages beyond the window, it ends with the last message of that revision.
//!
//! An operation that breaks one of them lowers the revision; requesting the changes since then repairs it. The
//! [`RevisionTracker`] knows what is missing.

use std::{collections::HashMap, sync::Arc};

use protocol::{
    ConversationId, Member, Message, MessageId, MessagePage, Rev, Seq, UserId, UserSummary,
    live::{Change, Delta, Stored},
    message::ConversationSnapshot,
};

pub use super::window::WINDOW_MAX;
use super::{
    members::Members,
    outbox::Outgoing,
    revision_tracker::{Answer, Received, RevisionTracker},
    window::Window,
};

/// The outcome of applying a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The frame was applied.
    Applied,
    /// Changes before it are missing: request the changes since [`Timeline::rev`].
    Gap,
    /// The frame was known, or is about another conversation.
    Old,
    /// Too many changes are missing to replay: load a page and [`Timeline::replace`] the window.
    Reload,
}

/// The receipts of the other members, if receipts are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipts {
    /// The position up to which the devices of all other members have the messages.
    pub delivered: Seq,
    /// The position up to which all other members have read.
    pub seen: Seq,
}

/// The messages of one open conversation.
#[derive(Clone, Debug)]
pub struct Timeline {
    conversation: ConversationId,
    me: UserId,
    /// The revision of messages and members.
    revision: RevisionTracker<Delta>,
    /// The revision at which the members match the server. Never below that of the messages: pages carry messages only,
    /// and lowering the revision invalidates nothing that is known about members.
    members_rev: Rev,
    pub(super) window: Window,
    pub(super) pending: Vec<Outgoing>,
    pub(super) people: HashMap<UserId, Arc<UserSummary>>,
    members: Members,
    pub(super) divider: Option<Seq>,
}

impl Timeline {
    /// Creates the timeline from the snapshot that a page brought.
    pub fn new(open: ConversationSnapshot, me: UserId) -> Self {
        let ConversationSnapshot { summary, page, members } = open;
        let mut timeline = Self {
            conversation: summary.id,
            me,
            revision: RevisionTracker::new(page.rev),
            members_rev: page.rev,
            window: Window::new(),
            pending: Vec::new(),
            people: HashMap::new(),
            members: Members::default(),
            divider: (summary.unread > 0).then_some(summary.seen_seq),
        };
        timeline.add_users(summary.peer.into_iter().chain(summary.last_author));
        for member in members {
            timeline.add_member(member);
        }
        timeline.replace(page);
        timeline
    }

    /// Sets the size of the window; the tests use small ones.
    #[must_use]
    pub const fn with_limit(mut self, limit: usize) -> Self {
        self.window.limit = limit;
        self
    }

    /// Returns the conversation's id.
    pub const fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// Returns the id of the user who views it.
    pub const fn me(&self) -> UserId {
        self.me
    }

    /// Returns the revision up to which everything is known.
    pub const fn rev(&self) -> Rev {
        self.revision.rev()
    }

    /// Returns whether changes are known to be missing that a request may bring.
    pub fn is_behind(&self) -> bool {
        self.revision.is_behind()
    }

    /// Returns the revision to request the changes since, and expects a response.
    pub fn ask(&mut self) -> Rev {
        self.revision.ask()
    }

    /// Forgets all open requests: a new connection does not answer those of the old one.
    pub const fn forget_questions(&mut self) {
        self.revision.forget_questions();
    }

    /// Returns whether there are messages older than the window's.
    pub const fn has_older(&self) -> bool {
        self.window.has_older
    }

    /// Returns whether there are messages newer than the window's.
    pub const fn has_newer(&self) -> bool {
        self.window.has_newer
    }

    /// Returns the position of the window's first message; zero if it is empty.
    pub fn first(&self) -> Seq {
        self.window.first()
    }

    /// Returns the position of the window's last message; zero if it is empty.
    pub fn last(&self) -> Seq {
        self.window.last()
    }

    /// Returns the stored messages in the window, oldest first.
    pub fn messages(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.window.messages()
    }

    /// Returns a user's summary, if this conversation brought it.
    pub fn person(&self, id: UserId) -> Option<&Arc<UserSummary>> {
        self.people.get(&id)
    }

    /// Returns the members, if receipts are shown.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }

    /// Returns the receipts of all other members; zero if receipts are not shown or there are no other members.
    pub fn receipts(&self) -> Receipts {
        let others = || self.members.iter().filter(|member| member.user.id != self.me);
        Receipts {
            delivered: others().map(|member| member.delivered_seq.max(member.seen_seq)).min().unwrap_or_default(),
            seen: others().map(|member| member.seen_seq).min().unwrap_or_default(),
        }
    }

    /// Sets whether the user is at the end of the conversation. If not, a full window keeps the rows that the user
    /// views, and new messages stay beyond the window.
    pub const fn set_following(&mut self, following: bool) {
        self.window.following = following;
    }

    /// Removes the line above the first unread message.
    pub const fn clear_divider(&mut self) {
        self.divider = None;
    }

    /// Applies new names and pictures of users. Returns whether that changes anything.
    pub fn update_users(&mut self, people: &[UserSummary]) -> bool {
        let known: Vec<_> = people.iter().filter(|card| self.people.contains_key(&card.id)).cloned().collect();
        for card in &known {
            self.members.update_user(card);
        }
        let changes = known.iter().any(|card| self.people.get(&card.id).is_some_and(|before| **before != *card));
        self.add_users(known);
        changes
    }

    /// Applies a delta. Frames may come in any order, twice or not at all.
    pub fn apply_delta(&mut self, delta: Delta) -> Outcome {
        if delta.conversation != self.conversation {
            return Outcome::Old;
        }
        match self.revision.receive(delta.since, delta.rev, delta) {
            Received::Old => Outcome::Old,
            Received::Held => Outcome::Gap,
            Received::Next(delta) => {
                self.merge(delta);
                self.release();
                self.outcome()
            }
        }
    }

    /// Applies the answer to a request for changes.
    pub fn apply_changes(&mut self, changes: Delta) -> Outcome {
        if changes.conversation != self.conversation {
            return Outcome::Old;
        }
        if changes.truncated {
            return self.apply_truncated(changes);
        }
        match self.revision.answer(changes.since, changes.rev) {
            Answer::Next => {
                self.merge(changes);
                self.release();
                self.outcome()
            }
            Answer::Gap => Outcome::Gap,
            Answer::Old if self.is_behind() => Outcome::Gap,
            Answer::Old => Outcome::Old,
        }
    }

    /// Applies an answer without messages, which a page must bring.
    fn apply_truncated(&mut self, changes: Delta) -> Outcome {
        let (since, rev) = (changes.since, changes.rev);
        self.revision.answer_incomplete(rev);
        self.merge_members(changes);
        if rev <= self.rev() {
            return Outcome::Old;
        }
        if since <= self.members_rev {
            self.members_rev = self.members_rev.max(rev);
        }
        Outcome::Reload
    }

    /// Adds an older page that was requested when the window began at `before`. Returns false, and ignores the page, if
    /// it no longer does.
    pub fn prepend(&mut self, page: MessagePage, before: Seq) -> bool {
        if page.conversation != self.conversation || self.first() != before {
            return false;
        }
        self.add_users(page.people);
        self.window.prepend(page.messages, page.has_older);
        self.lower(page.rev);
        true
    }

    /// Adds a newer page that was requested when the window ended with `after`. Returns false, and ignores the page, if
    /// it no longer does.
    pub fn append(&mut self, page: MessagePage, after: Seq) -> bool {
        if page.conversation != self.conversation || self.last() != after {
            return false;
        }
        self.add_users(page.people);
        self.forget_pending(&page.messages);
        self.window.append(page.messages, page.has_newer);
        self.lower(page.rev);
        true
    }

    /// Replaces the window with the newest page, or with the one around a message. Returns false, and ignores the page,
    /// if it is about another conversation.
    pub fn replace(&mut self, page: MessagePage) -> bool {
        if page.conversation != self.conversation {
            return false;
        }
        self.add_users(page.people);
        self.forget_pending(&page.messages);
        self.window.replace(page.messages, page.has_older, page.has_newer);
        // A page carries no members, so it never raises the revision above theirs.
        self.revision.heard_of(self.members_rev);
        self.revision.restart(page.rev.min(self.members_rev));
        self.release();
        true
    }

    /// Applies the acknowledgement of an own message.
    pub fn stored(&mut self, ack: &Stored) {
        if ack.conversation != self.conversation {
            return;
        }
        let Some(index) = self.pending.iter().position(|pending| pending.id == ack.id) else { return };
        let Outgoing { id, body, .. } = self.pending.remove(index);
        self.window.land(Message::of_text(id, self.me, ack.seq, ack.rev, ack.at, body));
    }

    /// Shows the messages of the outgoing queue that belong to this conversation, except those that are stored already.
    /// Returns whether that changes anything.
    pub fn show_pending<'a>(&mut self, outgoing: impl IntoIterator<Item = &'a Outgoing>) -> bool {
        let pending: Vec<_> = outgoing
            .into_iter()
            .filter(|outgoing| outgoing.conversation == self.conversation)
            .filter(|outgoing| !self.is_stored(outgoing.id))
            .cloned()
            .collect();
        let changes = pending != self.pending;
        self.pending = pending;
        changes
    }

    fn is_stored(&self, id: MessageId) -> bool {
        self.window.stored().any(|message| message.id == id)
    }

    fn outcome(&self) -> Outcome {
        if self.is_behind() { Outcome::Gap } else { Outcome::Applied }
    }

    /// Lowers the revision to that of a page. The page lacks later changes, which were discarded because they were
    /// beyond the window.
    fn lower(&mut self, rev: Rev) {
        self.revision.restart(rev.min(self.rev()));
        self.release();
    }

    /// Applies the held deltas whose preceding changes have arrived.
    fn release(&mut self) {
        while let Some(delta) = self.revision.next_held() {
            self.merge(delta);
        }
    }

    fn add_users(&mut self, people: impl IntoIterator<Item = UserSummary>) {
        for card in people {
            if self.people.get(&card.id).is_none_or(|known| **known != card) {
                self.people.insert(card.id, Arc::new(card));
            }
        }
    }

    fn add_member(&mut self, member: Member) {
        self.add_users([member.user.clone()]);
        self.members.put(member);
    }

    /// Applies changes that the revision includes.
    fn merge(&mut self, delta: Delta) {
        let mut messages = self.merge_members(delta);
        messages.sort_by_key(|message| message.seq);
        self.forget_pending(&messages);
        for message in messages {
            self.window.forget_landed(message.id);
            self.window.place(Arc::new(message));
        }
        self.window.join_landed();
        self.members_rev = self.members_rev.max(self.rev());
    }

    /// Applies the changes of members and users, and returns the messages.
    fn merge_members(&mut self, delta: Delta) -> Vec<Message> {
        self.add_users(delta.users);
        let mut messages = Vec::new();
        for change in delta.changes {
            match change {
                Change::Message(message) => messages.push(message),
                Change::Member(member) => self.add_member(member),
                Change::MemberLeft(left) => self.members.remove(left),
                Change::ReadPosition(position) => self.members.read(position),
                Change::Unknown => {}
            }
        }
        messages
    }

    /// Removes stored messages from the pending ones.
    fn forget_pending(&mut self, stored: &[Message]) {
        self.pending.retain(|pending| stored.iter().all(|message| message.id != pending.id));
    }
}
