//! A conversation during a transaction.

use std::collections::BTreeMap;

use protocol::{
    Content, ConversationId, ConversationKind, Member, Message, MessageId, Millis, Rev, Role, Seq, UserId, UserSummary,
    live::{Change, Delta, MemberLeft, ReadPosition, ServerFrame},
};

use crate::live::{Envelope, To};

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
    /// Frames for the sockets of users who joined or left.
    announced: Vec<Envelope>,
    /// Whether the members are told the revision even if nothing changed.
    tells_again: bool,
    /// The only user whose sockets are told of the changes, if it is not all members.
    only: Option<UserId>,
}

/// A user's row in a conversation.
#[derive(Debug)]
pub(crate) struct Membership {
    pub user: UserSummary,
    pub role: Role,
    pub present: bool,
    pub listed: bool,
    pub joined_at: Millis,
    pub delivered_seq: Seq,
    pub seen_seq: Seq,
    pub rev: Rev,
    pub sends_receipts: bool,
    pub stored: Stored,
}

/// The difference between a membership and its stored row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// The row as it is.
    Same,
    /// The row with other read positions.
    OtherPositions,
    /// Another row.
    Other,
    /// Nothing.
    Nothing,
}

/// The envelopes and the delta to publish after the commit.
pub(super) struct Told {
    pub memberships: Vec<Envelope>,
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
            announced: Vec::new(),
            tells_again: false,
            only: None,
        }
    }

    pub(super) fn put(&mut self, membership: Membership) {
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
    fn stamp(&mut self) -> Rev {
        self.rev = self.rev.plus(1);
        self.rev
    }

    /// Appends a message. Returns its position and its revision.
    pub fn post(&mut self, id: MessageId, author: UserId, body: String, at: Millis) -> (Seq, Rev) {
        let rev = self.stamp();
        self.last_seq = self.last_seq.plus(1);
        self.messages.push(Message::of_text(id, author, self.last_seq, rev, at, body));
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
            stored: if known.is_some() { Stored::Other } else { Stored::Nothing },
            sends_receipts: known.is_some_and(|known| known.sends_receipts),
            user,
            present: true,
            listed,
            joined_at: at,
            delivered_seq: self.last_seq,
            seen_seq: self.last_seq,
            rev,
        };
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
        let rev = self.stamp();
        if let Some(member) = self.memberships.get_mut(&user).filter(|member| member.present) {
            member.present = false;
            member.rev = rev;
            member.stored = member.stored.changed();
            self.announced.push(left(self.id, user));
            self.count(-1);
        }
    }

    fn count(&mut self, more: i32) {
        self.member_count = self.member_count.saturating_add(more);
        self.counts_anew |= more != 0;
    }

    /// Gives a member a new revision, and another name, so that clients learn of it.
    pub fn rename(&mut self, user: &UserSummary) {
        let rev = self.stamp();
        if let Some(member) = self.memberships.get_mut(&user.id) {
            member.user = user.clone();
            member.rev = rev;
            member.stored = member.stored.changed();
        }
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
        if member.stored == Stored::Same {
            member.stored = Stored::OtherPositions;
        }
    }

    /// Puts the conversation into a member's list, and tells their sockets. Does nothing if it is there.
    pub fn list(&mut self, user: UserId) {
        if let Some(member) = self.memberships.get_mut(&user).filter(|member| !member.listed) {
            member.listed = true;
            member.stored = member.stored.changed();
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

    pub(super) fn memberships(&self) -> impl Iterator<Item = &Membership> {
        self.memberships.values()
    }

    /// Returns the users whose read positions moved, with their positions.
    pub(super) fn moved(&self) -> impl Iterator<Item = (UserId, Seq)> {
        let moved = |member: &&Membership| member.stored == Stored::OtherPositions;
        self.memberships.values().filter(moved).map(|member| (member.user.id, member.seen_seq))
    }

    pub(super) fn into_told(self) -> Told {
        let Self { id, since, rev, messages, memberships, announced, tells_again, only, .. } = self;
        let mut delta = Delta::new(id, since, rev);
        delta.members = u32::try_from(self.member_count).ok().filter(|_| self.counts_anew);
        delta.changes.extend(messages.into_iter().map(Change::Message));
        // A read position that moved without a revision of its own is not shown to others.
        delta.changes.extend(memberships.values().filter(|member| member.rev > since).map(Membership::change));
        delta.changes.sort_by_key(Change::rev);
        delta.users = memberships.into_values().map(|member| member.user).collect();
        Told {
            memberships: announced,
            to: only.map_or(To::Conversation(id), To::User),
            delta: (rev > since || tells_again).then_some(delta),
        }
    }
}

impl Membership {
    /// Returns the change that others see. One frame goes to all members, so it leaves out the positions of a new one.
    fn change(&self) -> Change {
        let (user, rev) = (self.user.id, self.rev);
        match self.stored {
            Stored::OtherPositions => {
                let (delivered_seq, seen_seq) = (self.delivered_seq, self.seen_seq);
                Change::ReadPosition(ReadPosition { user, delivered_seq, seen_seq, rev })
            }
            _ if !self.present => Change::MemberLeft(MemberLeft { user, rev }),
            _ => Change::Member(Member {
                user: self.user.clone(),
                role: self.role,
                delivered_seq: Seq::ZERO,
                seen_seq: Seq::ZERO,
                rev,
            }),
        }
    }
}

impl Stored {
    const fn changed(self) -> Self {
        match self {
            Self::Nothing => Self::Nothing,
            _ => Self::Other,
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
