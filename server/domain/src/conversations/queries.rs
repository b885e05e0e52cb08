//! What others read of conversations and members.

use std::collections::HashMap;

use protocol::{
    ConversationId, ConversationSummary, ErrorKind, Member, Message, Rev, Seq, UserId, UserSummary, limits::UNREAD_MAX,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Value};
use uuid::Uuid;

use super::{Access, convert};
use crate::{
    Actor, Result,
    entities::{member, user},
    people::{card, card_of, load_contexts, policy::Action},
    sql::Sql,
};

/// Asks whether the actor may read the conversation, and where it stands.
///
/// # Errors
/// [`ErrorKind::NotFound`] for a conversation that the actor is not in: that it exists is not told.
pub(crate) async fn access(db: &impl ConnectionTrait, actor: &Actor, id: ConversationId) -> Result<Access> {
    #[derive(FromQueryResult)]
    struct Row {
        kind: i16,
        rev: i64,
        last_seq: i64,
    }
    let sql = Sql::new(
        db.get_database_backend(),
        "SELECT c.kind, c.rev, c.last_seq FROM conversations c \
         JOIN members m ON m.conversation_id = c.id AND m.present AND m.user_id = ",
    )
    .bind(actor.user.uuid())
    .push(" WHERE c.id = ")
    .bind(id.uuid())
    .build();
    let row = Row::find_by_statement(sql).one(db).await?.ok_or(ErrorKind::NotFound)?;
    Ok(Access { kind: convert::kind(row.kind)?, rev: Rev(row.rev), last_seq: Seq(row.last_seq) })
}

/// Messages by others after a place, counted up to [`UNREAD_MAX`].
pub(crate) async fn unread(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    user: UserId,
    seen: Seq,
) -> Result<u32> {
    let sql = Sql::new(
        db.get_database_backend(),
        "SELECT count(*) AS n FROM (SELECT 1 FROM messages WHERE conversation_id = ",
    )
    .bind(conversation.uuid())
    .push(" AND seq > ")
    .bind(seen.0)
    .push(" AND author_id <> ")
    .bind(user.uuid())
    .push(&format!(" LIMIT {UNREAD_MAX}) t"))
    .build();
    let n: Option<i64> = db.query_one_raw(sql).await?.map(|row| row.try_get("", "n")).transpose()?;
    Ok(n.and_then(|n| u32::try_from(n).ok()).unwrap_or(0))
}

/// The cards of these people.
pub(crate) async fn people(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<UserSummary>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<[Value; 1]> = ids.into_iter().map(|id| [id.into()]).collect();
    let sql = Sql::new(
        db.get_database_backend(),
        "SELECT id, username, display_name, picture_id FROM users WHERE id IN (SELECT column1 FROM ",
    )
    .table(&ids, "v")
    .push(")")
    .build();
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        username: String,
        display_name: String,
        picture_id: Option<Uuid>,
    }
    let rows = Row::find_by_statement(sql).all(db).await?;
    Ok(rows.into_iter().map(|row| card(row.id, row.username, row.display_name, row.picture_id)).collect())
}

/// Which conversations these people's sockets follow: those they are in. In no order.
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
    let sql = Sql::new(
        db.get_database_backend(),
        "SELECT user_id, conversation_id FROM members WHERE present AND user_id IN (SELECT column1 FROM ",
    )
    .table(&ids, "v")
    .push(")")
    .build();
    let rows = Row::find_by_statement(sql).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.user_id.into(), row.conversation_id.into())).collect())
}

/// Everybody in a conversation, with how far they read.
pub(super) async fn members(db: &impl ConnectionTrait, actor: &Actor, id: ConversationId) -> Result<Vec<Member>> {
    let query = member::Entity::find()
        .filter(member::Column::ConversationId.eq(id.uuid()))
        .filter(member::Column::Present.eq(true));
    with_cards(db, actor, query, true).await
}

/// Members whose row changed after a revision, up to the one at which access was checked.
pub(crate) async fn members_since(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: ConversationId,
    now: Access,
    since: Rev,
    limit: u64,
) -> Result<Vec<Member>> {
    let query = member::Entity::find()
        .filter(member::Column::ConversationId.eq(id.uuid()))
        .filter(member::Column::Rev.gt(since.0))
        .filter(member::Column::Rev.lte(now.rev.0))
        .limit(limit);
    with_cards(db, actor, query, now.kind.shows_receipts()).await
}

/// The members with their cards. How far they read is left out where receipts are not shown, and of those who do not
/// show it to the actor.
async fn with_cards(
    db: &impl ConnectionTrait,
    actor: &Actor,
    query: sea_orm::Select<member::Entity>,
    receipts: bool,
) -> Result<Vec<Member>> {
    let rows = query.find_also_related(user::Entity).all(db).await?;
    let mut shown = HashMap::new();
    if receipts {
        let ids: Vec<UserId> = rows.iter().map(|(row, _)| row.user_id.into()).collect();
        shown = load_contexts(db, actor, &ids).await?;
    }
    let member = |(row, user): (member::Model, Option<user::Model>)| {
        let receipts = shown.get(&row.user_id.into()).is_some_and(|facts| facts.may(Action::SeeReceipts));
        user.map(|user| to_member(&row, user.into(), receipts))
    };
    Ok(rows.into_iter().filter_map(member).collect())
}

/// A row as it crosses the wire.
pub(super) fn to_member(row: &member::Model, user: UserSummary, receipts: bool) -> Member {
    let position = |seq| if receipts { Seq(seq) } else { Seq::ZERO };
    Member {
        user,
        role: convert::role(row.role),
        present: row.present,
        delivered_seq: position(row.delivered_seq),
        seen_seq: position(row.seen_seq),
        rev: Rev(row.rev),
    }
}

#[derive(Debug, FromQueryResult)]
struct SummaryRow {
    id: Uuid,
    kind: i16,
    name: Option<String>,
    rev: i64,
    last_seq: i64,
    joined_at: i64,
    seen_seq: i64,
    unread: i64,
    members: i64,
    peer_id: Option<Uuid>,
    peer_username: Option<String>,
    peer_display_name: Option<String>,
    peer_picture: Option<Uuid>,
    last_id: Option<Uuid>,
    last_author: Option<Uuid>,
    last_rev: Option<i64>,
    last_at: Option<i64>,
    last_body: Option<String>,
    last_username: Option<String>,
    last_display_name: Option<String>,
    last_picture: Option<Uuid>,
}

/// The actor's rows of the sidebar, or one of them.
pub(super) async fn summaries(
    db: &impl ConnectionTrait,
    actor: &Actor,
    only: Option<ConversationId>,
) -> Result<Vec<ConversationSummary>> {
    let mut sql = Sql::new(
        db.get_database_backend(),
        &format!(
            "SELECT c.id, c.kind, c.name, c.rev, c.last_seq, m.joined_at, m.seen_seq, \
           (SELECT count(*) FROM (SELECT 1 FROM messages x WHERE x.conversation_id = c.id AND x.seq > m.seen_seq \
              AND x.author_id <> m.user_id LIMIT {UNREAD_MAX}) t) AS unread, \
           (SELECT count(*) FROM members y WHERE y.conversation_id = c.id AND y.present) AS members, \
           p.id AS peer_id, p.username AS peer_username, p.display_name AS peer_display_name, \
           p.picture_id AS peer_picture, \
           l.id AS last_id, l.author_id AS last_author, l.rev AS last_rev, l.created_at AS last_at, \
           substr(l.body, 1, {PREVIEW}) AS last_body, a.username AS last_username, \
           a.display_name AS last_display_name, a.picture_id AS last_picture \
         FROM members m JOIN conversations c ON c.id = m.conversation_id \
         LEFT JOIN members o ON c.kind = 0 AND o.conversation_id = c.id AND o.user_id <> m.user_id \
         LEFT JOIN users p ON p.id = o.user_id \
         LEFT JOIN messages l ON l.conversation_id = c.id AND l.seq = c.last_seq \
         LEFT JOIN users a ON a.id = l.author_id \
         WHERE m.present AND m.user_id = "
        ),
    )
    .bind(actor.user.uuid());
    sql = match only {
        Some(id) => sql.push(" AND c.id = ").bind(id.uuid()),
        None => {
            sql.push(" AND (m.listed OR c.last_seq > 0) ORDER BY coalesce(l.created_at, m.joined_at) DESC, c.id DESC")
        }
    };
    let rows = SummaryRow::find_by_statement(sql.build()).all(db).await?;
    rows.into_iter().map(to_summary).collect()
}

/// Characters of the newest message in a row of the sidebar: about two lines.
const PREVIEW: u32 = 160;

fn to_summary(row: SummaryRow) -> Result<ConversationSummary> {
    let peer = card_of(row.peer_id, row.peer_username, row.peer_display_name, row.peer_picture);
    let last_author = card_of(row.last_author, row.last_username, row.last_display_name, row.last_picture);
    let last_message = match (row.last_id, &last_author, row.last_rev, row.last_at, row.last_body) {
        (Some(id), Some(author), Some(rev), Some(at), Some(body)) => {
            Some(Message { id: id.into(), author: author.id, seq: Seq(row.last_seq), rev: Rev(rev), at, body })
        }
        _ => None,
    };
    Ok(ConversationSummary {
        id: row.id.into(),
        kind: convert::kind(row.kind)?,
        title: peer.as_ref().map(|p| p.name().to_owned()).or(row.name).unwrap_or_default(),
        peer,
        rev: Rev(row.rev),
        last_seq: Seq(row.last_seq),
        seen_seq: Seq(row.seen_seq),
        unread: u32::try_from(row.unread).unwrap_or(0),
        active_at: last_message.as_ref().map_or(row.joined_at, |m| m.at),
        last_message,
        last_author,
        members: u32::try_from(row.members).unwrap_or(0),
    })
}
