//! The kinds of jobs, and what each does.

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
/// [`MailError::Temporary`] if it should be tried again, [`MailError::Permanent`] if that would not help.
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
