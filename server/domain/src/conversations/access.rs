//! Read access to conversations.

use futures::future::BoxFuture;
use protocol::{ConversationId, ConversationKind, ErrorKind, Rev, Seq, live::Change};
use sea_orm::{ConnectionTrait, FromQueryResult};

use super::columns;
use crate::{Actor, Result, db::Pool, sql::Sql};

/// The state of a conversation when access to it was checked, which a service needs before it reads from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
    pub kind: ConversationKind,
    pub rev: Rev,
    pub last_seq: Seq,
}

/// A query for the changes of a conversation after a revision, up to the one at which access was checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Since {
    pub actor: Actor,
    pub conversation: ConversationId,
    pub access: Access,
    pub since: Rev,
    /// The most rows to return: one more than a client is sent.
    pub limit: u64,
}

/// Finds the changes of one kind.
pub(crate) type ChangesSince = fn(&Pool, Since) -> BoxFuture<'_, Result<Vec<Change>>>;

/// Checks that the actor may read the conversation, and returns its current state.
///
/// # Errors
/// [`ErrorKind::NotFound`] for a conversation that the actor is not in, so that its existence is not revealed.
pub(crate) async fn access(db: &impl ConnectionTrait, actor: &Actor, id: ConversationId) -> Result<Access> {
    #[derive(FromQueryResult)]
    struct Row {
        kind: i16,
        rev: i64,
        last_seq: i64,
    }
    let sql = Sql::new(
        "SELECT c.kind, c.rev, c.last_seq FROM conversations c \
         JOIN members m ON m.conversation_id = c.id AND m.present AND m.user_id = ",
    )
    .bind(actor.user.uuid())
    .push(" WHERE c.id = ")
    .bind(id.uuid())
    .build(db.get_database_backend());
    let row = Row::find_by_statement(sql).one(db).await?.ok_or(ErrorKind::NotFound)?;
    Ok(Access { kind: columns::kind(row.kind)?, rev: Rev(row.rev), last_seq: Seq(row.last_seq) })
}
