//! Queries on conversations as their members see them.

use protocol::{ConversationId, ConversationSummary, Message, Rev, Seq};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::{change::unread, columns};
use crate::{Actor, Result, sql::Sql, users::joined_user_summary};

#[derive(Debug, FromQueryResult)]
struct SummaryRow {
    id: Uuid,
    kind: i16,
    name: Option<String>,
    rev: i64,
    last_seq: i64,
    joined_at: i64,
    seen_seq: i64,
    own_unseen: i32,
    members: i32,
    peer_id: Option<Uuid>,
    peer_username: Option<String>,
    peer_display_name: Option<String>,
    peer_picture: Option<Uuid>,
    last_id: Option<Uuid>,
    last_author: Option<Uuid>,
    last_rev: Option<i64>,
    last_at: Option<i64>,
    last_content: Option<i16>,
    last_reply_to: Option<Uuid>,
    last_edited_at: Option<i64>,
    preview: String,
    last_username: Option<String>,
    last_display_name: Option<String>,
    last_picture: Option<Uuid>,
}

/// Returns the summaries of the actor's conversations, or only the one of `only`.
pub(super) async fn summaries(
    db: &impl ConnectionTrait,
    actor: &Actor,
    only: Option<ConversationId>,
) -> Result<Vec<ConversationSummary>> {
    let mut sql = Sql::new(
        "SELECT c.id, c.kind, c.name, c.rev, c.last_seq, m.joined_at, m.seen_seq, \
           m.own_unseen, c.member_count AS members, c.preview, \
           p.id AS peer_id, p.username AS peer_username, p.display_name AS peer_display_name, \
           p.picture_id AS peer_picture, \
           l.id AS last_id, l.author_id AS last_author, l.rev AS last_rev, l.created_at AS last_at, \
           l.content AS last_content, l.reply_to AS last_reply_to, l.edited_at AS last_edited_at, \
           a.username AS last_username, \
           a.display_name AS last_display_name, a.picture_id AS last_picture \
         FROM members m JOIN conversations c ON c.id = m.conversation_id \
         LEFT JOIN members o ON c.kind = 0 AND o.conversation_id = c.id AND o.user_id <> m.user_id \
         LEFT JOIN users p ON p.id = o.user_id \
         LEFT JOIN messages l ON l.conversation_id = c.id AND l.seq = c.last_seq \
         LEFT JOIN users a ON a.id = l.author_id \
         WHERE m.present AND m.user_id = ",
    )
    .bind(actor.user.uuid());
    sql = match only {
        Some(id) => sql.push(" AND c.id = ").bind(id.uuid()),
        None => {
            sql.push(" AND (m.listed OR c.last_seq > 0) ORDER BY coalesce(l.created_at, m.joined_at) DESC, c.id DESC")
        }
    };
    let rows = SummaryRow::find_by_statement(sql.build(db.get_database_backend())).all(db).await?;
    rows.into_iter().map(to_summary).collect()
}

fn to_summary(row: SummaryRow) -> Result<ConversationSummary> {
    let peer = joined_user_summary(row.peer_id, row.peer_username, row.peer_display_name, row.peer_picture);
    let last_author = joined_user_summary(row.last_author, row.last_username, row.last_display_name, row.last_picture);
    let last_message = match (row.last_id, &last_author, row.last_rev, row.last_at, row.last_content) {
        (Some(id), Some(author), Some(rev), Some(at), Some(content)) => Some(Message {
            id: id.into(),
            author: author.id,
            seq: Seq(row.last_seq),
            rev: Rev(rev),
            at,
            reply_to: row.last_reply_to.map(Into::into),
            edited_at: row.last_edited_at,
            content: columns::content(content, row.preview),
        }),
        _ => None,
    };
    Ok(ConversationSummary {
        id: row.id.into(),
        kind: columns::kind(row.kind)?,
        title: peer.as_ref().map(|p| p.name().to_owned()).or(row.name).unwrap_or_default(),
        peer,
        rev: Rev(row.rev),
        last_seq: Seq(row.last_seq),
        seen_seq: Seq(row.seen_seq),
        unread: unread(Seq(row.last_seq), Seq(row.seen_seq), row.own_unseen),
        active_at: last_message.as_ref().map_or(row.joined_at, |m| m.at),
        last_message,
        last_author,
        members: u32::try_from(row.members).unwrap_or(0),
    })
}
