//! Leaving all rooms and groups when an account is deleted. Direct conversations stay, without the user's name.

use protocol::{ConversationId, ConversationKind, Rev, UserId, UserSummary, live::ServerFrame};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{
    change::{next_rev, publish_member},
    columns::kind_column,
};
use crate::{
    Domain, Result,
    db::Transaction,
    entities::{conversation, member},
    live::{Envelope, To},
};

/// The change of one conversation, which is published after the commit.
#[derive(Debug)]
pub(crate) struct Departure {
    before: Rev,
    row: member::Model,
}

impl Departure {
    /// Returns the conversation.
    pub fn conversation(&self) -> ConversationId {
        self.row.conversation_id.into()
    }
}

/// Leaves all rooms and groups of a user. In a direct conversation the user stays a member, and only the row gets a new
/// revision, so that clients request the summary again.
///
/// # Errors
/// The database's error.
pub(crate) async fn leave_all(domain: &Domain, txn: &Transaction, user: UserId) -> Result<Vec<Departure>> {
    let ids: Vec<Uuid> = member::Entity::find()
        .select_only()
        .column(member::Column::ConversationId)
        .filter(member::Column::UserId.eq(user.uuid()))
        .filter(member::Column::Present.eq(true))
        .into_tuple()
        .all(txn)
        .await?;
    // Locked in the order of ids, like in the message writer, so that the two do not deadlock.
    let mut query =
        conversation::Entity::find().filter(conversation::Column::Id.is_in(ids)).order_by_asc(conversation::Column::Id);
    if domain.db().locks_rows() {
        query = query.lock_exclusive();
    }
    let mut departures = Vec::new();
    for conversation in query.all(txn).await? {
        let Some(row) = member::Entity::find_by_id((conversation.id, user.uuid())).one(txn).await? else { continue };
        let before = Rev(conversation.rev);
        let stays = conversation.kind == kind_column(ConversationKind::Direct);
        let mut row = row.into_active_model();
        row.rev = Set(next_rev(txn, conversation).await?);
        row.present = Set(stays);
        departures.push(Departure { before, row: row.update(txn).await? });
    }
    Ok(departures)
}

/// Publishes the departures to the remaining members, with the summary of the deleted account.
pub(crate) fn announce(domain: &Domain, departures: &[Departure], card: &UserSummary) {
    for Departure { before, row } in departures {
        if !row.present {
            let conversation = ConversationId::from(row.conversation_id);
            let gone = ServerFrame::Gone { conversation };
            domain.0.bus.publish(Envelope::new(To::Left(conversation, card.id), &gone));
        }
        publish_member(domain, *before, row, card.clone());
    }
}
