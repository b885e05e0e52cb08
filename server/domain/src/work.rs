//! The jobs that the background runs, by kind.

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};

use crate::{
    accounts,
    jobs::{Job, JobContext},
    mail::MailError,
};

/// Runs a job.
///
/// # Errors
/// Returns [`MailError::Temporary`] if a retry may succeed, and [`MailError::Permanent`] if not.
pub fn perform(context: Arc<JobContext>, job: Job) -> BoxFuture<'static, Result<(), MailError>> {
    async move {
        match job {
            Job::Mail(mail) => context.mailer.send(&mail).await,
            Job::Reset(email) => {
                let JobContext { db, clock, public_url, .. } = &*context;
                let mailed = accounts::mail_reset_link(db, clock.now(), public_url, &email).await;
                mailed.map_err(|error| MailError::Temporary(error.to_string()))
            }
        }
    }
    .boxed()
}
