//! A transaction that verifies its commit.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

use super::Pool;

/// A write transaction. It is rolled back if dropped without [`commit`](Self::commit).
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    pool: Arc<Pool>,
    generation: u64,
    /// The number of commits of SQLite's connection when this began.
    commits_before: u64,
    /// Whether a statement failed: the database may have rolled back by itself.
    failed: AtomicBool,
}

impl Transaction {
    pub(super) async fn begin(pool: &Arc<Pool>) -> Result<Self, DbErr> {
        // Immediate: a transaction that first reads and then writes could otherwise fail when it upgrades its lock.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let (lease, connection) = pool.lease();
        let inner = lease.bounded(connection.begin_with_options(options)).await?;
        let commits_before = pool.commits.as_ref().map_or(0, |commits| commits.count());
        let generation = lease.generation();
        Ok(Self { inner, pool: pool.clone(), generation, commits_before, failed: AtomicBool::new(false) })
    }

    /// Commits the transaction. After `Ok` everything is on disk.
    ///
    /// # Errors
    /// Returns an error if the database fails. After a timeout or a lost connection it may have committed nevertheless.
    pub async fn commit(self) -> Result<(), DbErr> {
        let Self { inner, pool, generation, commits_before, failed } = self;
        // PostgreSQL answers the COMMIT of a transaction with a failed statement as if nothing were wrong, and rolls
        // back. See https://www.postgresql.org/docs/current/sql-commit.html
        if failed.into_inner() {
            return Err(DbErr::Custom("a transaction in which a statement failed can't be committed".to_owned()));
        }
        pool.lease_of(generation).bounded(inner.commit()).await?;
        // The driver counts the nesting of transactions. If its count were wrong, this commit would only release a
        // savepoint of a transaction that never ends, and still return `Ok`.
        match &pool.commits {
            Some(commits) if commits.count() == commits_before => {
                Err(DbErr::Custom("SQLite did not commit what was said to be committed".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Returns whether rows must be locked before they are read for a change. SQLite has one writer at a time.
    pub fn locks_rows(&self) -> bool {
        self.inner.get_database_backend() == DbBackend::Postgres
    }

    async fn run<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let result = self.pool.lease_of(self.generation).bounded(work).await;
        if result.is_err() {
            self.failed.store(true, Ordering::Release);
        }
        result
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(self.inner.query_all_raw(statement)).await
    }
}
