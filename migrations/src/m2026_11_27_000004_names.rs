//! Names in every script, and direct conversations without messages.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, Statement},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // On SQLite as well: a server that is killed meanwhile starts again from where it was.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The name by which users are searched, without accents and case. Computing it takes tables that the database
        // does not have; `domain::keys` fills it in at the start where it is missing.
        add_column(manager, "users", string_null("display_key").take()).await?;
        // Whether the conversation is in the user's list even without messages.
        add_column(manager, "members", boolean("listed").default(true).take()).await?;
        let db = manager.get_connection();
        // Before, a direct conversation was in the list of the user who started it, and in the other user's after the
        // first message.
        let unlisted = "UPDATE members SET listed = false WHERE EXISTS (SELECT 1 FROM conversations c \
            WHERE c.id = members.conversation_id AND c.kind = 0 AND c.created_by <> members.user_id AND c.last_seq = 0)";
        db.execute_raw(Statement::from_string(db.get_database_backend(), unlisted)).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("members", "listed"), ("users", "display_key")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

async fn add_column(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}
