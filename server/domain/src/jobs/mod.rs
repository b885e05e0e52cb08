//! Background jobs: rows that are written in the transaction that causes the work, and that are tried in the background
//! until they succeed.
//!
//! Every node looks for rows that are due. It takes one by moving its due time ahead, in a statement that only one node
//! can win. If that node dies, the row becomes due again. A job therefore runs at least once, and its work is done more
//! than once only if a node dies between doing it and removing the row.

mod worker;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use protocol::Millis;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};
use tokio::{
    sync::Notify,
    task::AbortHandle,
    time::{sleep, timeout},
};
use uuid::Uuid;

pub(crate) use self::worker::{JobContext, start};
use crate::{Domain, entities::job, mail::Mail};

const SECOND: Millis = 1_000;
const HOUR: Millis = 3_600 * SECOND;
const DAY: Millis = 24 * HOUR;

/// The due time of a job that was given up. The job stays, with its last error, for the operator to see.
const NEVER: Millis = Millis::MAX;
/// The longest that a request waits to learn that a mail can't be delivered. A mail server that checks its recipients
/// answers in a fraction of that.
const TOLD_WITHIN: Duration = Duration::from_secs(3);

/// A background job.
#[derive(Debug)]
pub(crate) enum Job {
    /// Sends a mail.
    Mail(Mail),
    /// Mails a link that sets a new password, if an account has this address.
    Reset(String),
}

impl Job {
    /// Returns the kind and the payload as their columns store them.
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

/// Stores a job in the transaction that causes it, and returns its id. The caller calls [`JobNotifier::notify`] after
/// the commit.
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

/// Waits a short time for a mail to be sent, and returns whether it was given up. If this is not known in time, returns
/// `false`: the mail may still be given up later.
///
/// Any node may be the one that sends it, so this reads the job's row.
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
                // The mail was sent. Or the database is unavailable, and what was requested is stored all the same.
                Ok(None) | Err(_) => return false,
            }
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    };
    timeout(TOLD_WITHIN, watch).await.unwrap_or_default()
}

/// Wakes the worker of this node, and stops it when dropped.
#[derive(Debug, Default)]
pub struct JobNotifier {
    notify: Arc<Notify>,
    worker: OnceLock<AbortHandle>,
}

impl JobNotifier {
    /// Tells the worker that a job was committed.
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
