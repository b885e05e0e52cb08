//! SQLite: a local file, opened so that committed data is on disk.

use std::{
    fs::File,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectOptions, Database, DbErr,
    sqlx::{
        Connection,
        sqlite::{SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};

use super::Pool;
use crate::config::OpenError;

/// Counts the commits of the write connection, as SQLite itself reports them: releasing a savepoint does not count.
#[derive(Clone, Debug, Default)]
pub(super) struct CommitCounter(Arc<AtomicU64>);

impl CommitCounter {
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Makes every connection of the pool report its commits.
    fn watch(&self, options: SqlitePoolOptions) -> SqlitePoolOptions {
        let counter = self.0.clone();
        options.after_connect(move |connection, _| {
            let counter = counter.clone();
            Box::pin(async move {
                connection.lock_handle().await?.set_commit_hook(move || {
                    counter.fetch_add(1, Ordering::AcqRel);
                    true
                });
                Ok(())
            })
        })
    }
}

/// Opens the single write connection.
pub(super) async fn open_writer(path: &Path) -> Result<Pool, DbErr> {
    let commits = CommitCounter::default();
    let counted = commits.clone();
    let mut options = options(path, 1);
    options.map_sqlx_sqlite_pool_opts(move |options| {
        // When SQLite rolls back by itself, as on a full disk, the driver's own ROLLBACK fails and the driver still
        // counts an open transaction: whatever came next would be a savepoint in it and never be committed. Such a
        // connection is closed. See https://www.sqlite.org/lang_transaction.html, "Response To Errors Within A
        // Transaction".
        counted.watch(options).before_acquire(|connection, _| {
            let is_clean = !connection.is_in_transaction();
            Box::pin(async move { Ok(is_clean) })
        })
    });
    Ok(Pool::unlimited(Database::connect(options).await?, Some(commits)))
}

/// Opens the read connections.
pub(super) async fn open_readers(path: &Path) -> Result<Pool, DbErr> {
    Ok(Pool::unlimited(Database::connect(options(path, 4)).await?, None))
}

fn options(path: &Path, connections: u32) -> ConnectOptions {
    let path = path.to_owned();
    let mut options = ConnectOptions::new("sqlite://");
    options
        .max_connections(connections)
        .min_connections(connections.min(1))
        .acquire_timeout(Duration::from_secs(10))
        // A connection within the same process does not go stale.
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |options| {
            options
                .filename(&path)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL syncs the log at every commit: an acknowledged message is on disk, not in a cache.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                // A statement that may fail halfway keeps a copy of each page it changes; keep these copies out of
                // files.
                .pragma("temp_store", "memory")
                // The number of 4 KiB pages in the log before they are moved to the database: frequently changed pages
                // are moved less often, and so commits wait less often.
                .pragma("wal_autocheckpoint", "4000")
                .busy_timeout(Duration::from_secs(5))
        });
    options
}

/// Locks the SQLite file for this process. The operating system releases the lock when the process ends, however it
/// ends.
pub(super) fn lock(path: &Path) -> Result<File, OpenError> {
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
