//! Renames the table of friendships to its usual name.

use sea_orm_migration::prelude::*;

/// Renames `ties` to `friendships`. Its keys and indexes are kept.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // On SQLite as well: a server that is killed meanwhile starts again from where it was.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename(manager, "ties", "friendships").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename(manager, "friendships", "ties").await
    }
}

async fn rename(manager: &SchemaManager<'_>, from: &'static str, to: &'static str) -> Result<(), DbErr> {
    manager.rename_table(Table::rename().table(Alias::new(from), Alias::new(to)).to_owned()).await
}
