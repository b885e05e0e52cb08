//! The messages of one open conversation: what arrives, in any order and more than once, becomes what the server has.
//!
//! It holds a *window*: consecutive messages, without holes, bounded so that the page stays light. Two facts carry
//! everything else:
//!
//! * Every message in the window is at least as new as the server had it at [`Timeline::rev`].
//! * Unless there are newer messages beyond the window, it ends with the last message of that revision.
//!
//! Whatever breaks one of them lowers the revision, and a lower revision is healed by asking for changes.

use std::{collections::HashMap, sync::Arc};

use protocol::{
    ChangeSet, ConversationId, Member, Message, MessageId, MessagePage, Rev, Seq, UserId, UserSummary,
    live::{Events, Stored},
    message::ConversationSnapshot,
};

pub use super::window::WINDOW_MAX;
use super::{outbox::Outgoing, window::Window};

/// Events that wait for the changes before them, at most. Beyond, they are asked for again.
const HELD_MAX: usize = 32;

/// What came of something that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in.
    Applied,
    /// Something before it is missing: ask for the changes since [`Timeline::rev`].
    Gap,
    /// It was known, or belongs elsewhere.
    Old,
    /// Too much is missing to replay: load a page and [`Timeline::replace`] the window.
    Reload,
}

/// How far the others have come, where receipts are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipts {
    /// Everybody else's devices have the messages up to here.
    pub delivered: Seq,
    /// Everybody else has read up to here.
    pub seen: Seq,
}

/// The messages of one open conversation.
#[derive(Clone, Debug)]
pub struct Timeline {
    conversation: ConversationId,
    me: UserId,
    rev: Rev,
    /// Members are as the server had them here. Never below `rev`: pages carry messages only, and what lowers `rev`
    /// takes back nothing that is known about members.
    members_rev: Rev,
    /// The highest revision that was heard of.
    target: Rev,
    /// What of it was heard of when the oldest question that has no answer yet was put. Only that can its answer
    /// refute: what was heard of later may have been stored after the server read.
    asked: Option<Rev>,
    /// The revision at which the server knew of nothing newer, and what had been heard of then: it is not asked about
    /// that again, until something shows that it has moved on. What is held stays.
    refuted: Option<(Rev, Rev)>,
    held: Vec<Events>,
    pub(super) window: Window,
    pub(super) pending: Vec<Outgoing>,
    pub(super) people: HashMap<UserId, Arc<UserSummary>>,
    members: HashMap<UserId, Member>,
    pub(super) divider: Option<Seq>,
}

impl Timeline {
    /// The conversation as a page brought it.
    pub fn new(open: ConversationSnapshot, me: UserId) -> Self {
        let ConversationSnapshot { summary, page, members } = open;
        let mut timeline = Self {
            conversation: summary.id,
            me,
            rev: page.rev,
            members_rev: page.rev,
            target: page.rev,
            asked: None,
            refuted: None,
            held: Vec::new(),
            window: Window::new(),
            pending: Vec::new(),
            people: HashMap::new(),
            members: HashMap::new(),
            divider: (summary.unread > 0).then_some(summary.seen_seq),
        };
        timeline.add_users(summary.peer.into_iter().chain(summary.last_author));
        timeline.merge_members(members);
        timeline.replace(page);
        timeline
    }

    /// A window of another size; the tests' windows are small.
    #[must_use]
    pub const fn with_limit(mut self, limit: usize) -> Self {
        self.window.limit = limit;
        self
    }

    /// Which conversation.
    pub const fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// Who looks at it.
    pub const fn me(&self) -> UserId {
        self.me
    }

    /// The revision up to which everything is known.
    pub const fn rev(&self) -> Rev {
        self.rev
    }

    /// Whether something is known to be missing, which asking may bring.
    pub fn is_behind(&self) -> bool {
        self.rev < self.target && self.refuted != Some((self.rev, self.target))
    }

    /// The revision to ask the changes since. The answer is expected.
    pub fn ask(&mut self) -> Rev {
        self.asked = self.asked.or(Some(self.target));
        self.rev
    }

    /// No question that was put will be answered any more: the connection is another one.
    pub const fn forget_questions(&mut self) {
        self.asked = None;
    }

    /// Whether there are older messages than the window's.
    pub const fn has_older(&self) -> bool {
        self.window.has_older
    }

    /// Whether there are newer messages than the window's.
    pub const fn has_newer(&self) -> bool {
        self.window.has_newer
    }

    /// The window's first message; zero when it is empty.
    pub fn first(&self) -> Seq {
        self.window.first()
    }

    /// The window's last message; zero when it is empty.
    pub fn last(&self) -> Seq {
        self.window.last()
    }

    /// The stored messages in the window, oldest first.
    pub fn messages(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.window.messages()
    }

    /// The person, if this conversation brought their card.
    pub fn person(&self, id: UserId) -> Option<&Arc<UserSummary>> {
        self.people.get(&id)
    }

    /// Members, where receipts are shown.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// How far everybody else has come; zero where receipts are not shown or nobody else is there.
    pub fn receipts(&self) -> Receipts {
        let others = || self.members.values().filter(|member| member.present && member.user.id != self.me);
        Receipts {
            delivered: others().map(|member| member.delivered_seq.max(member.seen_seq)).min().unwrap_or_default(),
            seen: others().map(|member| member.seen_seq).min().unwrap_or_default(),
        }
    }

    /// Says whether the person is at the end of the talk. If not, a full window does not lose the rows they look at
    /// to those that arrive; the new ones are then beyond the window.
    pub const fn set_following(&mut self, following: bool) {
        self.window.following = following;
    }

    /// Takes the line above the first unread message away.
    pub const fn clear_divider(&mut self) {
        self.divider = None;
    }

    /// These people have another name or picture now. Whether that changes anything.
    pub fn update_users(&mut self, people: &[UserSummary]) -> bool {
        let known: Vec<_> = people.iter().filter(|card| self.people.contains_key(&card.id)).cloned().collect();
        for card in &known {
            if let Some(member) = self.members.get_mut(&card.id) {
                member.user = card.clone();
            }
        }
        let changes = known.iter().any(|card| self.people.get(&card.id).is_some_and(|before| **before != *card));
        self.add_users(known);
        changes
    }

    /// Applies what happened. Frames may come in any order, twice or not at all.
    pub fn apply_events(&mut self, events: Events) -> Outcome {
        if events.conversation != self.conversation || events.after <= self.rev {
            return Outcome::Old;
        }
        self.target = self.target.max(events.after);
        if events.before > self.rev {
            if self.held.len() < HELD_MAX {
                self.held.push(events);
            }
            return Outcome::Gap;
        }
        self.take(events);
        self.release();
        self.outcome()
    }

    /// Applies an answer to the question for changes.
    pub fn apply_changes(&mut self, changes: ChangeSet) -> Outcome {
        let ChangeSet { conversation, since, rev, messages, members, people, truncated } = changes;
        if conversation != self.conversation {
            return Outcome::Old;
        }
        let asked = self.asked.take();
        self.add_users(people);
        self.merge_members(members);
        if truncated {
            if rev <= self.rev {
                return Outcome::Old;
            }
            self.target = self.target.max(rev);
            if since <= self.members_rev {
                self.members_rev = self.members_rev.max(rev);
            }
            return Outcome::Reload;
        }
        if since > self.rev {
            // The revision was lowered since the question; what is between is still missing.
            return Outcome::Gap;
        }
        if rev <= since && since == self.rev {
            // The server knew of nothing newer when it read. What had been heard of before the question is not there;
            // don't ask for ever.
            if asked == Some(self.target) {
                self.refuted = Some((self.rev, self.target));
            }
            return if self.is_behind() { Outcome::Gap } else { Outcome::Old };
        }
        if rev <= self.rev {
            return if self.is_behind() { Outcome::Gap } else { Outcome::Old };
        }
        self.merge(messages);
        self.reach(rev);
        self.release();
        self.outcome()
    }

    /// Adds an older page that was asked for when the window began at `before`. Ignored if it no longer does.
    pub fn prepend(&mut self, page: MessagePage, before: Seq) -> bool {
        if page.conversation != self.conversation || self.first() != before {
            return false;
        }
        self.add_users(page.people);
        self.window.prepend(page.messages, page.has_older);
        self.lower(page.rev);
        true
    }

    /// Adds a newer page that was asked for when the window ended with `after`. Ignored if it no longer does.
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

    /// Shows another part of the history: the newest page, or that around a message.
    pub fn replace(&mut self, page: MessagePage) -> bool {
        if page.conversation != self.conversation {
            return false;
        }
        self.add_users(page.people);
        self.forget_pending(&page.messages);
        self.window.replace(page.messages, page.has_older, page.has_newer);
        // A page tells nothing about members, so it never takes the revision beyond theirs.
        self.target = self.target.max(self.rev).max(self.members_rev);
        self.rev = page.rev.min(self.members_rev);
        self.release();
        true
    }

    /// An own message is on disk.
    pub fn stored(&mut self, ack: &Stored) {
        if ack.conversation != self.conversation {
            return;
        }
        let Some(index) = self.pending.iter().position(|pending| pending.id == ack.id) else { return };
        let Outgoing { id, body, .. } = self.pending.remove(index);
        self.window.land(Message { id, author: self.me, seq: ack.seq, rev: ack.rev, at: ack.at, body });
    }

    /// Shows what of the outgoing queue belongs here. What is stored already is left out. Whether that changes anything.
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

    fn take(&mut self, events: Events) {
        self.add_users(events.people);
        self.merge_members(events.members);
        self.merge(events.messages);
        self.reach(events.after);
    }

    fn reach(&mut self, rev: Rev) {
        self.rev = self.rev.max(rev);
        self.members_rev = self.members_rev.max(rev);
        self.target = self.target.max(rev);
    }

    /// A page that was read at an earlier revision lacks changes that were thrown away as beyond the window.
    fn lower(&mut self, rev: Rev) {
        self.target = self.target.max(self.rev);
        self.rev = self.rev.min(rev);
        self.release();
    }

    /// Applies the events that waited for what has now arrived.
    fn release(&mut self) {
        self.held.retain(|events| events.after > self.rev);
        while let Some(index) = self.held.iter().position(|events| events.before <= self.rev) {
            let events = self.held.swap_remove(index);
            if events.after > self.rev {
                self.take(events);
            }
        }
    }

    fn add_users(&mut self, people: impl IntoIterator<Item = UserSummary>) {
        for card in people {
            if self.people.get(&card.id).is_none_or(|known| **known != card) {
                self.people.insert(card.id, Arc::new(card));
            }
        }
    }

    fn merge_members(&mut self, members: Vec<Member>) {
        for member in members {
            self.add_users([member.user.clone()]);
            if self.members.get(&member.user.id).is_none_or(|known| known.rev <= member.rev) {
                self.members.insert(member.user.id, member);
            }
        }
    }

    fn merge(&mut self, mut messages: Vec<Message>) {
        messages.sort_by_key(|message| message.seq);
        self.forget_pending(&messages);
        for message in messages {
            self.window.forget_landed(message.id);
            self.window.place(Arc::new(message));
        }
        self.window.join_landed();
    }

    /// What is stored waits for nothing.
    fn forget_pending(&mut self, stored: &[Message]) {
        self.pending.retain(|pending| stored.iter().all(|message| message.id != pending.id));
    }
}
