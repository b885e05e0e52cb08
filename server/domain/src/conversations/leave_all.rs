//! Leaving all rooms and groups when an account is deleted. Direct conversations stay, without the user's name.

use protocol::{ConversationId, ConversationKind, UserId, UserSummary};

use super::{change::ConversationTx, members::followed};
use crate::Result;

/// Locks all conversations of a user, and returns them.
///
/// # Errors
/// The database's error.
pub(crate) async fn lock_all(tx: &mut ConversationTx, user: UserId) -> Result<Vec<ConversationId>> {
    let followed = followed(tx.db(), &[user]).await?;
    let ids: Vec<ConversationId> = followed.into_iter().map(|(_, id)| id).collect();
    tx.lock(ids.iter().map(|id| (*id, user))).await?;
    Ok(ids)
}

/// Leaves all rooms and groups of a user, among the locked conversations. In a direct conversation the user stays a
/// member, with the summary of the deleted account.
pub(crate) fn leave_all(tx: &mut ConversationTx, summary: &UserSummary) {
    for conversation in tx.conversations() {
        if conversation.kind() == ConversationKind::Direct {
            conversation.rename(summary);
        } else {
            conversation.leave(summary.id);
        }
    }
}
