//! Locking conversations and loading what a transaction needs of them.

use protocol::{ConversationId, ConversationKind, Rev, Seq, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Value,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::{
    Conversation, ConversationTx,
    state::{Membership, Stored},
};
use crate::{
    Error, Result,
    conversations::columns::{self, kind_column},
    entities::conversation,
    sql::Sql,
    users::user_summary,
};

#[derive(Debug, FromQueryResult)]
struct ConversationRow {
    id: Uuid,
    kind: i16,
    rev: i64,
    last_seq: i64,
    member_count: i32,
}

#[derive(Debug, FromQueryResult)]
struct MemberRow {
    conversation_id: Uuid,
    user_id: Uuid,
    role: i16,
    present: bool,
    listed: bool,
    joined_at: i64,
    delivered_seq: i64,
    seen_seq: i64,
    rev: i64,
    username: String,
    display_name: String,
    picture_id: Option<Uuid>,
    sends_receipts: bool,
}

impl ConversationTx {
    /// Locks the conversations of these pairs and loads the memberships of these users, past ones included. Users whose
    /// accounts were deleted have none.
    ///
    /// # Errors
    /// The database's error.
    pub async fn lock(&mut self, pairs: impl IntoIterator<Item = (ConversationId, UserId)>) -> Result<()> {
        let mut pairs: Vec<(Uuid, Uuid)> = pairs.into_iter().map(|(c, user)| (c.uuid(), user.uuid())).collect();
        if pairs.is_empty() {
            return Ok(());
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut ids: Vec<Uuid> = pairs.iter().map(|(conversation, _)| *conversation).collect();
        ids.dedup();
        let ids: Vec<[Value; 1]> = ids.into_iter().map(|id| [id.into()]).collect();
        let backend = self.txn.get_database_backend();
        let lock = if self.txn.locks_rows() { ") ORDER BY id FOR UPDATE" } else { ")" };
        let select =
            "SELECT id, kind, rev, last_seq, member_count FROM conversations WHERE id IN (SELECT column1 FROM ";
        let sql = Sql::new(backend, select).table(&ids, "v").push(lock).build();
        for row in ConversationRow::find_by_statement(sql).all(&self.txn).await? {
            self.put(row)?;
        }
        // Read after the lock, so that this sees what another node stored in these conversations before.
        let rows: Vec<[Value; 2]> = pairs.iter().map(|(c, user)| [(*c).into(), (*user).into()]).collect();
        let sql = Sql::new(
            backend,
            "SELECT m.conversation_id, m.user_id, m.role, m.present, m.listed, m.joined_at, m.delivered_seq, \
             m.seen_seq, m.rev, u.username, u.display_name, u.picture_id, u.sends_receipts \
             FROM ",
        )
        .table(&rows, "v")
        .push(
            " JOIN members m ON m.conversation_id = v.column1 AND m.user_id = v.column2 \
             JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL",
        )
        .build();
        for row in MemberRow::find_by_statement(sql).all(&self.txn).await? {
            self.put_member(row);
        }
        Ok(())
    }

    /// Locks the conversation with this key and loads the user's membership. Creates it if there is none. Returns its
    /// id, and whether it was created just now.
    ///
    /// # Errors
    /// The database's error.
    pub async fn lock_or_create(
        &mut self,
        kind: ConversationKind,
        name: Option<String>,
        unique_key: String,
        by: UserId,
        now: i64,
    ) -> Result<(ConversationId, bool)> {
        let new = conversation::ActiveModel {
            id: Set(Uuid::now_v7()),
            kind: Set(kind_column(kind)),
            name: Set(name),
            unique_key: Set(Some(unique_key.clone())),
            rev: Set(0),
            last_seq: Set(0),
            preview: Set(String::new()),
            member_count: Set(0),
            created_by: Set(by.uuid()),
            created_at: Set(now),
        };
        // If another transaction is creating the same conversation, this waits for it and then inserts nothing.
        let inserted = conversation::Entity::insert(new)
            .on_conflict(OnConflict::column(conversation::Column::UniqueKey).do_nothing().to_owned())
            .exec_without_returning(&self.txn)
            .await?;
        let id = self.find(&unique_key).await?.ok_or_else(|| Error::internal("a conversation vanished"))?;
        self.lock([(id, by)]).await?;
        Ok((id, inserted > 0))
    }

    /// Returns the conversation with this key, without locking it.
    ///
    /// # Errors
    /// The database's error.
    pub async fn find(&self, unique_key: &str) -> Result<Option<ConversationId>> {
        let id: Option<Uuid> = conversation::Entity::find()
            .select_only()
            .column(conversation::Column::Id)
            .filter(conversation::Column::UniqueKey.eq(unique_key))
            .into_tuple()
            .one(&self.txn)
            .await?;
        Ok(id.map(Into::into))
    }

    fn put(&mut self, row: ConversationRow) -> Result<()> {
        let (id, kind) = (row.id.into(), columns::kind(row.kind)?);
        let new = || Conversation::new(id, kind, Rev(row.rev), Seq(row.last_seq), row.member_count);
        self.conversations.entry(id).or_insert_with(new);
        Ok(())
    }

    fn put_member(&mut self, row: MemberRow) {
        let Some(conversation) = self.conversations.get_mut(&row.conversation_id.into()) else { return };
        conversation.put(Membership {
            user: user_summary(row.user_id, row.username, row.display_name, row.picture_id),
            role: columns::role(row.role),
            present: row.present,
            listed: row.listed,
            joined_at: row.joined_at,
            delivered_seq: Seq(row.delivered_seq),
            seen_seq: Seq(row.seen_seq),
            rev: Rev(row.rev),
            sends_receipts: row.sends_receipts,
            stored: Stored::Same,
        });
    }
}
