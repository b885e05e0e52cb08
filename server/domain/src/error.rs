//! Errors inside the server: refusals for the user to read, and faults for the operator.

use protocol::ErrorKind;

/// The result type of the services.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error type of the services.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The request is at fault; the user reads this error as it is.
    #[error("{0}")]
    Refused(protocol::Error),
    /// The database, or something else that the server needs, cannot be reached or is full. A retry may succeed.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The database aborted a transaction because of another one. Nothing of it is stored, and a retry succeeds.
    #[error("contended: {0}")]
    Contended(String),
    /// A bug in the server.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// Creates an [`Error::Internal`] with its cause.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// Converts the error into the one that the user reads. A fault is logged here, once, with an id that the user sees
    /// too.
    pub fn into_wire(self) -> protocol::Error {
        match self {
            Self::Refused(error) => error,
            Self::Unavailable(cause) | Self::Contended(cause) => {
                tracing::error!(%cause, "unavailable");
                ErrorKind::Unavailable.into()
            }
            Self::Internal(cause) => {
                // The end of a UUIDv7 is random: short enough to read out, and unique enough to find in the log.
                let id: String = uuid::Uuid::now_v7().simple().to_string().chars().skip(24).collect();
                tracing::error!(%cause, %id, "internal error");
                ErrorKind::Internal { id }.into()
            }
        }
    }
}

impl From<protocol::Error> for Error {
    fn from(error: protocol::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::Refused(kind.into())
    }
}

impl From<tokio::task::JoinError> for Error {
    /// Leaves out the message of a panic, which may quote what was typed, such as a password. The panic itself is logged
    /// where it happens.
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Internal(if error.is_panic() { "a task panicked" } else { "a task was cancelled" }.to_owned())
    }
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        match kind(&error) {
            DatabaseFault::Away => Self::Unavailable(error.to_string()),
            DatabaseFault::Contended => Self::Contended(error.to_string()),
            DatabaseFault::Other => Self::Internal(error.to_string()),
        }
    }
}

/// The kind of a database error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DatabaseFault {
    /// The database cannot be reached, is full or is read-only.
    Away,
    /// The database aborted the transaction because of another one.
    Contended,
    /// The statement is wrong, or does not fit the stored data.
    Other,
}

fn kind(error: &sea_orm::DbErr) -> DatabaseFault {
    use sea_orm::{DbErr, RuntimeErr, sqlx};
    let (DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause)) = error else {
        return if matches!(error, DbErr::ConnectionAcquire(_)) { DatabaseFault::Away } else { DatabaseFault::Other };
    };
    let RuntimeErr::SqlxError(cause) = cause else { return DatabaseFault::Other };
    match cause.as_ref() {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed
        | sqlx::Error::InvalidSavePointStatement
        | sqlx::Error::Protocol(_) => DatabaseFault::Away,
        sqlx::Error::Database(e) => e.code().map_or(DatabaseFault::Other, |code| kind_of_code(&code)),
        _ => DatabaseFault::Other,
    }
}

/// Returns the kind of an error code: PostgreSQL's codes have five characters, SQLite's are numbers of up to four
/// digits.
fn kind_of_code(code: &str) -> DatabaseFault {
    if code.len() == 5 {
        return match code {
            // `serialization_failure` and `deadlock_detected`.
            "40001" | "40P01" => DatabaseFault::Contended,
            // `read_only_sql_transaction`, after a failover; `idle_in_transaction_session_timeout`;
            // `lock_not_available`; `query_canceled`, as by the statement timeout.
            "25006" | "25P03" | "55P03" | "57014" => DatabaseFault::Away,
            // Classes 08 (connection), 53 (insufficient resources), 57P (operator intervention), 58 (system).
            _ if ["08", "53", "57P", "58"].iter().any(|class| code.starts_with(class)) => DatabaseFault::Away,
            _ => DatabaseFault::Other,
        };
    }
    // 5 busy, 6 locked, 7 out of memory, 8 read-only, 10 I/O error, 13 full, 14 can't open, 15 locking protocol.
    // Extended codes have them in the low byte. https://www.sqlite.org/rescode.html
    match code.parse::<u32>() {
        Ok(n) if [5, 6, 7, 8, 10, 13, 14, 15].contains(&(n & 0xff)) => DatabaseFault::Away,
        _ => DatabaseFault::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_in_a_task_does_not_say_what_was_typed() {
        let typed = "p\u{e4}ssword";
        let error = tokio::task::spawn_blocking(move || typed[..2].len()).await.unwrap_err();
        assert!(error.to_string().contains("ssword"), "{error}");
        assert_eq!(Error::from(error).to_string(), "internal: a task panicked");
    }

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (codes, kind) in [
            (
                &["08006", "53100", "57P01", "58030", "25006", "25P03", "57014", "5", "13", "778", "4874", "1034"][..],
                DatabaseFault::Away,
            ),
            (&["40001", "40P01"], DatabaseFault::Contended),
            (&["23505", "42601", "22021", "1", "19", "1555", "2067"], DatabaseFault::Other),
        ] {
            for code in codes {
                assert_eq!(kind_of_code(code), kind, "{code}");
            }
        }
    }
}
