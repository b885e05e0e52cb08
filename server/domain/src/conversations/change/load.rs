//! Locking conversations and loading what a transaction needs of them.

use protocol::{ConversationId, ConversationKind, Rev, Seq, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryResult,
    QuerySelect, Value, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{Conversation, ConversationTx, membership::Membership};
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
    /// The user, if there is a membership.
    user_id: Option<Uuid>,
}

#[derive(Debug, FromQueryResult)]
struct MemberRow {
    role: i16,
    present: bool,
    listed: bool,
    joined_at: i64,
    delivered_seq: i64,
    seen_seq: i64,
    own_unseen: i32,
    member_rev: i64,
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
        let backend = self.txn.get_database_backend();
        if self.txn.locks_rows() {
            let mut ids: Vec<Uuid> = pairs.iter().map(|(conversation, _)| *conversation).collect();
            ids.dedup();
            let ids: Vec<[Value; 1]> = ids.into_iter().map(|id| [id.into()]).collect();
            let select = "SELECT 1 FROM conversations WHERE id IN (SELECT column1 FROM ";
            let sql = Sql::new(select).table(ids, "v").push(") ORDER BY id FOR UPDATE");
            self.txn.execute_raw(sql.build(backend)).await?;
        }
        // Read after the lock, so that this sees what another node stored in these conversations before.
        let rows: Vec<[Value; 2]> = pairs.iter().map(|(c, user)| [(*c).into(), (*user).into()]).collect();
        let sql = Sql::new(
            "SELECT c.id, c.kind, c.rev, c.last_seq, c.member_count, u.id AS user_id, m.role, m.present, m.listed, \
             m.joined_at, m.delivered_seq, m.seen_seq, m.own_unseen, m.rev AS member_rev, u.username, u.display_name, \
             u.picture_id, u.sends_receipts FROM ",
        )
        .table(rows, "v")
        .push(
            " JOIN conversations c ON c.id = v.column1 \
             LEFT JOIN members m ON m.conversation_id = v.column1 AND m.user_id = v.column2 \
             LEFT JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL",
        );
        for row in self.txn.query_all_raw(sql.build(backend)).await? {
            self.load(&row)?;
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

    fn load(&mut self, row: &QueryResult) -> Result<()> {
        let found = ConversationRow::from_query_result(row, "")?;
        let (id, kind) = (found.id.into(), columns::kind(found.kind)?);
        let new = || Conversation::new(id, kind, Rev(found.rev), Seq(found.last_seq), found.member_count);
        let conversation = self.conversations.entry(id).or_insert_with(new);
        let Some(user_id) = found.user_id else { return Ok(()) };
        let member = MemberRow::from_query_result(row, "")?;
        conversation.load_member(Membership {
            user: user_summary(user_id, member.username, member.display_name, member.picture_id),
            role: columns::role(member.role),
            present: member.present,
            listed: member.listed,
            joined_at: member.joined_at,
            delivered_seq: Seq(member.delivered_seq),
            rev: Rev(member.member_rev),
            sends_receipts: member.sends_receipts,
            own_unseen: member.own_unseen,
            ..Membership::at(Seq(member.seen_seq))
        });
        Ok(())
    }
}
