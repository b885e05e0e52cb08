//! Errors inside the server: a refusal that the person should read, or a fault that the operator should.

use protocol::{Error, ErrorKind};

/// The result of a service.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a service did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// The request itself is at fault; said as it is.
    #[error("{0}")]
    Refused(Error),
    /// The database, or what the server needs besides, can't be reached or is full. Trying again may help.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A fault of ours.
    #[error("internal: {0}")]
    Internal(String),
}

impl Failure {
    /// A fault of ours, with its cause.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// What the person reads. A fault is logged here, once, under an id that the person sees too.
    pub fn into_wire(self) -> Error {
        match self {
            Self::Refused(error) => error,
            Self::Unavailable(cause) => {
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

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<ErrorKind> for Failure {
    fn from(kind: ErrorKind) -> Self {
        Self::Refused(kind.into())
    }
}

impl From<sea_orm::DbErr> for Failure {
    fn from(error: sea_orm::DbErr) -> Self {
        if is_unavailable(&error) { Self::Unavailable(error.to_string()) } else { Self::Internal(error.to_string()) }
    }
}

/// Whether the database is away or full, rather than our statement wrong.
fn is_unavailable(error: &sea_orm::DbErr) -> bool {
    use sea_orm::{DbErr, RuntimeErr, sqlx};
    let (DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause)) = error else {
        return matches!(error, DbErr::ConnectionAcquire(_));
    };
    let RuntimeErr::SqlxError(cause) = cause else { return false };
    match cause.as_ref() {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => true,
        // PostgreSQL: classes 08 (connection), 53 (insufficient resources), 57P (operator intervention), 58 (system).
        // SQLite: 5 busy, 10 I/O error, 13 full, 14 can't open, 8 read-only; extended codes carry them in the low byte.
        sqlx::Error::Database(e) => e.code().is_some_and(|code| {
            ["08", "53", "57P", "58"].iter().any(|class| code.len() == 5 && code.starts_with(class))
                || code.parse::<u32>().is_ok_and(|n| code.len() != 5 && [5, 8, 10, 13, 14].contains(&(n & 0xff)))
        }),
        _ => false,
    }
}
