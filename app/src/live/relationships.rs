//! What this person must know of others on every page: who waits for an answer, and whom they blocked.

use std::collections::HashSet;

use protocol::{UserId, relationship::Relationship, user::Me};

/// What this person must know of others on every page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relationships {
    /// Friend requests that wait for an answer.
    pub requests: u32,
    /// Whether this person tells others how far they read. If not, they are not told either.
    pub receipts: bool,
    blocked: HashSet<UserId>,
    news: u32,
}

impl Relationships {
    /// As a page was drawn with.
    pub fn new(me: &Me) -> Self {
        let blocked = me.blocked.iter().copied().collect();
        Self { requests: me.requests, receipts: me.privacy.receipts, blocked, news: 0 }
    }

    /// Whether this person blocked them.
    pub fn has_blocked(&self, id: UserId) -> bool {
        self.blocked.contains(&id)
    }

    /// A number that is another one whenever lists of people may have changed.
    pub const fn news(&self) -> u32 {
        self.news
    }

    /// What changed is to be asked for.
    pub const fn ask_again(&mut self) {
        self.news = self.news.wrapping_add(1);
    }

    /// Somebody became something else to this person.
    pub(super) fn changed(&mut self, relation: &Relationship, requests: u32) {
        self.requests = requests;
        if relation.blocked {
            self.blocked.insert(relation.person.id);
        } else {
            self.blocked.remove(&relation.person.id);
        }
        self.ask_again();
    }

    /// What was missed is over. What of it concerned people is asked for by the pages that show them.
    pub(super) const fn synced(&mut self, requests: u32) {
        self.requests = requests;
        self.ask_again();
    }
}
