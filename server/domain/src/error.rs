//! Errors inside the server: a refusal that the person should read, or a fault that the operator should.

use protocol::ErrorKind;

/// The result of a service.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a service did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The request itself is at fault; said as it is.
    #[error("{0}")]
    Refused(protocol::Error),
    /// The database, or what the server needs besides, can't be reached or is full. Trying again may help.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The database gave up a transaction for another's sake. Nothing of it is stored; trying again helps.
    #[error("contended: {0}")]
    Contended(String),
    /// A fault of ours.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// A fault of ours, with its cause.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// What the person reads. A fault is logged here, once, under an id that the person sees too.
    pub fn into_wire(self) -> protocol::Error {
        match self {
            Self::Refused(error) => error,
            Self::Unavailable(cause) | Self::Contended(cause) => {
                tracing::error!(%cause, "unavailable");
                ErrorKind::Unavailable.into()
            }
            Self::Internal(cause) => {
                // The tail of a UUIDv7 is random: short enough to read out, rare enough to find.
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

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        match kind(&error) {
            DatabaseFault::Away => Self::Unavailable(error.to_string()),
            DatabaseFault::Contended => Self::Contended(error.to_string()),
            DatabaseFault::Other => Self::Internal(error.to_string()),
        }
    }
}

/// What an error of the database means for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DatabaseFault {
    /// It is away, full or read-only.
    Away,
    /// It ended the transaction because of another one.
    Contended,
    /// Our statement is wrong, or does not fit what is stored.
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

/// Tells PostgreSQL's five characters from SQLite's numbers, which have up to four digits.
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
    // 5 busy, 6 locked, 7 out of memory, 8 read-only, 10 I/O error, 13 full, 14 can't open, 15 locking protocol; extended
    // codes carry them in the low byte. https://www.sqlite.org/rescode.html
    match code.parse::<u32>() {
        Ok(n) if [5, 6, 7, 8, 10, 13, 14, 15].contains(&(n & 0xff)) => DatabaseFault::Away,
        _ => DatabaseFault::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
