//! Work for later: rows written in the transaction that caused the work, done in the background until it succeeds.
//!
//! Every node looks for rows that are due. It takes one by moving its time ahead, in a statement that only one node
//! can win; a node that dies over it leaves a row that becomes due again. A job therefore runs at least once, and
//! once only unless a node dies between doing the work and removing the row.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures::{StreamExt, stream};
use protocol::Millis;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use tokio::{
    sync::Notify,
    task::AbortHandle,
    time::{sleep, timeout},
};
use uuid::Uuid;

use crate::{
    Clock, Domain, accounts,
    db::Db,
    entities::{account_token, job, outbox_mail, session, sign_up},
    mail::{Mail, MailError, Mailer},
};

const SECOND: Millis = 1_000;
const HOUR: Millis = 3_600 * SECOND;
const DAY: Millis = 24 * HOUR;

/// How often a node looks for work that another node left, or that is due again.
const POLL: Duration = Duration::from_secs(2);
/// How long a job may run.
const RUN_LIMIT: Duration = Duration::from_secs(60);
/// How long a job belongs to the node that took it. Longer than it may run.
const LEASE: Millis = 120 * SECOND;
/// Jobs that run side by side on a node, so that one slow mail does not hold up the others.
const AT_ONCE: usize = 4;
/// Tries until a job is given up, over some three hours.
const ATTEMPTS_MAX: i32 = 10;
/// The time of a job that was given up: it stays, with its last error, for the operator to see.
const NEVER: Millis = Millis::MAX;
/// How long somebody waits to hear that a mail can't be delivered. A mail server that checks its recipients answers in a
/// fraction of that.
const TOLD_WITHIN: Duration = Duration::from_secs(3);
/// How often expired rows are removed.
const PURGE_EVERY: Millis = HOUR;
/// How long jobs that were given up and mails in the outbox are kept.
const KEEP: Millis = 30 * DAY;

/// Work to be done later.
#[derive(Debug)]
pub(crate) enum Job {
    /// Sends a mail.
    Mail(Mail),
    /// Mails a link that sets a new password, if somebody has this address.
    Reset(String),
}

impl Job {
    /// The kind and the payload as their columns have them.
    fn columns(&self) -> Result<(&'static str, String), serde_json::Error> {
        match self {
            Self::Mail(mail) => Ok(("mail", serde_json::to_string(mail)?)),
            Self::Reset(email) => Ok(("reset", serde_json::to_string(email)?)),
        }
    }

    fn read(row: &job::Model) -> Result<Self, serde_json::Error> {
        match row.kind.as_str() {
            "mail" => serde_json::from_str(&row.payload).map(Self::Mail),
            "reset" => serde_json::from_str(&row.payload).map(Self::Reset),
            kind => Err(serde::de::Error::custom(format_args!("unknown kind of job: {kind}"))),
        }
    }
}

/// Writes a job in the transaction that causes it, and returns its id. [`JobNotifier::notify`] after the commit.
pub(crate) async fn enqueue(db: &impl ConnectionTrait, now: Millis, job: &Job) -> Result<Uuid, DbErr> {
    let (kind, payload) = job.columns().map_err(|e| DbErr::Json(e.to_string()))?;
    let id = Uuid::now_v7();
    let row = job::ActiveModel {
        id: Set(id),
        kind: Set(kind.to_owned()),
        payload: Set(payload),
        created_at: Set(now),
        run_at: Set(now),
        attempts: Set(0),
        last_error: Set(None),
    };
    job::Entity::insert(row).exec_without_returning(db).await?;
    Ok(id)
}

/// Waits a little for a mail to leave, and returns whether it never will. Where that can't be said soon, it may yet.
///
/// Any node may be the one that sends it, so its row is what is looked at.
pub(crate) async fn is_given_up(domain: &Domain, id: Uuid) -> bool {
    if domain.config().mail.smtp_url.is_none() {
        return false;
    }
    let watch = async {
        let mut pause = Duration::from_millis(10);
        loop {
            match job::Entity::find_by_id(id).one(domain.db().read()).await {
                Ok(Some(row)) if row.last_error.is_some() => return row.run_at == NEVER,
                Ok(Some(_)) => sleep(pause).await,
                // It has left. Or the database is away, and what is asked for is stored all the same.
                Ok(None) | Err(_) => return false,
            }
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    };
    timeout(TOLD_WITHIN, watch).await.unwrap_or_default()
}

/// Wakes the worker of this node, and ends it when dropped.
#[derive(Debug, Default)]
pub struct JobNotifier {
    notify: Arc<Notify>,
    worker: OnceLock<AbortHandle>,
}

impl JobNotifier {
    /// Says that a job was committed.
    pub fn notify(&self) {
        self.notify.notify_one();
    }
}

impl Drop for JobNotifier {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.get() {
            worker.abort();
        }
    }
}

/// Starts the worker. It holds no part of the domain that would keep the domain alive, and ends with it.
pub fn start(domain: &Domain) {
    let parts = &domain.0;
    let worker = Worker {
        db: parts.db.clone(),
        clock: parts.clock.clone(),
        mailer: parts.mailer.clone(),
        public_url: parts.config.public_url.clone(),
    };
    let notify = parts.jobs.notify.clone();
    parts.jobs.worker.get_or_init(|| tokio::spawn(worker.work(notify)).abort_handle());
}

#[derive(Debug)]
struct Worker {
    db: Db,
    clock: Clock,
    mailer: Arc<dyn Mailer>,
    public_url: String,
}

impl Worker {
    async fn work(self, bell: Arc<Notify>) {
        let mut purge_at = Millis::MIN;
        let mut failing = false;
        loop {
            let outcome = self.run_due().await;
            match &outcome {
                // Said once, not at every look, while the database is away.
                Err(error) if !failing => tracing::error!(%error, "background jobs are held up"),
                _ => {}
            }
            failing = outcome.is_err();
            let now = self.clock.now();
            if now >= purge_at && !failing {
                purge_at = now.saturating_add(PURGE_EVERY);
                if let Err(error) = self.purge(now).await {
                    tracing::warn!(%error, "expired rows were not removed");
                }
            }
            if !matches!(outcome, Ok(1..)) {
                tokio::select! {
                    () = bell.notified() => {}
                    () = sleep(POLL) => {}
                }
            }
        }
    }

    /// Runs what is due and returns how many jobs that were.
    async fn run_due(&self) -> Result<usize, DbErr> {
        let due = job::Entity::find()
            .filter(job::Column::RunAt.lte(self.clock.now()))
            .order_by_asc(job::Column::RunAt)
            .limit(64)
            .all(self.db.read())
            .await?;
        let runs = stream::iter(due).map(|row| self.run(row)).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
        runs.into_iter().try_fold(0, |sum, ran| Ok(sum + usize::from(ran?)))
    }

    /// Takes a job and runs it; `false` when another node was faster.
    async fn run(&self, row: job::Model) -> Result<bool, DbErr> {
        let attempt = row.attempts.saturating_add(1);
        if !self.take(&row, attempt).await? {
            return Ok(false);
        }
        let error = match Job::read(&row) {
            // Counted before it ran: a job that takes the whole server down does not do so for ever.
            _ if attempt > ATTEMPTS_MAX => MailError::Permanent("the server stopped while it ran".into()),
            Err(error) => MailError::Permanent(error.to_string()),
            Ok(job) => match timeout(RUN_LIMIT, self.perform(job)).await {
                Ok(Ok(())) => {
                    job::Entity::delete_by_id(row.id).exec(self.db.write()).await?;
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
        let again = if given_up { NEVER } else { self.clock.now().saturating_add(backoff(attempt)) };
        job::Entity::update_many()
            .col_expr(job::Column::RunAt, Expr::value(again))
            .col_expr(job::Column::LastError, Expr::value(error.to_string()))
            .filter(job::Column::Id.eq(row.id))
            .exec(self.db.write())
            .await?;
        Ok(true)
    }

    async fn perform(&self, job: Job) -> Result<(), MailError> {
        match job {
            Job::Mail(mail) => self.mailer.send(&mail).await,
            Job::Reset(email) => accounts::mail_reset_link(&self.db, self.clock.now(), &self.public_url, &email)
                .await
                .map_err(|failure| MailError::Temporary(failure.to_string())),
        }
    }

    async fn take(&self, row: &job::Model, attempt: i32) -> Result<bool, DbErr> {
        let taken = job::Entity::update_many()
            .col_expr(job::Column::RunAt, Expr::value(self.clock.now().saturating_add(LEASE)))
            .col_expr(job::Column::Attempts, Expr::value(attempt))
            .filter(job::Column::Id.eq(row.id))
            // As it was read: only one of those who read it so finds it so.
            .filter(job::Column::RunAt.eq(row.run_at))
            .filter(job::Column::Attempts.eq(row.attempts))
            .exec(self.db.write())
            .await?;
        Ok(taken.rows_affected == 1)
    }

    async fn purge(&self, now: Millis) -> Result<(), DbErr> {
        let db = self.db.write();
        sign_up::Entity::delete_many().filter(sign_up::Column::ExpiresAt.lte(now)).exec(db).await?;
        session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now)).exec(db).await?;
        account_token::Entity::delete_many().filter(account_token::Column::ExpiresAt.lte(now)).exec(db).await?;
        let kept = now.saturating_sub(KEEP);
        outbox_mail::Entity::delete_many().filter(outbox_mail::Column::CreatedAt.lte(kept)).exec(db).await?;
        job::Entity::delete_many().filter(job::Column::CreatedAt.lte(kept)).exec(db).await?;
        Ok(())
    }
}

/// How long to wait after a failed attempt: 30 seconds, doubling up to an hour.
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
