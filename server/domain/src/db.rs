//! The database: one pool that reads, one that writes.
//!
//! SQLite allows one writer at a time. The writing pool therefore has one connection there, and transactions wait
//! for it in our queue instead of failing with "database is locked". PostgreSQL uses one pool for both.

use std::{fs::File, path::Path, sync::Arc, time::Duration};

use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use crate::config::{DatabaseConfig, OpenError};

/// Names the lock under which PostgreSQL's schema is changed; any number that nothing else uses.
const MIGRATION_LOCK: i64 = 0x5745_434f_4e4e;

/// Both pools.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    /// Held as long as the database is open: see [`lock`].
    _lock: Option<Arc<File>>,
}

impl Db {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// [`OpenError::InUse`] when another process has the SQLite file, and what the database says otherwise.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, OpenError> {
        let db = match config {
            DatabaseConfig::Sqlite(path) => Self::open_sqlite(path).await?,
            DatabaseConfig::Postgres(url) => Self::open_postgres(url).await?,
        };
        db.migrate().await?;
        Ok(db)
    }

    async fn open_sqlite(path: &Path) -> Result<Self, OpenError> {
        let lock = lock(path)?;
        let write = Database::connect(sqlite_options(path, 1)).await?;
        let read = Database::connect(sqlite_options(path, 4)).await?;
        Ok(Self { read, write, _lock: Some(Arc::new(lock)) })
    }

    async fn open_postgres(url: &str) -> Result<Self, OpenError> {
        let mut options = ConnectOptions::new(url.to_owned());
        options
            .max_connections(16)
            .min_connections(1)
            .connect_timeout(Duration::from_secs(10))
            .acquire_timeout(Duration::from_secs(10))
            .sqlx_logging(false)
            .record_stmt_in_spans(false);
        let pool = Database::connect(options).await?;
        Ok(Self { read: pool.clone(), write: pool, _lock: None })
    }

    /// Brings the schema up to date. Nodes that start at the same time take turns.
    async fn migrate(&self) -> Result<(), DbErr> {
        let turn = if self.locks_rows() {
            let turn = self.write.begin().await?;
            turn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
            Some(turn)
        } else {
            None
        };
        Migrator::up(&self.write, None).await?;
        match turn {
            Some(turn) => turn.commit().await,
            None => Ok(()),
        }
    }

    /// For queries that change nothing.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// For single statements that change something.
    pub fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Begins a transaction that writes.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        // Immediate: a transaction that first reads and then writes would otherwise have to give way to itself.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.write.begin_with_options(options).await
    }

    /// Whether rows must be locked before they are read for change. SQLite locks the whole database instead.
    pub fn locks_rows(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Postgres
    }
}

fn sqlite_options(path: &Path, connections: u32) -> ConnectOptions {
    let path = path.to_owned();
    let mut options = ConnectOptions::new("sqlite://");
    options
        .max_connections(connections)
        .min_connections(connections.min(1))
        .acquire_timeout(Duration::from_secs(10))
        // A connection that sits in our own process does not go stale.
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |options| {
            options
                .filename(&path)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL syncs the log at every commit: a message with a tick is on disk, not in a cache.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                // A statement that could fail half way keeps a copy of each page it changes: not in a file.
                .pragma("temp_store", "memory")
                // Pages of 4 KiB that the log may have before they are moved to the database: pages that change all
                // the time are moved less often, and whoever commits then waits less often.
                .pragma("wal_autocheckpoint", "4000")
                .busy_timeout(Duration::from_secs(5))
        });
    options
}

/// Claims the SQLite file for this process. The operating system lets go when the process ends, however it ends.
fn lock(path: &Path) -> Result<File, OpenError> {
    let folder = |source| OpenError::Folder { path: path.to_owned(), source };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(folder)?;
    }
    let file = File::create(path.with_extension("lock")).map_err(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(folder(source)),
    }
}
