//! A conversation during a transaction.

use std::collections::BTreeMap;

use protocol::{
    Content, ConversationId, ConversationKind, Message, MessageId, Millis, Rev, Role, Seq, UserId, UserSummary,
    live::{Change, Delta, ServerFrame},
};

use super::membership::{Membership, unread};
use crate::{
    live::{Envelope, To},
    sql::Sql,
};

/// A locked conversation, in memory, with everything that the transaction changes in it.
#[derive(Debug)]
pub(crate) struct Conversation {
    id: ConversationId,
    kind: ConversationKind,
    /// The revision before the transaction.
    since: Rev,
    rev: Rev,
    last_seq: Seq,
    member_count: i32,
    /// Whether the number of members changed.
    counts_anew: bool,
    /// The new messages, in the order of their revisions.
    messages: Vec<Message>,
    memberships: BTreeMap<UserId, Membership>,
    /// Any other changes, and the statements that store them.
    changes: Vec<Change>,
    statements: Vec<Sql>,
    /// Frames for the sockets of users who joined or left.
    announced: Vec<Envelope>,
    /// Whether the members are told the revision even if nothing changed.
    tells_again: bool,
    /// The only user whose sockets are told of the changes, if it is not all members.
    only: Option<UserId>,
}

/// The envelopes and the delta to publish after the commit.
pub(super) struct Told {
    pub memberships: Vec<Envelope>,
    pub reads: Vec<Envelope>,
    pub to: To,
    pub delta: Option<Delta>,
}

impl Conversation {
    pub(super) const fn new(
        id: ConversationId,
        kind: ConversationKind,
        rev: Rev,
        last_seq: Seq,
        member_count: i32,
    ) -> Self {
        Self {
            id,
            kind,
            since: rev,
            rev,
            last_seq,
            member_count,
            counts_anew: false,
            messages: Vec::new(),
            memberships: BTreeMap::new(),
            changes: Vec::new(),
            statements: Vec::new(),
            announced: Vec::new(),
            tells_again: false,
            only: None,
        }
    }

    pub(super) fn load_member(&mut self, membership: Membership) {
        self.memberships.entry(membership.user.id).or_insert(membership);
    }

    /// Returns the conversation's kind.
    pub const fn kind(&self) -> ConversationKind {
        self.kind
    }

    /// Returns the position of the newest message.
    pub const fn last_seq(&self) -> Seq {
        self.last_seq
    }

    /// Returns the membership of a user who is in the conversation, if it was loaded.
    pub fn member(&self, user: UserId) -> Option<&Membership> {
        self.memberships.get(&user).filter(|member| member.present)
    }

    /// Gives a change the next revision.
    pub const fn stamp(&mut self) -> Rev {
        self.rev = self.rev.plus(1);
        self.rev
    }

    /// Adds a change, which has a revision of [`stamp`](Self::stamp), and the statement that stores it. Every kind of
    /// change brings its own; only messages and read positions, the most frequent ones, are stored many at once.
    ///
    /// Statements are executed in the order of these calls, before messages and read positions are stored.
    pub fn put(&mut self, change: Change, statement: Sql) {
        self.changes.push(change);
        self.statements.push(statement);
    }

    /// Appends a message. Returns its position and its revision.
    pub fn post(&mut self, id: MessageId, author: UserId, body: String, at: Millis) -> (Seq, Rev) {
        let rev = self.stamp();
        self.last_seq = self.last_seq.plus(1);
        self.messages.push(Message::of_text(id, author, self.last_seq, rev, at, body));
        if let Some(member) = self.memberships.get_mut(&author) {
            member.new_own.push(self.last_seq);
        }
        (self.last_seq, rev)
    }

    /// Makes a user a member. One who joins, or joins again, starts at the end, so that earlier messages do not count as
    /// unread.
    pub fn join(&mut self, user: UserSummary, role: Role, listed: bool, at: Millis) {
        let (rev, id) = (self.stamp(), user.id);
        let known = self.memberships.remove(&id);
        self.count(if known.as_ref().is_some_and(|known| known.present) { 0 } else { 1 });
        let joined = Membership {
            // A user who comes back keeps their role.
            role: known.as_ref().map_or(role, |known| known.role),
            sends_receipts: known.is_some_and(|known| known.sends_receipts),
            user,
            present: true,
            listed,
            joined_at: at,
            rev,
            ..Membership::at(self.last_seq)
        };
        self.put(joined.change(), joined.upsert(self.id));
        self.memberships.insert(id, joined);
        self.announce_member(id);
    }

    /// Tells a member's sockets to subscribe: another request may have made them a member, and its announcement may be
    /// lost.
    pub fn announce_member(&mut self, user: UserId) {
        self.announced.push(Envelope::bare(To::Joined(self.id, user)));
    }

    /// Ends a membership.
    pub fn leave(&mut self, user: UserId) {
        if self.member(user).is_some() {
            self.change_member(user, |member| member.present = false);
            self.announced.push(left(self.id, user));
            self.count(-1);
        }
    }

    /// Changes a membership, and gives it the next revision.
    fn change_member(&mut self, user: UserId, change: impl FnOnce(&mut Membership)) {
        let next = self.rev.plus(1);
        let Some(member) = self.memberships.get_mut(&user) else { return };
        change(member);
        member.rev = next;
        let (change, statement) = (member.change(), member.upsert(self.id));
        self.rev = next;
        self.put(change, statement);
    }

    fn count(&mut self, more: i32) {
        self.member_count = self.member_count.saturating_add(more);
        self.counts_anew |= more != 0;
    }

    /// Gives a member a new revision, and another name, so that clients learn of it.
    pub fn rename(&mut self, user: &UserSummary) {
        self.change_member(user.id, |member| member.user = user.clone());
    }

    /// Moves a member's read position forward. The other members are told only if it `is_shown` to them.
    pub fn read(&mut self, user: UserId, seq: Seq, is_shown: bool) {
        let seq = seq.min(self.last_seq);
        let next = self.rev.plus(1);
        let Some(member) = self.memberships.get_mut(&user).filter(|member| seq > member.seen_seq) else { return };
        member.seen_seq = seq;
        member.delivered_seq = member.delivered_seq.max(seq);
        if is_shown {
            member.rev = next;
            self.rev = next;
        }
    }

    /// Puts the conversation into a member's list, and tells their sockets. Does nothing if it is there.
    pub fn list(&mut self, user: UserId) {
        if let Some(member) = self.memberships.get_mut(&user).filter(|member| !member.listed) {
            member.listed = true;
            self.statements.push(member.upsert(self.id));
            self.announced.push(listed(self.id, user, self.rev));
        }
    }

    /// Tells the members the current revision, whatever changes: something may have been stored before of which nobody
    /// knows whether they were told. A client that missed it notices, and requests it.
    pub const fn tell_again(&mut self) {
        self.tells_again = true;
    }

    /// Tells of the changes only this user's sockets.
    pub const fn tell_only(&mut self, user: UserId) {
        self.only = Some(user);
    }

    /// Returns whether the revision changed.
    pub(super) fn is_changed(&self) -> bool {
        self.rev > self.since
    }

    pub(super) const fn rev(&self) -> Rev {
        self.rev
    }

    pub(super) fn new_messages(&self) -> &[Message] {
        &self.messages
    }

    pub(super) const fn member_count(&self) -> i32 {
        self.member_count
    }

    /// Returns the preview of the newest message, if it is new.
    pub(super) fn new_preview(&self) -> Option<Content> {
        self.messages.last().map(|message| message.content.preview())
    }

    pub(super) fn take_statements(&mut self) -> Vec<Sql> {
        std::mem::take(&mut self.statements)
    }

    pub(super) fn memberships(&self) -> impl Iterator<Item = &Membership> {
        self.memberships.values()
    }

    pub(super) fn memberships_mut(&mut self) -> impl Iterator<Item = &mut Membership> {
        self.memberships.values_mut()
    }

    pub(super) fn into_told(self) -> Told {
        let Self { id, since, rev, last_seq, messages, memberships, changes, announced, tells_again, only, .. } = self;
        let mut delta = Delta::new(id, since, rev);
        delta.members = u32::try_from(self.member_count).ok().filter(|_| self.counts_anew);
        delta.changes = changes;
        delta.changes.extend(messages.into_iter().map(Change::Message));
        // A read position that moved without a revision of its own is not shown to others.
        delta.changes.extend(memberships.values().filter(|member| member.rev > since).filter_map(Membership::moved));
        delta.changes.sort_by_key(Change::rev);
        let reads = memberships.values().filter(|member| member.has_moved());
        let read = |member: &Membership| {
            let (seen, unread) = (member.seen_seq, unread(last_seq, member.seen_seq, member.own_unseen(last_seq)));
            Envelope::new(To::User(member.user.id), &ServerFrame::Read { conversation: id, seen, unread, last_seq })
        };
        let reads = reads.map(read).collect();
        delta.users = memberships.into_values().map(|member| member.user).collect();
        Told {
            memberships: announced,
            reads,
            to: only.map_or(To::Conversation(id), To::User),
            delta: (rev > since || tells_again).then_some(delta),
        }
    }
}

/// Returns the frame for the sockets of a user who is no longer a member.
pub(in crate::conversations) fn left(conversation: ConversationId, user: UserId) -> Envelope {
    Envelope::new(To::Left(conversation, user), &ServerFrame::Gone { conversation })
}

/// Returns the frame for the sockets of a user, and nobody else's, in whose list the conversation is now. It changes
/// nothing, but it makes a tab that does not have the conversation request it.
pub(in crate::conversations) fn listed(conversation: ConversationId, user: UserId, rev: Rev) -> Envelope {
    Envelope::new(To::User(user), &ServerFrame::Delta(Delta::new(conversation, rev, rev)))
}
