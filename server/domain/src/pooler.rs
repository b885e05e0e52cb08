//! A check that a pooler before PostgreSQL keeps prepared statements.
//!
//! Each connection prepares every query once and then runs it by its name. A pooler in transaction mode, such as
//! PgBouncer, assigns each transaction to any free connection to the database. If it does not carry prepared statements
//! along, queries fail now and then, whenever two run at once: the first start looks fine, and pages fail later.

use std::{str::FromStr, time::Duration};

use sea_orm::sqlx::{
    self, AssertSqlSafe, Connection, Executor,
    postgres::{PgConnectOptions, PgConnection},
};
use tokio::time::timeout;

use crate::config::{DatabaseConfig, OpenError};

/// The longest that the check may take. If there is no answer, opening the database reports why.
const PATIENCE: Duration = Duration::from_secs(5);

/// Checks that a prepared statement is still there after another connection took its place.
///
/// # Errors
/// Returns [`OpenError::Pooler`] if it is not.
pub(crate) async fn check(config: &DatabaseConfig) -> Result<(), OpenError> {
    let DatabaseConfig::Postgres(url) = config else { return Ok(()) };
    match timeout(PATIENCE, try_out(url)).await {
        Ok(Err(sqlx::Error::Database(error))) if error.code().is_some_and(|code| is_about_statements(&code)) => {
            Err(OpenError::Pooler(error.to_string()))
        }
        // The database is opened right afterwards, which reports whatever else is wrong.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Runs a prepared statement, before and while another connection has an open transaction.
async fn try_out(url: &str) -> Result<(), sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?;
    let mut one = PgConnection::connect_with(&options).await?;
    let mut other = PgConnection::connect_with(&options).await?;
    let ask = || sqlx::query("SELECT 1 + $1").bind(1_i32);
    ask().execute(&mut one).await?;
    // The pooler assigns this one to the connection that was used last.
    other.execute(AssertSqlSafe("BEGIN")).await?;
    other.execute(AssertSqlSafe("SELECT 1")).await?;
    let again = ask().execute(&mut one).await.map(drop);
    other.close().await?;
    one.close().await?;
    again
}

/// Returns whether a code means that a prepared statement is missing, or exists already.
fn is_about_statements(code: &str) -> bool {
    matches!(code, "26000" | "42P05")
}
