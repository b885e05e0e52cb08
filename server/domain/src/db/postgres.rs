//! PostgreSQL: runs on a separate host, which may go silent or become a standby.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DbErr, sqlx::Connection};

use super::Pool;

/// The time by which PostgreSQL gives up a statement before this server does: its error says what happened, and the
/// connection stays usable.
const SOONER: Duration = Duration::from_secs(1);
/// The time to wait for a connection, new or free.
const ACQUIRE: Duration = Duration::from_secs(5);

/// Opens the pool, with this statement timeout.
pub(super) async fn open(url: &str, statement_timeout: Duration) -> Result<Pool, DbErr> {
    let mut options = options(url, 16);
    options.map_sqlx_postgres_opts(move |options| {
        let millis = |limit: Duration| limit.as_millis().to_string();
        options.options([
            ("statement_timeout", millis(statement_timeout.saturating_sub(SOONER))),
            // A node that goes silent within a transaction must not keep its rows locked.
            ("idle_in_transaction_session_timeout", millis(statement_timeout * 2)),
            ("tcp_keepalives_idle", "30".to_owned()),
            ("tcp_keepalives_interval", "5".to_owned()),
            ("tcp_keepalives_count", "3".to_owned()),
            ("tcp_user_timeout", millis(statement_timeout * 2)),
        ])
    });
    options.map_sqlx_postgres_pool_opts(|options| {
        // A connection that still counts an open transaction would treat all further statements as part of it.
        options.before_acquire(|connection, _| {
            let is_clean = !connection.is_in_transaction();
            Box::pin(async move { Ok(is_clean) })
        })
    });
    Ok(Pool::limited(Database::connect(options.clone()).await?, options, statement_timeout))
}

/// Migrates the schema on separate connections without a timeout: changing a large table takes as long as it takes.
pub(super) async fn migrate(url: &str) -> Result<(), DbErr> {
    let connection = Database::connect(options(url, 2)).await?;
    super::migrate(&connection).await?;
    connection.close().await
}

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    options
        .max_connections(connections)
        .min_connections(1)
        .connect_timeout(ACQUIRE)
        .acquire_timeout(ACQUIRE)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}
