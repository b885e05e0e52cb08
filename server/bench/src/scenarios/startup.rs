//! The time from start to first response.

use std::time::Duration;

use crate::{args::Scale, error::Result, numbers::quantile, process::Process};

/// Returns the median over several starts on an existing database.
///
/// # Errors
/// Returns an error if a start fails.
pub fn first_answer(scale: &Scale, path: &str, start: impl Fn() -> Result<Process>) -> Result<Duration> {
    let times = (0..scale.starts).map(|_| start()?.first_answer(path));
    Ok(quantile(&mut times.collect::<Result<Vec<_>>>()?, 0.5))
}
