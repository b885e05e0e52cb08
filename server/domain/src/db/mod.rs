//! The database: one pool for reading, one for writing.
//!
//! SQLite allows one writer at a time. Its write pool therefore has a single connection, and transactions wait for it
//! in the pool's queue instead of failing with "database is locked". PostgreSQL uses one pool for both.

mod pool;
mod postgres;
mod retry;
mod sqlite;
mod transaction;

use std::{fs::File, sync::Arc, time::Duration};

use migrations::{Migrator, MigratorTrait};
pub(crate) use pool::Pool;
pub(crate) use retry::{Retries, retry};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, TransactionTrait};
pub(crate) use transaction::Transaction;

use crate::config::{DatabaseConfig, OpenError};

/// The longest that PostgreSQL may take for a statement or a commit before the server gives up the connection. Every
/// statement takes milliseconds; one that takes this long waits for a host that went silent.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);

/// The key of the advisory lock under which PostgreSQL's schema is migrated; any number that nothing else uses.
const MIGRATION_LOCK: i64 = 0x5745_434f_4e4e;

/// The database, with both pools.
#[derive(Clone, Debug)]
pub struct Db {
    read: Arc<Pool>,
    write: Arc<Pool>,
    /// The lock on the SQLite file, held as long as the database is open; see [`sqlite::lock`].
    _lock: Option<Arc<File>>,
}

impl Db {
    /// Opens the database and migrates its schema.
    ///
    /// # Errors
    /// Returns [`OpenError::InUse`] if another process uses the SQLite file, and another [`OpenError`] if the database
    /// fails.
    pub async fn open(config: &DatabaseConfig, statement_timeout: Duration) -> Result<Self, OpenError> {
        match config {
            DatabaseConfig::Sqlite(path) => {
                let lock = sqlite::lock(path)?;
                let write = sqlite::open_writer(path).await?;
                // The read pool is opened after the write pool, which creates the file.
                migrate(&write.lease().1).await?;
                let read = sqlite::open_readers(path).await?;
                Ok(Self { read: Arc::new(read), write: Arc::new(write), _lock: Some(Arc::new(lock)) })
            }
            DatabaseConfig::Postgres(url) => {
                postgres::migrate(url).await?;
                let pool = Arc::new(postgres::open(url, statement_timeout).await?);
                Ok(Self { read: pool.clone(), write: pool, _lock: None })
            }
        }
    }

    /// Returns the pool for queries that change nothing.
    pub fn read(&self) -> &Pool {
        &self.read
    }

    /// Returns the pool for single statements that change something.
    pub fn write(&self) -> &Pool {
        &self.write
    }

    /// Begins a write transaction.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        Transaction::begin(&self.write).await
    }
}

/// Migrates the schema. Nodes that start at the same time take turns.
async fn migrate(db: &DatabaseConnection) -> Result<(), DbErr> {
    let turn = if db.get_database_backend() == DbBackend::Postgres {
        let turn = db.begin().await?;
        turn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
        Some(turn)
    } else {
        None
    };
    Migrator::up(db, None).await?;
    match turn {
        Some(turn) => turn.commit().await,
        None => Ok(()),
    }
}
