//! The database's schema, as sea-orm migrations for both SQLite and PostgreSQL. The server runs them when it starts.
//!
//! Ids are UUIDv7: 16 bytes in SQLite, `uuid` in PostgreSQL. Times are milliseconds since 1970 UTC in a `bigint`.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

mod m2026_11_22_000001_accounts;
mod m2026_11_22_000002_conversations;
mod m2026_11_22_000003_people;
mod m2026_11_27_000004_names;
mod m2026_11_27_000005_friendships;
mod m2026_11_27_000006_content;
mod m2026_11_27_000007_unread;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m2026_11_22_000001_accounts::Migration),
            Box::new(m2026_11_22_000002_conversations::Migration),
            Box::new(m2026_11_22_000003_people::Migration),
            Box::new(m2026_11_27_000004_names::Migration),
            Box::new(m2026_11_27_000005_friendships::Migration),
            Box::new(m2026_11_27_000006_content::Migration),
            Box::new(m2026_11_27_000007_unread::Migration),
        ]
    }
}
