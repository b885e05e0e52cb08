//! Whether a person may read a conversation.

use protocol::{ConversationId, ConversationKind, ErrorKind, Rev, Seq};
use sea_orm::{ConnectionTrait, FromQueryResult};

use super::columns;
use crate::{Actor, Result, sql::Sql};

/// What a service needs to know of a conversation before it reads from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
    pub kind: ConversationKind,
    pub rev: protocol::Rev,
    pub last_seq: Seq,
}

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
    Ok(Access { kind: columns::kind(row.kind)?, rev: Rev(row.rev), last_seq: Seq(row.last_seq) })
}
