//! One run of `cargo xtask test`: what its suites share, and what it has found so far.

use std::time::{Duration, Instant};

use crate::{
    build,
    process::{self, Result, say},
    report::{Count, Report},
    services::{Durability, Postgres},
    workspace::Workspace,
};

/// No single run of tests takes this long unless it hangs.
pub const LIMIT: Duration = Duration::from_secs(20 * 60);

/// One run of `cargo xtask test`.
pub struct Session<'a> {
    /// Where everything lies.
    pub workspace: &'a Workspace,
    /// The results so far.
    pub report: Report,
    /// Arguments for the test runners, to choose tests by name.
    pub extra: Vec<String>,
    postgres: Option<Postgres>,
    is_built: Option<bool>,
}

impl<'a> Session<'a> {
    /// A run that has found nothing yet.
    pub fn new(workspace: &'a Workspace, extra: Vec<String>) -> Self {
        Self { workspace, report: Report::default(), extra, postgres: None, is_built: None }
    }

    /// Takes one step that passes or fails as a whole.
    pub fn check(&mut self, suite: &'static str, step: &str, check: impl FnOnce(&Workspace) -> Result<()>) -> bool {
        self.step(suite, step, |session| match check(session.workspace) {
            Ok(()) => Ok(Count::one(true)),
            Err(e) => Err(e),
        })
    }

    /// Takes one step that counts for itself; one that cannot be taken has failed.
    pub fn step(&mut self, suite: &'static str, step: &str, run: impl FnOnce(&mut Self) -> Result<Count>) -> bool {
        let start = Instant::now();
        let count = run(self).unwrap_or_else(|e| {
            say(format_args!("✗ {suite}, {step}: {e}"));
            Count::one(false)
        });
        let Count { passed, failed } = count;
        say(format_args!("{suite}, {step}: {passed} passed, {failed} failed in {}", process::seconds(start.elapsed())));
        self.report.add(suite, step, count, start.elapsed());
        failed == 0
    }

    /// The address of a PostgreSQL for tests, the same for all suites of this run.
    pub fn postgres(&mut self) -> Result<String> {
        if self.postgres.is_none() {
            self.postgres = Some(Postgres::start(Durability::None)?);
        }
        self.postgres.as_ref().map(|postgres| postgres.url().to_owned()).ok_or_else(|| "no PostgreSQL".to_owned())
    }

    /// Whether the app as it ships is there, built once a run. A build that fails is a failure of the suite that asked.
    pub fn is_built(&mut self, suite: &'static str) -> bool {
        match self.is_built {
            Some(is_built) => is_built,
            None => {
                let start = Instant::now();
                let built = build::app(self.workspace, true);
                if let Err(e) = &built {
                    say(format_args!("✗ {e}"));
                }
                let failed = u64::from(built.is_err());
                self.report.add(suite, "build of what ships", Count { passed: 0, failed }, start.elapsed());
                *self.is_built.insert(built.is_ok())
            }
        }
    }
}
