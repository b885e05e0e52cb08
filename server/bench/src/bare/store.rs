//! The table of messages, accessed with plain SQL.

use std::{path::Path, time::Duration};

use protocol::Message;
use sea_orm::sqlx::{
    self, Connection, PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::error::{Context, Result};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS bare_messages (id UUID PRIMARY KEY, author UUID NOT NULL, \
                     seq BIGINT NOT NULL, at BIGINT NOT NULL, body TEXT NOT NULL)";
const INSERT: &str = "INSERT INTO bare_messages (id, author, seq, at, body) ";

/// The single connection that writes.
#[derive(Debug)]
pub enum Store {
    /// An SQLite file, synced at every commit like the server's.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Postgres(PgConnection),
}

/// Inserts messages in one transaction. Each statement inserts a power of two of them, so that there are few prepared
/// statements and they are found again.
macro_rules! insert {
    ($connection:expr, $database:ty, $messages:expr) => {{
        let mut txn = $connection.begin().await?;
        let mut rest: &[Message] = $messages;
        while let Some(exponent) = rest.len().checked_ilog2() {
            let (chunk, after) = rest.split_at(1 << exponent);
            let mut query = QueryBuilder::<$database>::new(INSERT);
            query.push_values(chunk, |mut row, message| {
                row.push_bind(message.id.uuid())
                    .push_bind(message.author.uuid())
                    .push_bind(message.seq.0)
                    .push_bind(message.at)
                    .push_bind(message.content.text().unwrap_or_default());
            });
            query.build().execute(&mut *txn).await?;
            rest = after;
        }
        txn.commit().await
    }};
}

impl Store {
    /// Opens an SQLite file with the server's settings.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn sqlite(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5));
        let mut connection = SqliteConnection::connect_with(&options).await.context("opening the file")?;
        sqlx::query(TABLE).execute(&mut connection).await.context("creating")?;
        Ok(Self::Sqlite(connection))
    }

    /// Connects to a PostgreSQL server.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn postgres(url: &str) -> Result<Self> {
        let mut connection = PgConnection::connect(url).await.context("connecting")?;
        sqlx::query(TABLE).execute(&mut connection).await.context("creating")?;
        Ok(Self::Postgres(connection))
    }

    /// Stores all messages, or none.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn insert(&mut self, messages: &[Message]) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(connection) => insert!(connection, Sqlite, messages),
            Self::Postgres(connection) => insert!(connection, Postgres, messages),
        }
    }
}
