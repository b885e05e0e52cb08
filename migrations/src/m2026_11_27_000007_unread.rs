//! The number of unread messages, which lists counted each time before.

use sea_orm_migration::{prelude::*, schema::integer};

/// Adds the number of a member's own messages after their read position. They do not count as unread, so the number of
/// unread messages is `last_seq - seen_seq - own_unseen`.
///
/// The messages are read once, and one row is written for each member who has such messages.
#[derive(DeriveMigrationName)]
pub struct Migration;

const FILL: &str = "UPDATE members SET own_unseen = counted.own FROM (\
    SELECT a.conversation_id, a.user_id, CAST(count(*) AS integer) AS own FROM messages m \
    JOIN members a ON a.conversation_id = m.conversation_id AND a.user_id = m.author_id AND m.seq > a.seen_seq \
    GROUP BY a.conversation_id, a.user_id) counted \
    WHERE counted.conversation_id = members.conversation_id AND counted.user_id = members.user_id";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = integer("own_unseen").default(0).to_owned();
        manager.alter_table(Table::alter().table("members").add_column(column).to_owned()).await?;
        manager.get_connection().execute_unprepared(FILL).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("members").drop_column("own_unseen").to_owned()).await
    }
}
