//! Names in every script, and direct conversations in which nothing was said yet.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, Statement},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // What people are looked for by: their name without accents and capitals, which takes tables that the database
        // does not have. `domain::keys` fills it where it is missing, at the start.
        add_column(manager, "users", string_null("display_key").take()).await?;
        // Whether the conversation is in the person's list though nothing was said in it.
        add_column(manager, "members", boolean("listed").default(true).take()).await?;
        let db = manager.get_connection();
        // Direct conversations were in the list of who began them, and in the other's once something was said.
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
