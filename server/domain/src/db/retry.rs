//! Retries of transactions that the database aborted because of another one.

use std::{future::Future, time::Duration};

use crate::{Error, Result};

/// The number of attempts. Two transactions that want the same rows run at different times after the first attempt.
const TRIES: u32 = 5;
/// The longest wait before the second attempt; it doubles with each attempt.
const WAIT: Duration = Duration::from_millis(20);

/// Counts the attempts of a transaction.
#[derive(Debug, Default)]
pub struct Retries(u32);

impl Retries {
    /// Waits before another attempt, after one that the database aborted for this reason. Returns false, without a wait,
    /// if there were enough.
    pub async fn wait(&mut self, cause: &str) -> bool {
        self.0 += 1;
        if self.0 >= TRIES {
            return false;
        }
        tracing::debug!(%cause, tried = self.0, "a transaction is tried again");
        tokio::time::sleep(wait(self.0)).await;
        true
    }
}

/// Runs a transaction, and repeats it if the database aborted it because of a deadlock or a serialization failure
/// (PostgreSQL's 40P01 and 40001). Nothing of such an attempt is stored, so `attempt` starts from the beginning.
///
/// # Errors
/// Returns the attempt's error, or [`Error::Contended`] after the last attempt.
pub async fn retry<T, F: Future<Output = Result<T>>>(mut attempt: impl FnMut() -> F) -> Result<T> {
    let mut retries = Retries::default();
    loop {
        match attempt().await {
            Err(Error::Contended(cause)) if retries.wait(&cause).await => {}
            result => return result,
        }
    }
}

/// Returns a random wait, so that two transactions that collided once do not collide again.
fn wait(tried: u32) -> Duration {
    let longest = WAIT.saturating_mul(1 << tried.min(8));
    // Without randomness the attempts still differ in how long their transactions take.
    let random = getrandom::u32().unwrap_or(u32::MAX);
    longest.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn what_was_given_up_for_another_is_tried_again_and_nothing_else() {
        let tries = AtomicU32::new(0);
        let count = || tries.fetch_add(1, Ordering::Relaxed) + 1;
        let done =
            retry(|| async { if count() < 3 { Err(Error::Contended("deadlock".to_owned())) } else { Ok("done") } });
        assert_eq!(done.await.unwrap(), "done");
        assert_eq!(tries.swap(0, Ordering::Relaxed), 3);

        let away = retry(|| async {
            count();
            Err::<(), _>(Error::Unavailable("away".to_owned()))
        });
        assert!(matches!(away.await, Err(Error::Unavailable(_))));
        assert_eq!(tries.swap(0, Ordering::Relaxed), 1);

        let never = retry(|| async {
            count();
            Err::<(), _>(Error::Contended("again".to_owned()))
        });
        assert!(matches!(never.await, Err(Error::Contended(_))));
        assert_eq!(tries.load(Ordering::Relaxed), TRIES);
    }
}
