//! The members of a conversation whose receipts are shown.

use std::collections::HashMap;

use protocol::{
    Member, Rev, UserId, UserSummary,
    live::{MemberLeft, ReadPosition},
};

/// The members of one conversation. Changes may come in any order and twice; that with the higher revision stays.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    present: HashMap<UserId, Member>,
    /// The revisions at which users left, because an older change may still arrive.
    left: HashMap<UserId, Rev>,
}

impl Members {
    /// Returns the members, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.present.values()
    }

    /// Adds or updates a member.
    pub(super) fn put(&mut self, member: Member) {
        let id = member.user.id;
        let left_later = self.left.get(&id).is_some_and(|left| *left > member.rev);
        if !left_later && self.present.get(&id).is_none_or(|known| known.rev <= member.rev) {
            self.left.remove(&id);
            self.present.insert(id, member);
        }
    }

    /// Removes a member who left.
    pub(super) fn remove(&mut self, left: MemberLeft) {
        if self.present.get(&left.user).is_none_or(|known| known.rev <= left.rev) {
            self.present.remove(&left.user);
            let rev = self.left.entry(left.user).or_default();
            *rev = left.rev.max(*rev);
        }
    }

    /// Moves a member's read position.
    pub(super) fn read(&mut self, position: ReadPosition) {
        if let Some(member) = self.present.get_mut(&position.user)
            && member.rev <= position.rev
        {
            member.delivered_seq = position.delivered_seq;
            member.seen_seq = position.seen_seq;
            member.rev = position.rev;
        }
    }

    /// Applies a new name or picture.
    pub(super) fn update_user(&mut self, user: &UserSummary) {
        if let Some(member) = self.present.get_mut(&user.id) {
            member.user = user.clone();
        }
    }
}
