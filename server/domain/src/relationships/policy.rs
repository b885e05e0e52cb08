//! The policy of what a user may do with another, decided from the [`RelationshipContext`] alone, which
//! [`Relationships::context`](super::Relationships::context) reads.

use protocol::privacy::{Privacy, WhoSees, WhoWrites};

/// An action of a user on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Sends a message in the direct conversation of the two.
    Message,
    /// Calls the other user.
    Call,
    /// Adds the other user to a group.
    AddToGroup,
    /// Sees the other user's presence, and when they were last there.
    SeePresence,
    /// Sees the other user's status message.
    SeeStatus,
    /// Sees that the other user is typing in a conversation that both are in.
    SeeTyping,
    /// Sees the other user's read positions.
    SeeReceipts,
    /// Sends a friend request.
    Befriend,
}

/// The relationship between the actor and another user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelationshipContext {
    /// Whether the two are the same user.
    pub oneself: bool,
    /// Whether the account of one of them was deleted.
    pub deleted: bool,
    /// Whether the actor blocked the other user.
    pub blocks: bool,
    /// Whether the other user blocked the actor.
    pub blocked: bool,
    /// Whether they are friends.
    pub friends: bool,
    /// Whether they are in a group or a room together. Looked up only where it decides something, and false elsewhere.
    pub acquainted: bool,
    /// Whether the actor lets others see how far they read.
    pub tells_receipts: bool,
    /// The other user's privacy settings.
    pub privacy: Privacy,
}

impl RelationshipContext {
    /// Returns whether the actor may perform this action.
    ///
    /// A block forbids everything, whichever of the two made it: to write to a user whom they blocked, the actor has to
    /// unblock them first. Typing is seen by those to whom the user writes, who are about to get the message anyway.
    /// Only [`WhoSees::Nobody`] therefore hides it; [`WhoSees::Friends`] does not hide it from users who are not
    /// friends.
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
        for context in [
            RelationshipContext { blocks: true, ..friends },
            RelationshipContext { blocked: true, ..friends },
            RelationshipContext { deleted: true, ..friends },
        ] {
            assert!(!ACTIONS.iter().any(|action| context.may(*action)), "{context:?}");
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
