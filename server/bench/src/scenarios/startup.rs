//! Time from start to first answer.

use std::time::Duration;

use crate::{args::Scale, error::Result, numbers::quantile, process::Process};

/// The median over several starts on a database that exists.
///
/// # Errors
/// When a start fails.
pub fn first_answer(scale: &Scale, path: &str, start: impl Fn() -> Result<Process>) -> Result<Duration> {
    let times = (0..scale.starts).map(|_| start()?.first_answer(path));
    Ok(quantile(&mut times.collect::<Result<Vec<_>>>()?, 0.5))
}
