//! Queries on the members of conversations.

use std::collections::HashMap;

use protocol::{
    ConversationId, Member, Rev, Seq, UserId, UserSummary,
    live::{Change, MemberLeft},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Value};
use uuid::Uuid;

use super::{access::Since, columns};
use crate::{
    Actor, Result,
    db::Pool,
    entities::{member, user},
    relationships::{load_contexts, policy::Action},
    sql::Sql,
};

/// Returns the conversations that these users are members of, which their sockets subscribe to. In no order.
pub(crate) async fn followed(db: &impl ConnectionTrait, users: &[UserId]) -> Result<Vec<(UserId, ConversationId)>> {
    #[derive(FromQueryResult)]
    struct Row {
        user_id: Uuid,
        conversation_id: Uuid,
    }
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<[Value; 1]> = users.iter().map(|user| [user.uuid().into()]).collect();
    let sql =
        Sql::new("SELECT user_id, conversation_id FROM members WHERE present AND user_id IN (SELECT column1 FROM ")
            .table(ids, "v")
            .push(")")
            .build(db.get_database_backend());
    let rows = Row::find_by_statement(sql).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.user_id.into(), row.conversation_id.into())).collect())
}

/// Returns the members of a conversation, with their read positions.
pub(super) async fn members(db: &impl ConnectionTrait, actor: &Actor, id: ConversationId) -> Result<Vec<Member>> {
    let query = member::Entity::find()
        .filter(member::Column::ConversationId.eq(id.uuid()))
        .filter(member::Column::Present.eq(true));
    let rows = with_users(db, actor, query, true).await?;
    Ok(rows.into_iter().map(|(row, user, receipts)| to_member(&row, user, receipts)).collect())
}

/// Returns the members who changed, and those who left.
pub(crate) async fn members_since(db: &Pool, query: Since) -> Result<Vec<Change>> {
    let rows = member::Entity::find()
        .filter(member::Column::ConversationId.eq(query.conversation.uuid()))
        .filter(member::Column::Rev.gt(query.since.0))
        .filter(member::Column::Rev.lte(query.access.rev.0))
        .limit(query.limit);
    let rows = with_users(db, &query.actor, rows, query.access.kind.shows_receipts()).await?;
    Ok(rows.into_iter().map(|(row, user, receipts)| to_change(&row, user, receipts)).collect())
}

/// Returns the members with their user summaries, and whether they show their read positions to the actor, who does not
/// see any if receipts are not shown.
async fn with_users(
    db: &impl ConnectionTrait,
    actor: &Actor,
    query: sea_orm::Select<member::Entity>,
    receipts: bool,
) -> Result<Vec<(member::Model, UserSummary, bool)>> {
    let rows = query.find_also_related(user::Entity).all(db).await?;
    let mut shown = HashMap::new();
    if receipts {
        let ids: Vec<UserId> = rows.iter().map(|(row, _)| row.user_id.into()).collect();
        shown = load_contexts(db, actor, &ids).await?;
    }
    let member = |(row, user): (member::Model, Option<user::Model>)| {
        let receipts = shown.get(&row.user_id.into()).is_some_and(|context| context.may(Action::SeeReceipts));
        user.map(|user| (row, user.into(), receipts))
    };
    Ok(rows.into_iter().filter_map(member).collect())
}

/// Converts a row to its `protocol` type. Without `receipts`, its positions are zero.
fn to_member(row: &member::Model, user: UserSummary, receipts: bool) -> Member {
    let position = |seq| if receipts { Seq(seq) } else { Seq::ZERO };
    Member {
        user,
        role: columns::role(row.role),
        delivered_seq: position(row.delivered_seq),
        seen_seq: position(row.seen_seq),
        rev: Rev(row.rev),
    }
}

/// Returns the change that leads to the present state of a row.
fn to_change(row: &member::Model, user: UserSummary, receipts: bool) -> Change {
    if row.present {
        Change::Member(to_member(row, user, receipts))
    } else {
        Change::MemberLeft(MemberLeft { user: user.id, rev: Rev(row.rev) })
    }
}
