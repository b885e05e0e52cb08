//! Messages with other content than text, and what the list of conversations shows, stored when it changes.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, integer, small_integer, text, uuid_null},
};

/// Adds columns for a message's kind of content, the message it answers and its last edit; and to conversations the
/// preview of the newest message and the number of members, which lists counted each time before.
///
/// Existing messages are texts: no row of them is written, however many there are.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// The preview of the newest message of each conversation. As long as `protocol::message::Content::preview` makes one.
const FILL_PREVIEWS: &str = "UPDATE conversations SET preview = COALESCE((\
    SELECT CASE WHEN length(m.body) > 160 THEN substr(m.body, 1, 160) || '…' ELSE m.body END \
    FROM messages m WHERE m.conversation_id = conversations.id AND m.seq = conversations.last_seq), '')";

const FILL_MEMBER_COUNTS: &str = "UPDATE conversations SET member_count = (\
    SELECT count(*) FROM members m WHERE m.conversation_id = conversations.id AND m.present)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // On SQLite as well: a server that is killed meanwhile starts again from where it was.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // 0 text, 1 deleted.
        add(manager, "messages", small_integer("content").default(0).to_owned()).await?;
        // The message may have been deleted for good since, so this is no foreign key.
        add(manager, "messages", uuid_null("reply_to").to_owned()).await?;
        add(manager, "messages", big_integer_null("edited_at").to_owned()).await?;
        add(manager, "conversations", text("preview").default("").to_owned()).await?;
        add(manager, "conversations", integer("member_count").default(0).to_owned()).await?;
        let db = manager.get_connection();
        db.execute_unprepared(FILL_PREVIEWS).await?;
        db.execute_unprepared(FILL_MEMBER_COUNTS).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("messages", "content"),
            ("messages", "reply_to"),
            ("messages", "edited_at"),
            ("conversations", "preview"),
            ("conversations", "member_count"),
        ] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}
