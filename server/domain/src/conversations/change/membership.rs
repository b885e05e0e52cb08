//! A user's row in a conversation during a transaction.

use protocol::{
    ConversationId, Member, Millis, Rev, Role, Seq, UserId, UserSummary,
    limits::UNREAD_MAX,
    live::{Change, MemberLeft, ReadPosition},
};
use sea_orm::Value;

use crate::{conversations::columns::role_column, sql::Sql};

/// A membership, as the transaction leaves it.
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
    /// The read position in the database, or the one at which the user joined.
    pub(super) stored_seen: Seq,
    /// The number of the member's own stored messages after the read position. First as of `stored_seen`, and before the
    /// row is written, as of `seen_seq`.
    pub(super) own_unseen: i32,
    /// The positions of the member's own messages that the transaction stores.
    pub(super) new_own: Vec<Seq>,
}

impl Membership {
    /// Creates a membership whose read position is at this one. The user is nobody yet.
    pub(super) fn at(seq: Seq) -> Self {
        Self {
            user: UserSummary::new(UserId::from_parts(0, &[0; 10]), String::new()),
            role: Role::Member,
            present: false,
            listed: false,
            joined_at: 0,
            delivered_seq: seq,
            seen_seq: seq,
            rev: Rev::ZERO,
            sends_receipts: false,
            stored_seen: seq,
            own_unseen: 0,
            new_own: Vec::new(),
        }
    }

    /// Returns whether the read position moved.
    pub(super) fn has_moved(&self) -> bool {
        self.seen_seq > self.stored_seen
    }

    /// Returns whether positions or counts in the row change.
    pub(super) fn has_new_positions(&self) -> bool {
        self.has_moved() || !self.new_own.is_empty()
    }

    /// Returns whether stored messages have to be counted before the row can be written: those between both positions.
    pub(super) fn needs_count(&self, last_seq: Seq) -> bool {
        self.has_moved() && self.seen_seq < last_seq && self.own_unseen > 0
    }

    /// Returns the number of the member's own messages after the read position.
    pub(super) fn own_unseen(&self, last_seq: Seq) -> i32 {
        if self.seen_seq == last_seq {
            return 0;
        }
        let new = self.new_own.iter().filter(|seq| **seq > self.seen_seq).count();
        self.own_unseen.saturating_add(i32::try_from(new).unwrap_or(i32::MAX))
    }

    /// Returns the member as others see them. One frame goes to all members, so it leaves out their positions.
    pub(super) fn change(&self) -> Change {
        let (user, rev) = (self.user.id, self.rev);
        if !self.present {
            return Change::MemberLeft(MemberLeft { user, rev });
        }
        let (delivered_seq, seen_seq) = (Seq::ZERO, Seq::ZERO);
        Change::Member(Member { user: self.user.clone(), role: self.role, delivered_seq, seen_seq, rev })
    }

    /// Returns the read position as others see it, if it moved.
    pub(super) fn moved(&self) -> Option<Change> {
        let position = ReadPosition {
            user: self.user.id,
            delivered_seq: self.delivered_seq,
            seen_seq: self.seen_seq,
            rev: self.rev,
        };
        self.has_moved().then_some(Change::ReadPosition(position))
    }

    /// Returns the statement that writes the row as it is now, without the changes of [`Self::new_own`].
    pub(super) fn upsert(&self, conversation: ConversationId) -> Sql {
        let values: [Value; 10] = [
            conversation.uuid().into(),
            self.user.id.uuid().into(),
            role_column(self.role).into(),
            self.present.into(),
            self.listed.into(),
            self.joined_at.into(),
            self.delivered_seq.0.into(),
            self.stored_seen.0.into(),
            self.rev.0.into(),
            self.own_unseen.into(),
        ];
        Sql::new(
            "INSERT INTO members (conversation_id, user_id, role, present, listed, joined_at, delivered_seq, seen_seq, \
             rev, own_unseen) ",
        )
        .rows(vec![values])
        .push(
            " ON CONFLICT (conversation_id, user_id) DO UPDATE SET role = excluded.role, present = excluded.present, \
             listed = excluded.listed, joined_at = excluded.joined_at, delivered_seq = excluded.delivered_seq, \
             seen_seq = excluded.seen_seq, rev = excluded.rev, own_unseen = excluded.own_unseen",
        )
    }
}

/// Returns the number of unread messages, up to [`UNREAD_MAX`].
pub(in crate::conversations) fn unread(last_seq: Seq, seen_seq: Seq, own_unseen: i32) -> u32 {
    let unread = last_seq.0.saturating_sub(seen_seq.0).saturating_sub(i64::from(own_unseen));
    u32::try_from(unread.max(0)).unwrap_or(UNREAD_MAX).min(UNREAD_MAX)
}
