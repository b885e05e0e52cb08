//! A pool of connections that can be replaced while in use.

use std::{
    future::Future,
    sync::{PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement, sqlx,
};

use super::sqlite::CommitCounter;

/// The time that connections of a replaced pool have to finish.
const CLOSE: Duration = Duration::from_secs(30);

/// A pool of connections to one database.
///
/// A host that goes silent neither answers nor closes its connections. Statements on them, and the driver's test of a
/// connection before it returns to the pool, would wait until the kernel gives up, a quarter of an hour later. So each
/// statement has a timeout, and one that exceeds it replaces the whole pool. So does a database that became read-only,
/// as the former primary does after a failover: its connections will never store anything again.
#[derive(Debug)]
pub struct Pool {
    current: RwLock<Current>,
    /// `None` for SQLite, which has no host that could go silent.
    limit: Option<Limit>,
    /// The counter of commits on SQLite's write connection.
    pub(super) commits: Option<CommitCounter>,
}

#[derive(Debug)]
struct Current {
    generation: u64,
    connection: DatabaseConnection,
}

/// The statement timeout, and the options to reopen the pool with.
#[derive(Debug)]
struct Limit {
    statement: Duration,
    options: ConnectOptions,
}

/// The use of one generation of a pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lease<'a> {
    pool: &'a Pool,
    generation: u64,
}

impl Pool {
    /// Creates a pool without a statement timeout.
    pub(super) fn unlimited(connection: DatabaseConnection, commits: Option<CommitCounter>) -> Self {
        Self { current: RwLock::new(Current { generation: 0, connection }), limit: None, commits }
    }

    /// Creates a pool with this statement timeout that can be reopened with these options.
    pub(super) fn limited(connection: DatabaseConnection, options: ConnectOptions, statement: Duration) -> Self {
        let limit = Some(Limit { statement, options });
        Self { current: RwLock::new(Current { generation: 0, connection }), limit, commits: None }
    }

    /// Returns the current connections and a lease on them.
    pub(super) fn lease(&self) -> (Lease<'_>, DatabaseConnection) {
        let current = self.current();
        (self.lease_of(current.generation), current.connection.clone())
    }

    /// Returns a lease on this generation.
    pub(super) const fn lease_of(&self, generation: u64) -> Lease<'_> {
        Lease { pool: self, generation }
    }

    fn current(&self) -> RwLockReadGuard<'_, Current> {
        // It is only replaced as a whole, so a panic leaves nothing inconsistent.
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the connections of this generation, unless another statement already did.
    async fn give_up(&self, generation: u64) {
        let Some(limit) = &self.limit else { return };
        let mut options = limit.options.clone();
        // Lazily: nothing may wait for an answer of the silent host.
        options.connect_lazy(true);
        let connection = match Database::connect(options).await {
            Ok(connection) => connection,
            Err(error) => return tracing::error!(%error, "the database's connections can't be replaced"),
        };
        let old = {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            if current.generation != generation {
                return;
            }
            current.generation += 1;
            std::mem::replace(&mut current.connection, connection)
        };
        tracing::warn!("the database went silent or read-only; its connections are replaced");
        // Callers that wait for an old connection fail at once; those that have one may finish.
        tokio::spawn(tokio::time::timeout(CLOSE, old.close()));
    }

    async fn run<T, F: Future<Output = Result<T, DbErr>>>(
        &self,
        work: impl FnOnce(DatabaseConnection) -> F,
    ) -> Result<T, DbErr> {
        let (lease, connection) = self.lease();
        lease.bounded(work(connection)).await
    }
}

impl Lease<'_> {
    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    /// Waits for an answer of the database, within the statement timeout.
    ///
    /// # Errors
    /// Returns an error if the database fails or the timeout expires. After a timeout it is unknown whether the
    /// statement took effect.
    pub(super) async fn bounded<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let Some(limit) = &self.pool.limit else { return work.await };
        match tokio::time::timeout(limit.statement, work).await {
            Ok(result) => {
                if result.as_ref().is_err_and(is_read_only) {
                    self.pool.give_up(self.generation).await;
                }
                result
            }
            Err(_) => {
                self.pool.give_up(self.generation).await;
                Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
            }
        }
    }
}

/// Returns whether PostgreSQL refused to write because it is a standby now or was made read-only.
fn is_read_only(error: &DbErr) -> bool {
    /// `read_only_sql_transaction`, see <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
    const READ_ONLY: &str = "25006";
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    matches!(cause.as_ref(), sqlx::Error::Database(e) if e.code().as_deref() == Some(READ_ONLY))
}

#[async_trait::async_trait]
impl ConnectionTrait for Pool {
    fn get_database_backend(&self) -> DbBackend {
        self.current().connection.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(async |db| db.execute_raw(statement).await).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(async |db| db.execute_unprepared(sql).await).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(async |db| db.query_one_raw(statement).await).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(async |db| db.query_all_raw(statement).await).await
    }
}
