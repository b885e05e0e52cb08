//! What an operator can set, and what can be wrong with it.

use std::{path::PathBuf, time::Duration};

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
    /// Whether tries are counted, see [`limits`](crate::rate_limit).
    pub limits: bool,
    /// How long PostgreSQL may take over a statement, [`STATEMENT_TIMEOUT`](crate::db::STATEMENT_TIMEOUT) unless a
    /// test is in a hurry.
    pub statement_timeout: Duration,
    /// How long presence waits for what.
    pub presence: PresenceTiming,
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

/// How long presence waits for what.
#[derive(Clone, Copy, Debug)]
pub struct PresenceTiming {
    /// Whose last socket closes is there for so long yet: a reload is not seen.
    pub grace: Duration,
    /// A node of which nothing was heard for so long has nobody any more. Nodes beat every five seconds.
    pub silence: Duration,
    /// When somebody was last seen is written this often while they are there: so much of it a crash may lose.
    pub note: Duration,
}

impl PresenceTiming {
    /// What operators get.
    pub const DEFAULT: Self =
        Self { grace: Duration::from_secs(5), silence: Duration::from_secs(20), note: Duration::from_secs(60) };

    /// How long a change may take to be told after it was noticed: two looks of the [presence worker](crate::presence::Worker), and the way.
    pub const TOLD_WITHIN: Duration = Duration::from_secs(2);
}

impl Default for PresenceTiming {
    fn default() -> Self {
        Self::DEFAULT
    }
}

// Nobody is shown as present for longer than the protocol promises, even if their node died.
const _: () = assert!(
    PresenceTiming::DEFAULT.silence.as_millis() + PresenceTiming::TOLD_WITHIN.as_millis()
        <= Duration::from_millis(protocol::limits::PRESENCE_STALE_MAX_MS).as_millis()
);

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
        if is_of_pooler(&error) { Self::Pooler(error.to_string()) } else { Self::Database(error) }
    }
}

/// Whether this error, at the start, is one of a pooler that stands before PostgreSQL: it refuses a startup parameter
/// (`protocol_violation`), or gives a statement to another connection than the one that prepared it
/// (`invalid_sql_statement_name`, `duplicate_prepared_statement`).
fn is_of_pooler(error: &sea_orm::DbErr) -> bool {
    let (sea_orm::DbErr::Conn(cause) | sea_orm::DbErr::Exec(cause) | sea_orm::DbErr::Query(cause)) = error else {
        return false;
    };
    let sea_orm::RuntimeErr::SqlxError(cause) = cause else { return false };
    let sea_orm::sqlx::Error::Database(cause) = cause.as_ref() else { return false };
    cause.code().is_some_and(|code| ["08P01", "26000", "42P05"].contains(&&*code))
}
