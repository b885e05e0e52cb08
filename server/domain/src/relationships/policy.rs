//! What a person may do with another, decided from facts alone. [`facts`](super::facts) reads them.

use protocol::privacy::{Privacy, WhoSees, WhoWrites};

/// What somebody wants of somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Write to them, in the direct conversation of the two.
    Message,
    /// Call them.
    Call,
    /// Take them into a group.
    AddToGroup,
    /// See whether they are there, and when they last were.
    SeePresence,
    /// See the words they say about it.
    SeeStatus,
    /// See that they are writing in a conversation that both are in.
    SeeTyping,
    /// See how far they have read.
    SeeReceipts,
    /// Ask them to be friends.
    Befriend,
}

/// What there is between the person who acts and another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelationshipContext {
    /// They are one and the same.
    pub oneself: bool,
    /// The account of one of them is gone.
    pub deleted: bool,
    /// The one who acts blocked the other.
    pub blocks: bool,
    /// The other blocked the one who acts.
    pub blocked: bool,
    /// They are friends.
    pub friends: bool,
    /// They are in a group or a room together. Looked up only where it decides something, and false elsewhere.
    pub acquainted: bool,
    /// The one who acts lets others see how far they read.
    pub tells_receipts: bool,
    /// What the other lets others do.
    pub privacy: Privacy,
}

impl RelationshipContext {
    /// Whether the one who acts may.
    ///
    /// A block forbids everything, whoever made it: who blocked somebody and wants to write to them unblocks them
    /// first. That somebody is writing is seen by those to whom they write, who are about to have the message anyway;
    /// so it is hidden only by "nobody", and not from those who merely are no friends.
    pub const fn may(&self, action: Action) -> bool {
        if self.oneself {
            return !matches!(action, Action::Message | Action::Call | Action::AddToGroup | Action::Befriend);
        }
        if self.deleted || self.blocks || self.blocked {
            return false;
        }
        match action {
            Action::Befriend => !self.friends,
            Action::Message | Action::Call | Action::AddToGroup => match self.privacy.messages {
                WhoWrites::Everyone => true,
                WhoWrites::Acquaintances => self.friends || self.acquainted,
                WhoWrites::Friends => self.friends,
            },
            Action::SeePresence | Action::SeeStatus => match self.privacy.presence {
                WhoSees::Everyone => true,
                WhoSees::Friends => self.friends,
                WhoSees::Nobody => false,
            },
            Action::SeeTyping => !matches!(self.privacy.presence, WhoSees::Nobody),
            Action::SeeReceipts => self.privacy.receipts && self.tells_receipts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIONS: [Action; 8] = [
        Action::Message,
        Action::Call,
        Action::AddToGroup,
        Action::SeePresence,
        Action::SeeStatus,
        Action::SeeTyping,
        Action::SeeReceipts,
        Action::Befriend,
    ];

    fn open() -> RelationshipContext {
        RelationshipContext { tells_receipts: true, ..RelationshipContext::default() }
    }

    #[test]
    fn strangers_may_all_by_default() {
        assert!(ACTIONS.iter().all(|action| open().may(*action)));
    }

    #[test]
    fn a_block_or_a_missing_account_forbids_all_even_to_friends() {
        let friends = RelationshipContext { friends: true, acquainted: true, ..open() };
        for facts in [
            RelationshipContext { blocks: true, ..friends },
            RelationshipContext { blocked: true, ..friends },
            RelationshipContext { deleted: true, ..friends },
        ] {
            assert!(!ACTIONS.iter().any(|action| facts.may(*action)), "{facts:?}");
        }
    }

    #[test]
    fn one_sees_oneself_whatever_others_see() {
        let hidden = Privacy { messages: WhoWrites::Friends, presence: WhoSees::Nobody, receipts: false };
        let me = RelationshipContext { oneself: true, privacy: hidden, ..RelationshipContext::default() };
        assert!(me.may(Action::SeePresence) && me.may(Action::SeeStatus) && me.may(Action::SeeReceipts));
        assert!(!me.may(Action::Message) && !me.may(Action::Befriend));
    }
}
