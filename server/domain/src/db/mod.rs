//! The database: one pool that reads, one that writes.
//!
//! SQLite allows one writer at a time. The writing pool therefore has one connection there, and transactions wait
//! for it in our queue instead of failing with "database is locked". PostgreSQL uses one pool for both.

mod pool;
mod postgres;
mod retry;
mod sqlite;
mod transaction;

use std::{fs::File, sync::Arc, time::Duration};

use migrations::{Migrator, MigratorTrait};
pub(crate) use pool::Pool;
pub(crate) use retry::retry;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, TransactionTrait};
pub(crate) use transaction::Transaction;

use crate::config::{DatabaseConfig, OpenError};

/// The longest that PostgreSQL may take over a statement or a commit before the server gives up on the connection.
/// Every statement of ours takes milliseconds; one that takes this long waits for a host that went silent.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);

/// Names the lock under which PostgreSQL's schema is changed; any number that nothing else uses.
const MIGRATION_LOCK: i64 = 0x5745_434f_4e4e;

/// Both pools.
#[derive(Clone, Debug)]
pub struct Db {
    read: Arc<Pool>,
    write: Arc<Pool>,
    /// Held as long as the database is open: see [`sqlite::lock`].
    _lock: Option<Arc<File>>,
}

impl Db {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// [`OpenError::InUse`] when another process has the SQLite file, and what the database says otherwise.
    pub async fn open(config: &DatabaseConfig, statement_timeout: Duration) -> Result<Self, OpenError> {
        match config {
            DatabaseConfig::Sqlite(path) => {
                let lock = sqlite::lock(path)?;
                let write = sqlite::open_writer(path).await?;
                // The reading connections come after the writing one, which creates the file.
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

    /// The pool for queries that change nothing.
    pub fn read(&self) -> &Pool {
        &self.read
    }

    /// The pool for single statements that change something.
    pub fn write(&self) -> &Pool {
        &self.write
    }

    /// Begins a transaction that writes.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        Transaction::begin(&self.write).await
    }

    /// Whether rows must be locked before they are read for change. SQLite locks the whole database instead.
    pub fn locks_rows(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Postgres
    }
}

/// Brings the schema up to date. Nodes that start at the same time take turns.
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
