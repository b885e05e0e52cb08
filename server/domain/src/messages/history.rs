//! Reading messages: pages of history, and the changes since a revision.

use protocol::{
    ConversationId, Message, MessagePage, Rev, Seq, UserSummary,
    limits::{CHANGES_MAX, PAGE_MAX},
    live::{Change, Delta},
    message::PageQuery,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    Actor, Result,
    conversations::{access, columns::content, members_since},
    entities::message,
    users::user_summaries,
};

/// Implements [`Messages::page`](super::Messages::page).
pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    conversation: ConversationId,
    query: PageQuery,
    limit: u32,
) -> Result<MessagePage> {
    // Reads the revision first: a change that the page misses has a higher revision, and comes with the changes since
    // then.
    let now = access(db, actor, conversation).await?;
    let last = now.last_seq.0;
    let n = i64::from(limit.clamp(1, PAGE_MAX));
    // Positions have no gaps, so a page is a range of them.
    let (from, to) = match query {
        PageQuery::Newest => (last - n + 1, last),
        PageQuery::Before(seq) => (seq.0.saturating_sub(n), seq.0.saturating_sub(1)),
        PageQuery::After(seq) => (seq.0.saturating_add(1), seq.0.saturating_add(n)),
        PageQuery::Around(seq) => (seq.0.saturating_sub(n / 2), seq.0.saturating_add(n - n / 2 - 1)),
    };
    let (from, to) = (from.max(1), to.min(last));
    let rows = message::Entity::find()
        .filter(message::Column::ConversationId.eq(conversation.uuid()))
        .filter(message::Column::Seq.between(from, to))
        .order_by_asc(message::Column::Seq)
        .all(db)
        .await?;
    let people = authors(db, &rows).await?;
    Ok(MessagePage {
        conversation,
        rev: now.rev,
        has_older: from > 1 && last > 0,
        has_newer: to < last,
        messages: rows.into_iter().map(to_message).collect(),
        people,
    })
}

/// Implements [`Messages::changes`](super::Messages::changes).
pub async fn changes(
    db: &impl ConnectionTrait,
    actor: &Actor,
    conversation: ConversationId,
    since: Rev,
) -> Result<Delta> {
    let now = access(db, actor, conversation).await?;
    let delta = Delta::new(conversation, since, now.rev);
    if since == now.rev {
        return Ok(delta);
    }
    let truncated = Delta { truncated: true, ..delta.clone() };
    // The client saw revisions that a restored backup no longer has.
    if since > now.rev {
        return Ok(truncated);
    }
    let limit = u64::from(CHANGES_MAX) + 1;
    let rows = message::Entity::find()
        .filter(message::Column::ConversationId.eq(conversation.uuid()))
        // The actor may have lost access after it was checked, so later changes are left out.
        .filter(message::Column::Rev.gt(since.0))
        .filter(message::Column::Rev.lte(now.rev.0))
        .order_by_asc(message::Column::Rev)
        .limit(limit)
        .all(db)
        .await?;
    let members = members_since(db, actor, conversation, now, since, limit).await?;
    let most = usize::try_from(CHANGES_MAX).unwrap_or(usize::MAX);
    if members.len() > most {
        return Ok(truncated);
    }
    if rows.len() > most {
        // The client loads a page instead, which has messages but no members, so the members are returned here.
        return Ok(Delta { changes: members, ..truncated });
    }
    let users = authors(db, &rows).await?;
    let messages = rows.into_iter().map(|row| Change::Message(to_message(row)));
    Ok(Delta { changes: messages.chain(members).collect(), users, ..delta })
}

async fn authors(db: &impl ConnectionTrait, rows: &[message::Model]) -> Result<Vec<UserSummary>> {
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.author_id).collect();
    ids.sort_unstable();
    ids.dedup();
    user_summaries(db, ids).await
}

/// Converts a row to its `protocol` type.
pub(crate) fn to_message(row: message::Model) -> Message {
    Message {
        id: row.id.into(),
        author: row.author_id.into(),
        seq: Seq(row.seq),
        rev: Rev(row.rev),
        at: row.created_at,
        reply_to: row.reply_to.map(Into::into),
        edited_at: row.edited_at,
        content: content(row.content, row.body),
    }
}
