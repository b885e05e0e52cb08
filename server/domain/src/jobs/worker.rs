//! The worker of a node, which takes jobs that are due, runs them, and removes expired rows.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, future::BoxFuture, stream};
use protocol::Millis;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use super::{DAY, HOUR, Job, NEVER, SECOND};
use crate::{
    Clock, Domain,
    db::Db,
    entities::{account_token, job, outbox_mail, session, sign_up},
    mail::{MailError, Mailer},
};

/// The interval at which a node looks for jobs that another node left, or that are due again.
const POLL: Duration = Duration::from_secs(2);

/// The longest that a job may run.
const RUN_LIMIT: Duration = Duration::from_secs(60);

/// The time for which a job belongs to the node that took it. Longer than [`RUN_LIMIT`].
const LEASE: Millis = 120 * SECOND;

/// The number of jobs that a node runs at the same time, so that one slow mail does not delay the others.
const AT_ONCE: usize = 4;

/// The number of attempts after which a job is given up, over about three hours.
const ATTEMPTS_MAX: i32 = 10;

/// The interval at which expired rows are removed.
const PURGE_EVERY: Millis = HOUR;

/// The time for which jobs that were given up and mails in the outbox are kept.
const KEEP: Millis = 30 * DAY;

/// The services that a job needs to run.
#[derive(Debug)]
pub struct JobContext {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Sends mails.
    pub mailer: Arc<dyn Mailer>,
    /// The server's public URL, with which links in mails begin.
    pub public_url: String,
}

/// Runs a job. The caller of [`start`] provides it, so that this module depends on none of the services.
pub type Perform = fn(Arc<JobContext>, Job) -> BoxFuture<'static, Result<(), MailError>>;

/// Starts the worker. It does not keep the domain alive, and ends with it.
pub fn start(domain: &Domain, perform: Perform) {
    let parts = &domain.0;
    let context = JobContext {
        db: parts.db.clone(),
        clock: parts.clock.clone(),
        mailer: parts.mailer.clone(),
        public_url: parts.config.public_url.clone(),
    };
    let worker = Worker { context: Arc::new(context), perform };
    let notify = parts.jobs.notify.clone();
    parts.jobs.worker.get_or_init(|| tokio::spawn(worker.work(notify)).abort_handle());
}

#[derive(Debug)]
struct Worker {
    context: Arc<JobContext>,
    perform: Perform,
}

impl Worker {
    async fn work(self, notified: Arc<Notify>) {
        let mut purge_at = Millis::MIN;
        let mut failing = false;
        loop {
            let outcome = self.run_due().await;
            match &outcome {
                // Logged once, not at every attempt, while the database is unavailable.
                Err(error) if !failing => tracing::error!(%error, "background jobs are held up"),
                _ => {}
            }
            failing = outcome.is_err();
            let now = self.context.clock.now();
            if now >= purge_at && !failing {
                purge_at = now.saturating_add(PURGE_EVERY);
                if let Err(error) = self.purge(now).await {
                    tracing::warn!(%error, "expired rows were not removed");
                }
            }
            if !matches!(outcome, Ok(1..)) {
                tokio::select! {
                    () = notified.notified() => {}
                    () = sleep(POLL) => {}
                }
            }
        }
    }

    /// Runs the jobs that are due, and returns how many this node took.
    async fn run_due(&self) -> Result<usize, DbErr> {
        let due = job::Entity::find()
            .filter(job::Column::RunAt.lte(self.context.clock.now()))
            .order_by_asc(job::Column::RunAt)
            .limit(64)
            .all(self.context.db.read())
            .await?;
        let runs = stream::iter(due).map(|row| self.run(row)).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
        runs.into_iter().try_fold(0, |sum, ran| Ok(sum + usize::from(ran?)))
    }

    /// Takes a job and runs it. Returns `false` if another node took it first.
    async fn run(&self, row: job::Model) -> Result<bool, DbErr> {
        let attempt = row.attempts.saturating_add(1);
        if !self.take(&row, attempt).await? {
            return Ok(false);
        }
        let error = match Job::read(&row) {
            // Attempts are counted before the job runs, so that a job that crashes the whole server does not do so for
            // ever.
            _ if attempt > ATTEMPTS_MAX => MailError::Permanent("the server stopped while it ran".into()),
            Err(error) => MailError::Permanent(error.to_string()),
            Ok(job) => match timeout(RUN_LIMIT, (self.perform)(self.context.clone(), job)).await {
                Ok(Ok(())) => {
                    job::Entity::delete_by_id(row.id).exec(self.context.db.write()).await?;
                    return Ok(true);
                }
                Ok(Err(error)) => error,
                Err(_) => MailError::Temporary(format!("no answer within {} seconds", RUN_LIMIT.as_secs())),
            },
        };
        let given_up = attempt >= ATTEMPTS_MAX || matches!(error, MailError::Permanent(_));
        if given_up {
            tracing::error!(id = %row.id, kind = row.kind, attempt, %error, "gave a job up");
        } else {
            tracing::warn!(id = %row.id, kind = row.kind, attempt, %error, "a job failed and will be tried again");
        }
        let again = if given_up { NEVER } else { self.context.clock.now().saturating_add(backoff(attempt)) };
        job::Entity::update_many()
            .col_expr(job::Column::RunAt, Expr::value(again))
            .col_expr(job::Column::LastError, Expr::value(error.to_string()))
            .filter(job::Column::Id.eq(row.id))
            .exec(self.context.db.write())
            .await?;
        Ok(true)
    }

    async fn take(&self, row: &job::Model, attempt: i32) -> Result<bool, DbErr> {
        let taken = job::Entity::update_many()
            .col_expr(job::Column::RunAt, Expr::value(self.context.clock.now().saturating_add(LEASE)))
            .col_expr(job::Column::Attempts, Expr::value(attempt))
            .filter(job::Column::Id.eq(row.id))
            // Only if the row is as it was read: of all nodes that read it, one succeeds.
            .filter(job::Column::RunAt.eq(row.run_at))
            .filter(job::Column::Attempts.eq(row.attempts))
            .exec(self.context.db.write())
            .await?;
        Ok(taken.rows_affected == 1)
    }

    async fn purge(&self, now: Millis) -> Result<(), DbErr> {
        let db = self.context.db.write();
        sign_up::Entity::delete_many().filter(sign_up::Column::ExpiresAt.lte(now)).exec(db).await?;
        session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now)).exec(db).await?;
        account_token::Entity::delete_many().filter(account_token::Column::ExpiresAt.lte(now)).exec(db).await?;
        let kept = now.saturating_sub(KEEP);
        outbox_mail::Entity::delete_many().filter(outbox_mail::Column::CreatedAt.lte(kept)).exec(db).await?;
        job::Entity::delete_many().filter(job::Column::CreatedAt.lte(kept)).exec(db).await?;
        Ok(())
    }
}

/// Returns the wait after a failed attempt: 30 seconds, doubling up to an hour.
fn backoff(attempt: i32) -> Millis {
    let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(10);
    (30 * SECOND).saturating_mul(1 << doublings).min(HOUR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_an_hour() {
        let waits: Vec<_> = (1..=ATTEMPTS_MAX).map(|n| backoff(n) / SECOND).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
        assert_eq!(backoff(i32::MAX), HOUR);
        assert!(Duration::from_millis(u64::try_from(LEASE).unwrap()) > RUN_LIMIT);
    }
}
