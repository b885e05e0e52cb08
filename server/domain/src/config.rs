//! The settings of the domain, and the errors of opening it.

use std::{path::PathBuf, time::Duration};

/// Settings of the domain.
#[derive(Clone, Debug)]
pub struct Config {
    /// The database for messages and accounts.
    pub database: DatabaseConfig,
    /// `redis://…`, if several nodes share one database.
    pub redis_url: Option<String>,
    /// The mail settings.
    pub mail: MailConfig,
    /// The address that users type, without a trailing slash, such as `https://chat.example.org`. Links in mails start
    /// with it.
    pub public_url: String,
    /// Whether rate limits apply, see [`rate_limit`](crate::rate_limit).
    pub limits: bool,
    /// The longest that PostgreSQL may take for a statement: [`STATEMENT_TIMEOUT`](crate::db::STATEMENT_TIMEOUT), or
    /// less in tests.
    pub statement_timeout: Duration,
    /// The time limits of presence.
    pub presence: PresenceTiming,
}

/// The kind and the place of the database.
#[derive(Clone, Debug)]
pub enum DatabaseConfig {
    /// An embedded SQLite database in this file, for one node.
    Sqlite(PathBuf),
    /// `postgres://…`, for any number of nodes.
    Postgres(String),
}

/// The mail settings.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// `smtp://…` or `smtps://…`; without it, mails stay in the outbox, where the operator can read them.
    pub smtp_url: Option<String>,
    /// The sender, such as `WeConnect <chat@example.org>`.
    pub from: String,
    /// Whether the link of a mail that is not sent is logged: only where the operator cannot read the outbox.
    pub logs_links: bool,
}

/// The time limits of presence.
#[derive(Clone, Copy, Debug)]
pub struct PresenceTiming {
    /// A user stays present for this long after their last socket closed, so that a reload goes unnoticed.
    pub grace: Duration,
    /// A node that was silent for this long loses all its users. Nodes send a heartbeat every five seconds.
    pub silence: Duration,
    /// The last seen time of connected users is stored at this interval: a crash loses at most this much of it.
    pub note: Duration,
}

impl PresenceTiming {
    /// The time limits outside of tests.
    pub const DEFAULT: Self =
        Self { grace: Duration::from_secs(5), silence: Duration::from_secs(20), note: Duration::from_secs(60) };

    /// The longest that a change may take to reach the subscribers after it was noticed: two intervals of the [presence
    /// worker](crate::presence::Worker), and the way.
    pub const TOLD_WITHIN: Duration = Duration::from_secs(2);
}

impl Default for PresenceTiming {
    fn default() -> Self {
        Self::DEFAULT
    }
}

// No user looks online for longer than the protocol promises, even if their node died.
const _: () = assert!(
    PresenceTiming::DEFAULT.silence.as_millis() + PresenceTiming::TOLD_WITHIN.as_millis()
        <= Duration::from_millis(protocol::limits::PRESENCE_STALE_MAX_MS).as_millis()
);

/// The reason why the server cannot start, worded for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the SQLite file open.
    #[error(
        "another WeConnect is already running on {0}. SQLite serves one node; for several, set DATABASE_URL to a \
         PostgreSQL database and REDIS_URL to a Redis server"
    )]
    InUse(PathBuf),
    /// The data folder cannot be used.
    #[error("can't use {path}: {source}")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The database cannot be opened or migrated.
    #[error("can't open the database: {0}")]
    Database(sea_orm::DbErr),
    /// A pooler before PostgreSQL loses prepared statements, or refuses the connection parameters.
    #[error(
        "the pooler before PostgreSQL does not carry what WeConnect sends ({0}). With PgBouncer set \
         ignore_startup_parameters = extra_float_digits,options; in transaction mode, take version 1.21 or newer and set \
         max_prepared_statements to 100 or more; or use its session mode, or let DATABASE_URL lead to PostgreSQL itself"
    )]
    Pooler(String),
    /// The Redis address is invalid.
    #[error("REDIS_URL is not usable: {0}")]
    Redis(#[from] redis::RedisError),
    /// The mail settings are invalid.
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

/// Returns whether an error at the start is the fault of a pooler before PostgreSQL: it refuses a startup parameter
/// (`protocol_violation`), or sends a statement to another connection than the one that prepared it
/// (`invalid_sql_statement_name`, `duplicate_prepared_statement`).
fn is_of_pooler(error: &sea_orm::DbErr) -> bool {
    let (sea_orm::DbErr::Conn(cause) | sea_orm::DbErr::Exec(cause) | sea_orm::DbErr::Query(cause)) = error else {
        return false;
    };
    let sea_orm::RuntimeErr::SqlxError(cause) = cause else { return false };
    let sea_orm::sqlx::Error::Database(cause) = cause.as_ref() else { return false };
    cause.code().is_some_and(|code| ["08P01", "26000", "42P05"].contains(&&*code))
}
