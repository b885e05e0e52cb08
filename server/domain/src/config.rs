//! What an operator can set, and what can be wrong with it.

use std::path::PathBuf;

/// Settings of the domain.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where messages and accounts are kept.
    pub database: DatabaseConfig,
    /// `redis://…`, when several nodes serve one database.
    pub redis_url: Option<String>,
    /// How mail leaves.
    pub mail: MailConfig,
    /// The address people type, without a slash at its end, such as `https://chat.example.org`. Links in mails
    /// start with it.
    pub public_url: String,
    /// Whether tries are counted, see [`limits`](crate::limits).
    pub limits: bool,
    /// How long PostgreSQL may take over a statement, [`STATEMENT_TIMEOUT`](crate::db::STATEMENT_TIMEOUT) unless a
    /// test is in a hurry.
    pub statement_timeout: std::time::Duration,
    /// How long presence waits for what.
    pub presence: crate::presence::Timing,
}

/// Which database.
#[derive(Clone, Debug)]
pub enum DatabaseConfig {
    /// An embedded one in this file. For one node.
    Sqlite(PathBuf),
    /// `postgres://…`. For any number of nodes.
    Postgres(String),
}

/// How mail leaves.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// `smtp://…` or `smtps://…`; without it mails stay in the outbox, for the operator to read.
    pub smtp_url: Option<String>,
    /// The sender, such as `WeConnect <chat@example.org>`.
    pub from: String,
}

/// Why the server can't start, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the SQLite file open.
    #[error(
        "another WeConnect is already running on {0}. SQLite serves one node; for several, set DATABASE_URL to a \
         PostgreSQL database and REDIS_URL to a Redis server"
    )]
    InUse(PathBuf),
    /// The data folder can't be used.
    #[error("can't use {path}: {source}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database can't be opened or brought up to date.
    #[error("can't open the database: {0}")]
    Database(sea_orm::DbErr),
    /// A pooler before PostgreSQL loses prepared statements, or refuses how we connect.
    #[error(
        "the pooler before PostgreSQL does not carry what WeConnect sends ({0}). With PgBouncer set \
         ignore_startup_parameters = extra_float_digits,options; in transaction mode, take version 1.21 or newer and set \
         max_prepared_statements to 100 or more; or use its session mode, or let DATABASE_URL lead to PostgreSQL itself"
    )]
    Pooler(String),
    /// The Redis address can't be understood.
    #[error("REDIS_URL is not usable: {0}")]
    Redis(#[from] redis::RedisError),
    /// The mail settings can't be understood.
    #[error("the mail settings are not usable: {0}")]
    Mail(String),
    /// Hashing passwords does not work on this machine.
    #[error("passwords can't be hashed: {0}")]
    Passwords(String),
}

impl From<sea_orm::DbErr> for OpenError {
    fn from(error: sea_orm::DbErr) -> Self {
        if crate::db::is_of_pooler(&error) { Self::Pooler(error.to_string()) } else { Self::Database(error) }
    }
}
