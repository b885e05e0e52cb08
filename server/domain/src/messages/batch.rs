//! The rows that the commands of one transaction work on.

use std::collections::HashMap;

use protocol::{ConversationId, ConversationKind, Error, ErrorKind, MessageId, Rev, Seq, UserId, live::Stored};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::command::Scope;
use crate::{
    Result,
    conversations::{Conversation, ConversationTx},
    relationships::{
        policy::{Action, RelationshipContext},
        restrictions,
    },
    sql::Sql,
};

/// The handling of messages that were stored before, and are sent again because the response was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplicateCheck {
    /// Expects none, which is almost always right: a duplicate makes the transaction fail, because its id is taken.
    Skip,
    /// Looks duplicates up, and gives them their first response again.
    Lookup,
}

#[derive(Debug, FromQueryResult)]
struct StoredRow {
    id: Uuid,
    conversation_id: Uuid,
    author_id: Uuid,
    seq: i64,
    rev: i64,
    created_at: i64,
}

/// A transaction with the rows that its commands work on, in memory.
#[derive(Debug)]
pub struct Batch {
    tx: ConversationTx,
    /// Messages that are stored, with their authors.
    stored: HashMap<MessageId, (UserId, Stored)>,
    /// The relationship contexts of users with the other user of a direct conversation, where they may forbid
    /// something.
    restrictions: HashMap<(ConversationId, UserId), RelationshipContext>,
}

impl Batch {
    /// Locks and loads the rows of these commands.
    ///
    /// # Errors
    /// The database's error.
    pub(super) async fn load(mut tx: ConversationTx, scopes: &[Scope], duplicates: DuplicateCheck) -> Result<Self> {
        tx.lock(scopes.iter().map(|scope| (scope.conversation, scope.user))).await?;
        // Read after the lock, so that this sees the blocks that were made by now.
        let direct = direct_pairs(&mut tx, scopes);
        let restrictions = restrictions(tx.db(), &direct).await?;
        let mut batch = Self { tx, stored: HashMap::new(), restrictions };
        // A message that is refused now may have been stored while it was still allowed, and then gets its first
        // response.
        let may_be_stored = |scope: &&Scope| {
            duplicates == DuplicateCheck::Lookup || !batch.may(scope.conversation, scope.user, Action::Message)
        };
        let ids: Vec<MessageId> = scopes.iter().filter(may_be_stored).filter_map(|scope| scope.new_message).collect();
        batch.stored = load_stored(&batch.tx, &ids).await?;
        if duplicates == DuplicateCheck::Lookup {
            // The first attempt may have been committed as a whole, and its response lost.
            batch.tx.conversations().for_each(Conversation::tell_again);
        }
        Ok(batch)
    }

    /// Returns the conversation if the user is in it. Nobody else learns whether it exists.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`].
    pub fn conversation(&mut self, id: ConversationId, user: UserId) -> Result<&mut Conversation, Error> {
        self.tx
            .conversation(id)
            .filter(|conversation| conversation.member(user).is_some())
            .ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Returns whether the relationship with the other user of a direct conversation allows something.
    pub fn may(&self, conversation: ConversationId, user: UserId, action: Action) -> bool {
        self.restrictions.get(&(conversation, user)).is_none_or(|context| context.may(action))
    }

    /// Returns the author and the acknowledgement of a message that is stored.
    pub fn stored(&self, id: MessageId) -> Option<(UserId, Stored)> {
        self.stored.get(&id).copied()
    }

    /// Notes that a message is stored by this transaction.
    pub fn put_stored(&mut self, author: UserId, ack: Stored) {
        self.stored.insert(ack.id, (author, ack));
    }

    /// Writes what the commands changed, commits, and tells the members.
    ///
    /// # Errors
    /// The database's error.
    pub(super) async fn commit(self) -> Result<()> {
        self.tx.commit().await
    }
}

fn direct_pairs(tx: &mut ConversationTx, scopes: &[Scope]) -> Vec<(ConversationId, UserId)> {
    let mut pairs: Vec<_> = scopes.iter().map(|scope| (scope.conversation, scope.user)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.retain(|(id, _)| tx.conversation(*id).is_some_and(|it| it.kind() == ConversationKind::Direct));
    pairs
}

async fn load_stored(tx: &ConversationTx, ids: &[MessageId]) -> Result<HashMap<MessageId, (UserId, Stored)>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<[Value; 1]> = ids.iter().map(|id| [id.uuid().into()]).collect();
    let select = "SELECT id, conversation_id, author_id, seq, rev, created_at FROM messages \
                  WHERE id IN (SELECT column1 FROM ";
    let sql = Sql::new(select).table(ids, "v").push(")").build(tx.db().get_database_backend());
    let rows = StoredRow::find_by_statement(sql).all(tx.db()).await?;
    let stored = |row: StoredRow| {
        let ack = Stored {
            id: row.id.into(),
            conversation: row.conversation_id.into(),
            seq: Seq(row.seq),
            rev: Rev(row.rev),
            at: row.created_at,
        };
        (ack.id, (row.author_id.into(), ack))
    };
    Ok(rows.into_iter().map(stored).collect())
}
