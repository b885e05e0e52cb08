//! Whether a pooler before PostgreSQL keeps prepared statements.
//!
//! Every query is prepared once a connection and then run by its name. A pooler in transaction mode, such as PgBouncer,
//! gives each transaction whatever connection to the database is free. One that does not carry statements along then fails
//! now and then, whenever two queries run at once: the first start looks fine, and pages fail later.

use std::{str::FromStr, time::Duration};

use sea_orm::sqlx::{
    self, AssertSqlSafe, Connection, Executor,
    postgres::{PgConnectOptions, PgConnection},
};
use tokio::time::timeout;

use crate::config::{DatabaseConfig, OpenError};

/// How long the question may take. Where there is no answer, opening the database says why.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks whether a prepared statement is still there when another connection took its place.
///
/// # Errors
/// [`OpenError::Pooler`] when it is not.
pub(crate) async fn check(config: &DatabaseConfig) -> Result<(), OpenError> {
    let DatabaseConfig::Postgres(url) = config else { return Ok(()) };
    match timeout(PATIENCE, try_out(url)).await {
        Ok(Err(sqlx::Error::Database(error))) if error.code().is_some_and(|code| is_about_statements(&code)) => {
            Err(OpenError::Pooler(error.to_string()))
        }
        // It is opened right afterwards, and whatever else is wrong with it is said then.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Runs a statement by its name, before and while another connection has a transaction open.
async fn try_out(url: &str) -> Result<(), sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?;
    let mut one = PgConnection::connect_with(&options).await?;
    let mut other = PgConnection::connect_with(&options).await?;
    let ask = || sqlx::query("SELECT 1 + $1").bind(1_i32);
    ask().execute(&mut one).await?;
    // The pooler gives this one the connection that was used last.
    other.execute(AssertSqlSafe("BEGIN")).await?;
    other.execute(AssertSqlSafe("SELECT 1")).await?;
    let again = ask().execute(&mut one).await.map(drop);
    other.close().await?;
    one.close().await?;
    again
}

/// PostgreSQL's codes for a statement that is not there, and for one that is there already.
fn is_about_statements(code: &str) -> bool {
    matches!(code, "26000" | "42P05")
}
