//! Somebody goes for good: out of every room and group, and without a name in direct conversations.

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

/// What to tell about one conversation once it is committed.
#[derive(Debug)]
pub(crate) struct Departure {
    before: Rev,
    row: member::Model,
}

/// Leaves rooms and groups. In a direct conversation the person stays the other one, and only the row gets a revision,
/// so that clients ask for the card again.
///
/// # Errors
/// What the database says.
pub(crate) async fn leave_all(domain: &Domain, txn: &Transaction, user: UserId) -> Result<Vec<Departure>> {
    let ids: Vec<Uuid> = member::Entity::find()
        .select_only()
        .column(member::Column::ConversationId)
        .filter(member::Column::UserId.eq(user.uuid()))
        .filter(member::Column::Present.eq(true))
        .into_tuple()
        .all(txn)
        .await?;
    // By id, as the writer of messages locks them, so that neither waits for the other.
    let mut query =
        conversation::Entity::find().filter(conversation::Column::Id.is_in(ids)).order_by_asc(conversation::Column::Id);
    if domain.db().locks_rows() {
        query = query.lock_exclusive();
    }
    let mut partings = Vec::new();
    for conversation in query.all(txn).await? {
        let Some(row) = member::Entity::find_by_id((conversation.id, user.uuid())).one(txn).await? else { continue };
        let before = Rev(conversation.rev);
        let stays = conversation.kind == kind_column(ConversationKind::Direct);
        let mut row = row.into_active_model();
        row.rev = Set(next_rev(txn, conversation).await?);
        row.present = Set(stays);
        partings.push(Departure { before, row: row.update(txn).await? });
    }
    Ok(partings)
}

/// Tells those who stay, with the card that is left.
pub(crate) fn announce(domain: &Domain, partings: &[Departure], card: &UserSummary) {
    for Departure { before, row } in partings {
        if !row.present {
            let conversation = ConversationId::from(row.conversation_id);
            let gone = ServerFrame::Gone { conversation };
            domain.0.bus.publish(Envelope::new(To::Left(conversation, card.id), &gone));
        }
        publish_member(domain, *before, row, card.clone());
    }
}
