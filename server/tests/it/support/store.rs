//! Fresh databases, removed after the test, also after one that failed.

use std::{net::SocketAddr, path::Path};

use domain::config::DatabaseConfig;
use sea_orm::{ConnectionTrait, Database, Statement};
use tempfile::TempDir;
use uuid::Uuid;

/// Where a test's data is.
#[derive(Debug)]
pub enum Store {
    /// A file in a folder of its own.
    Sqlite(TempDir),
    /// A database of a server that others use too.
    Postgres {
        /// The server, as one who may create databases.
        server: String,
        /// The database.
        name: String,
        /// What is kept beside it.
        folder: TempDir,
    },
}

impl Store {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub async fn postgres() -> Self {
        let server = std::env::var("TEST_POSTGRES_URL").unwrap_or_else(|_| {
            panic!(
                "TEST_POSTGRES_URL is not set. Run the tests with `cargo xtask test`, or name a PostgreSQL server, such \
                 as postgres://postgres@127.0.0.1:5432/postgres, whose user may create databases"
            )
        });
        let name = format!("t_{}", Uuid::now_v7().simple());
        // From template0: nobody can be connected to it, which would make this fail.
        execute(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        Self::Postgres { server, name, folder: tempfile::tempdir().unwrap() }
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        match self {
            Self::Sqlite(folder) | Self::Postgres { folder, .. } => folder.path(),
        }
    }

    /// The database's address. PostgreSQL only.
    pub fn url(&self) -> String {
        match self.config() {
            DatabaseConfig::Postgres(url) => url,
            DatabaseConfig::Sqlite(path) => panic!("{path:?} has no address"),
        }
    }

    /// Where the server listens. PostgreSQL only.
    pub fn address(&self) -> SocketAddr {
        let url = self.url();
        let (_, rest) = url.split_once('@').unwrap();
        let (host, _) = rest.split_once('/').unwrap();
        host.parse().unwrap_or_else(|e| panic!("TEST_POSTGRES_URL: {host} is no address with a port: {e}"))
    }

    /// Runs a statement beside the server. PostgreSQL only.
    pub async fn execute(&self, sql: &str) {
        execute(&self.url(), sql).await;
    }

    /// One number, asked beside the server. PostgreSQL only.
    pub async fn number(&self, sql: &str) -> i64 {
        let connection = Database::connect(self.url()).await.unwrap_or_else(|e| panic!("TEST_POSTGRES_URL: {e}"));
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        connection.close().await.unwrap();
        row.try_get_by_index(0).unwrap()
    }

    pub fn config(&self) -> DatabaseConfig {
        match self {
            Self::Sqlite(folder) => DatabaseConfig::Sqlite(folder.path().join("weconnect.db")),
            Self::Postgres { server, name, .. } => {
                let (address, query) = server.split_once('?').unwrap_or((server, ""));
                let (address, _) = address.rsplit_once('/').unwrap();
                let query = if query.is_empty() { String::new() } else { format!("?{query}") };
                DatabaseConfig::Postgres(format!("{address}/{name}{query}"))
            }
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let Self::Postgres { server, name, .. } = self else { return };
        let (server, drop) = (server.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        // A runtime of its own: this one may be ending, and can't be waited on here.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(execute(&server, &drop));
        });
        if dropped.join().is_err() && !std::thread::panicking() {
            panic!("the test's database was not dropped");
        }
    }
}

async fn execute(server: &str, sql: &str) {
    let connection = Database::connect(server).await.unwrap_or_else(|e| panic!("TEST_POSTGRES_URL: {e}"));
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}
