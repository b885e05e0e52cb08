//! The export of all data that the server keeps about a user.

use std::collections::{HashMap, VecDeque};

use protocol::UserId;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, prelude::Uuid,
};
use serde_json::{Value, json};

use super::{Accounts, recovery};
use crate::users::{lookup::by_id, user_summaries};
use crate::{
    Actor, Domain, Error, Result,
    conversations::columns::kind,
    entities::{block, friendship, invite, message, session, user},
    rate_limit::LimitedAction,
    sql::Sql,
    users::columns,
};

/// The number of messages that are read at once. The whole export may be larger than the memory; a piece of it is not.
const MESSAGES: u64 = 500;
/// The number of conversations that are read at once.
const CONVERSATIONS: usize = 100;

impl Accounts<'_> {
    /// Begins an export of all data about the actor, as one JSON object.
    ///
    /// # Errors
    /// The database's error.
    pub async fn export(&self, actor: &Actor) -> Result<Export> {
        self.domain.limit(actor, LimitedAction::Export)?;
        let head = head(self.domain, actor).await?.to_string();
        let head = head.strip_suffix('}').map(|open| format!("{open},\"conversations\":["));
        Ok(Export {
            domain: self.domain.clone(),
            user: actor.user,
            head: Some(head.ok_or_else(|| Error::internal("an object ends with a brace"))?),
            after: None,
            waiting: VecDeque::new(),
            is_read: false,
            open: None,
            is_first: true,
        })
    }
}

/// An export in progress.
#[derive(Debug)]
pub struct Export {
    domain: Domain,
    user: UserId,
    head: Option<String>,
    /// The last conversation that was read.
    after: Option<Uuid>,
    waiting: VecDeque<Row>,
    /// Whether all conversations were read and the end was written.
    is_read: bool,
    /// The conversation whose messages are being written, and the position of the last one that was.
    open: Option<(Uuid, i64)>,
    is_first: bool,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    kind: i16,
    name: Option<String>,
    joined_at: i64,
    present: bool,
    peer: Option<String>,
}

impl Export {
    /// Returns the next piece of the text, or `None` when it is complete.
    ///
    /// # Errors
    /// The database's error; the text can't be completed then.
    pub async fn next(&mut self) -> Result<Option<String>> {
        if let Some(head) = self.head.take() {
            return Ok(Some(head));
        }
        if let Some((conversation, last)) = self.open {
            return self.messages(conversation, last).await.map(Some);
        }
        if self.waiting.is_empty() && !self.is_read {
            self.read().await?;
            if self.waiting.is_empty() {
                return Ok(Some("]}\n".to_owned()));
            }
        }
        let Some(row) = self.waiting.pop_front() else { return Ok(None) };
        self.open = Some((row.id, 0));
        let about = json!({
            "id": row.id,
            "kind": kind(row.kind)?,
            "name": row.name,
            "with": row.peer,
            "joined_at": row.joined_at,
            "is_in_it": row.present,
        });
        let about = about.to_string();
        let comma = if std::mem::take(&mut self.is_first) { "" } else { "," };
        Ok(about.strip_suffix('}').map(|about| format!("{comma}\n{about},\"messages\":[")))
    }

    async fn read(&mut self) -> Result<()> {
        let db = self.domain.db().read();
        let user = self.user.uuid();
        let mut sql = Sql::new(
            "SELECT c.id, c.kind, c.name, m.joined_at, m.present, p.username AS peer \
             FROM members m JOIN conversations c ON c.id = m.conversation_id \
             LEFT JOIN members o ON c.kind = 0 AND o.conversation_id = c.id AND o.user_id <> m.user_id \
             LEFT JOIN users p ON p.id = o.user_id \
             WHERE m.user_id = ",
        )
        .bind(user)
        // A direct conversation that somebody else started and that has no messages is not visible to this user, unless
        // they opened it.
        .push(" AND (m.listed OR c.last_seq > 0)");
        if let Some(after) = self.after {
            sql = sql.push(" AND c.id > ").bind(after);
        }
        let sql = sql
            .push(&format!(" ORDER BY c.id LIMIT {CONVERSATIONS}"))
            .build(sea_orm::ConnectionTrait::get_database_backend(db));
        self.waiting = Row::find_by_statement(sql).all(db).await?.into();
        self.after = self.waiting.back().map(|row| row.id);
        self.is_read = self.waiting.is_empty();
        Ok(())
    }

    async fn messages(&mut self, conversation: Uuid, last: i64) -> Result<String> {
        let rows = message::Entity::find()
            .filter(message::Column::ConversationId.eq(conversation))
            .filter(message::Column::AuthorId.eq(self.user.uuid()))
            .filter(message::Column::Seq.gt(last))
            .order_by_asc(message::Column::Seq)
            .limit(MESSAGES)
            .all(self.domain.db().read())
            .await?;
        let mut text = String::new();
        for (n, row) in rows.iter().enumerate() {
            if last > 0 || n > 0 {
                text.push(',');
            }
            text.push('\n');
            text.push_str(&json!({ "id": row.id, "at": row.created_at, "body": row.body }).to_string());
        }
        let is_full = u64::try_from(rows.len()).is_ok_and(|count| count >= MESSAGES);
        self.open = rows.last().filter(|_| is_full).map(|row| (conversation, row.seq));
        if self.open.is_none() {
            text.push_str("]}");
        }
        Ok(text)
    }
}

/// Returns everything but the conversations.
async fn head(domain: &Domain, actor: &Actor) -> Result<Value> {
    let db = domain.db().read();
    let user = by_id(db, actor.user.uuid()).await?;
    let sessions = session::Entity::find().filter(session::Column::UserId.eq(user.id)).all(db).await?;
    let sessions: Vec<Value> = sessions
        .iter()
        .map(|row| {
            json!({
                "browser": row.agent,
                "signed_in_at": row.created_at,
                "used_at": row.used_at,
                "expires_at": row.expires_at,
            })
        })
        .collect();
    let invite = invite::Entity::find().filter(invite::Column::UserId.eq(user.id)).one(db).await?;
    let mut head = json!({
        "about": "All that this server keeps about this account. Times are milliseconds since 1970-01-01 UTC.",
        "account": {
            "id": user.id,
            "username": user.username,
            "email": user.email,
            "created_at": user.created_at,
            "is_administrator": user.is_admin,
            "password_changed_at": user.password_changed_at,
            "second_factor_since": user.totp_enabled_at,
            "recovery_codes_left": recovery::left(db, user.id).await?,
        },
        "profile": {
            "display_name": user.display_name,
            "bio": user.bio,
            "pronouns": user.pronouns,
            "picture": user.picture_id,
            "status": { "emoji": user.status_emoji, "text": user.status_text, "until": user.status_until },
            "availability": columns::availability(user.availability),
            "last_seen_at": user.last_seen_at,
        },
        "privacy": columns::privacy(&user),
        "sessions": sessions,
        "invite_code": invite.map(|invite| invite.code),
    });
    if let Value::Object(head) = &mut head {
        head.extend(relationships(domain, &user).await?);
    }
    Ok(head)
}

/// Returns the lists of friends, friend requests and blocked users, by the name of the list.
async fn relationships(domain: &Domain, user: &user::Model) -> Result<serde_json::Map<String, Value>> {
    let db = domain.db().read();
    let mine = Condition::any().add(friendship::Column::LowId.eq(user.id)).add(friendship::Column::HighId.eq(user.id));
    let friendships =
        friendship::Entity::find().filter(mine).order_by_asc(friendship::Column::CreatedAt).all(db).await?;
    let blocks = block::Entity::find().filter(block::Column::BlockerId.eq(user.id)).all(db).await?;
    let other = |friendship: &friendship::Model| {
        if friendship.low_id == user.id { friendship.high_id } else { friendship.low_id }
    };
    let ids: Vec<Uuid> = friendships.iter().map(other).chain(blocks.iter().map(|block| block.blocked_id)).collect();
    let names: HashMap<UserId, String> =
        user_summaries(db, ids).await?.into_iter().map(|user| (user.id, user.username)).collect();
    let person = |id: Uuid, since: i64| json!({ "id": id, "username": names.get(&id.into()), "since": since });

    let (mut friends, mut sent, mut received, mut declined) = (vec![], vec![], vec![], vec![]);
    for friendship in &friendships {
        let entry = person(other(friendship), friendship.changed_at);
        match (friendship.state, friendship.asked_by == user.id) {
            (1, _) => friends.push(entry),
            // Withdrawn after it was declined.
            (3, true) => {}
            // A declined request is listed as sent: its sender must not learn that it was declined.
            (_, true) => sent.push(entry),
            (0, false) => received.push(entry),
            _ => declined.push(entry),
        }
    }
    let blocked = blocks.iter().map(|block| person(block.blocked_id, block.created_at)).collect();
    let lists = [
        ("friends", friends),
        ("requests_sent", sent),
        ("requests_received", received),
        ("requests_declined", declined),
        ("blocked", blocked),
    ];
    Ok(lists.into_iter().map(|(name, list)| (name.to_owned(), Value::Array(list))).collect())
}
