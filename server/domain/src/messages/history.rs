//! Reading messages: pages of history, and the changes since a revision.

use futures::FutureExt;
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
    conversations::{ChangesSince, Since, access, columns::content, members_since},
    db::Pool,
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

/// The kinds of changes besides messages, each with the query that finds those after a revision. A new kind of change is
/// added here.
const KINDS: [ChangesSince; 1] = [|db, query| members_since(db, query).boxed()];

/// Implements [`Messages::changes`](super::Messages::changes).
pub async fn changes(db: &Pool, actor: &Actor, conversation: ConversationId, since: Rev) -> Result<Delta> {
    let access = access(db, actor, conversation).await?;
    let delta = Delta::new(conversation, since, access.rev);
    if since == access.rev {
        return Ok(delta);
    }
    let truncated = Delta { truncated: true, ..delta.clone() };
    // The client saw revisions that a restored backup no longer has.
    if since > access.rev {
        return Ok(truncated);
    }
    let query = Since { actor: *actor, conversation, access, since, limit: u64::from(CHANGES_MAX) + 1 };
    let most = usize::try_from(CHANGES_MAX).unwrap_or(usize::MAX);
    let rows = messages_since(db, query).await?;
    let mut changes = Vec::new();
    for kind in KINDS {
        let found = kind(db, query).await?;
        if found.len() > most {
            return Ok(truncated);
        }
        changes.extend(found);
    }
    if rows.len() > most {
        // The client loads a page instead, which has only messages, so the other changes are returned here.
        return Ok(Delta { changes, ..truncated });
    }
    let users = authors(db, &rows).await?;
    let messages = rows.into_iter().map(|row| Change::Message(to_message(row)));
    Ok(Delta { changes: messages.chain(changes).collect(), users, ..delta })
}

async fn messages_since(db: &Pool, query: Since) -> Result<Vec<message::Model>> {
    let rows = message::Entity::find()
        .filter(message::Column::ConversationId.eq(query.conversation.uuid()))
        // The actor may have lost access after it was checked, so later changes are left out.
        .filter(message::Column::Rev.gt(query.since.0))
        .filter(message::Column::Rev.lte(query.access.rev.0))
        .order_by_asc(message::Column::Rev)
        .limit(query.limit)
        .all(db)
        .await?;
    Ok(rows)
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
