//! The suites of `cargo xtask test`: what each needs, how it runs, what it counts.

use crate::{
    budgets, checks, invariants, packages,
    playwright::Outcome,
    process::{self, Result, say},
    rust_tests::RustTests,
    session::{LIMIT, Session},
    workspace::Workspace,
};

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

/// Runs the suites of these names, or all, and tells whether nothing failed.
pub fn test(workspace: &Workspace, names: &[String], extra: Vec<String>) -> Result<bool> {
    if let Some(unknown) = names.iter().find(|name| ALL.iter().all(|(known, _)| known != name)) {
        let known: Vec<_> = ALL.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no suite `{unknown}`; there are {}", known.join(", ")));
    }
    let is_chosen = |suite: &str| names.is_empty() || names.iter().any(|name| name == suite);
    let chosen: Vec<_> = ALL.into_iter().filter(|(suite, _)| is_chosen(suite)).collect();
    let mut session = Session::new(workspace, extra);
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
        let outcome = Outcome::read(&report).ok_or("Playwright's report has no counts")?;
        outcome.flaky.iter().for_each(|test| session.report.add_flaky(test.to_string()));
        Ok(outcome.count.with_status(status.success()))
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
