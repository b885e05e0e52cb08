//! The suites of `cargo xtask test`: what each needs, how it runs, what it counts.

use std::time::{Duration, Instant};

use crate::{
    budgets, build, checks, invariants, packages,
    process::{self, Result, say},
    report::{Count, Report},
    rust_tests::RustTests,
    services::{Durability, Postgres},
    workspace::Workspace,
};

/// No single run of tests takes this long unless it hangs.
pub const LIMIT: Duration = Duration::from_secs(20 * 60);

/// The suites in the order they run: what fails soon comes first.
pub const ALL: [(&str, &str); 9] = [
    ("fmt", "the formatting"),
    ("invariants", "who may name what: the rules of ARCHITECTURE.md that can be read off the source"),
    ("wasm-tree", "the WASM depends on none of the crates that are kept out of it"),
    ("clippy", "the lints, server side and browser side"),
    ("unit", "tests that need no service"),
    ("domain", "the rules, on SQLite and PostgreSQL"),
    ("server", "the server over HTTP and WebSocket, several nodes with PostgreSQL and Redis"),
    ("end2end", "real browsers through the real server"),
    ("budgets", "the size of what the browser downloads"),
];

/// One run of `cargo xtask test`.
pub struct Session<'a> {
    /// Where everything lies.
    pub workspace: &'a Workspace,
    /// What was found so far.
    pub report: Report,
    /// Arguments for the test runners, to choose tests by name.
    pub extra: Vec<String>,
    postgres: Option<Postgres>,
    is_built: Option<bool>,
}

/// Runs the suites of these names, or all, and tells whether nothing failed.
pub fn test(workspace: &Workspace, names: &[String], extra: Vec<String>) -> Result<bool> {
    if let Some(unknown) = names.iter().find(|name| ALL.iter().all(|(known, _)| known != name)) {
        let known: Vec<_> = ALL.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no suite `{unknown}`; there are {}", known.join(", ")));
    }
    let is_chosen = |suite: &str| names.is_empty() || names.iter().any(|name| name == suite);
    let chosen: Vec<_> = ALL.into_iter().filter(|(suite, _)| is_chosen(suite)).collect();
    let mut session = Session { workspace, report: Report::default(), extra, postgres: None, is_built: None };
    let mut rust_tests = RustTests::new(chosen.iter().map(|(suite, _)| *suite));
    for (suite, about) in chosen {
        say(format_args!("── {suite}: {about}"));
        match suite {
            "fmt" => checks::fmt(&mut session),
            "invariants" => invariants::check(&mut session),
            "wasm-tree" => checks::wasm_tree(&mut session),
            "clippy" => checks::clippy(&mut session),
            "end2end" => end2end(&mut session),
            "budgets" => budgets(&mut session),
            suite => rust_tests.run(&mut session, suite),
        }
        if process::is_stopped() {
            return Err("stopped".to_owned());
        }
    }
    println!("{}", session.report.table());
    Ok(session.report.total().failed == 0)
}

impl Session<'_> {
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
    fn is_built(&mut self, suite: &'static str) -> bool {
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

fn end2end(session: &mut Session) {
    if !session.is_built("end2end") {
        return;
    }
    session.step("end2end", "Playwright", |session| {
        let folder = session.workspace.root.join("end2end");
        let chromium = packages::CHROMIUM.get()?;
        let node = packages::node()?;
        packages::npm_ci(&folder)?;
        let report = session.workspace.target.join("playwright.json");
        std::fs::remove_file(&report).ok();
        // Its own script rather than npx, which would stand between us and the process to be stopped.
        let mut playwright = session.workspace.with_server(node);
        playwright.current_dir(&folder).args(["node_modules/@playwright/test/cli.js", "test", "--reporter=list,json"]);
        playwright.args(&session.extra).env("CHROMIUM", chromium).env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
        let status = process::run_lines(&mut playwright, 2 * LIMIT, |_| {})?;
        let report = std::fs::read_to_string(&report).map_err(|e| format!("Playwright left no report: {e}"))?;
        let count = Count::of_playwright(&report).ok_or("Playwright's report has no counts")?;
        Ok(count.with_status(status.success()))
    });
}

fn budgets(session: &mut Session) {
    if !session.is_built("budgets") {
        // Not measured is not kept.
        session.check("budgets", "measure", |_| Err("nothing was built to measure".to_owned()));
        return;
    }
    for (what, check) in budgets::ALL {
        session.check("budgets", what, check);
    }
}
