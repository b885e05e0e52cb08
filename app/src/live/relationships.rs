//! The relationships that every page needs: the number of friend requests, and the blocked users.

use std::collections::HashSet;

use protocol::{UserId, relationship::Relationship, user::Me};

/// The relationships that every page needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relationships {
    /// The number of friend requests that wait for the user's answer.
    pub requests: u32,
    /// Whether others see the user's read position. If not, the user does not see theirs either.
    pub receipts: bool,
    blocked: HashSet<UserId>,
    news: u32,
}

impl Relationships {
    /// Creates the state from the account that a page was rendered with.
    pub fn new(me: &Me) -> Self {
        let blocked = me.blocked.iter().copied().collect();
        Self { requests: me.requests, receipts: me.privacy.receipts, blocked, news: 0 }
    }

    /// Returns whether the user blocked another user.
    pub fn has_blocked(&self, id: UserId) -> bool {
        self.blocked.contains(&id)
    }

    /// Returns a counter that changes whenever lists of users may have changed.
    pub const fn news(&self) -> u32 {
        self.news
    }

    /// Makes pages request their lists of users again.
    pub const fn ask_again(&mut self) {
        self.news = self.news.wrapping_add(1);
    }

    /// Applies a changed relationship.
    pub(super) fn changed(&mut self, relationship: &Relationship, requests: u32) {
        self.requests = requests;
        if relationship.blocked {
            self.blocked.insert(relationship.person.id);
        } else {
            self.blocked.remove(&relationship.person.id);
        }
        self.ask_again();
    }

    /// Applies the friend request count after frames were missed. Pages request the lists that they show again.
    pub(super) const fn synced(&mut self, requests: u32) {
        self.requests = requests;
        self.ask_again();
    }
}
