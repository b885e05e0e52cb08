//! The tests that cargo builds. One build for all suites of a run, then each binary by itself: a `cargo test -p` for
//! each package would compile the dependencies anew for each set of features.

use std::{path::PathBuf, time::Instant};

use serde_json::Value;

use crate::{
    checks, packages,
    process::{self, Result, say},
    report::Count,
    session::{LIMIT, Session},
    workspace::Workspace,
};

/// The tests of the suites that were chosen.
pub struct RustTests {
    suites: Vec<&'static str>,
    built: Option<Built>,
}

#[derive(Default)]
struct Built {
    binaries: Vec<Binary>,
}

/// One test binary.
struct Binary {
    package: String,
    target: String,
    kind: String,
    folder: PathBuf,
    executable: PathBuf,
}

impl RustTests {
    /// Those among the suites that are made of cargo's tests.
    pub fn new(chosen: impl Iterator<Item = &'static str>) -> Self {
        Self { suites: chosen.filter(|suite| ["unit", "domain", "server"].contains(suite)).collect(), built: None }
    }

    /// Runs one suite, after building all of them the first time.
    pub fn run(&mut self, session: &mut Session, suite: &'static str) {
        if self.built.is_none() {
            let start = Instant::now();
            let packages: Vec<_> = self.suites.iter().flat_map(|suite| packages_of(session.workspace, suite)).collect();
            let mut built = Built::default();
            let result = build(session.workspace, &packages, &mut built.binaries);
            if let Err(e) = &result {
                say(format_args!("✗ {e}"));
            }
            session.report.add(
                suite,
                "build of the tests",
                Count { failed: u64::from(result.is_err()), passed: 0 },
                start.elapsed(),
            );
            self.built = Some(built);
        }
        let packages = packages_of(session.workspace, suite);
        let binaries = self.built.iter().flat_map(|built| &built.binaries);
        let mut has_run = false;
        for binary in binaries.filter(|binary| packages.contains(&binary.package.as_str())) {
            has_run = true;
            let step = if binary.kind == "test" {
                format!("{}: {}", binary.package, binary.target)
            } else {
                format!("{} ({})", binary.package, binary.kind)
            };
            session.step(suite, &step, |session| binary.run(session, suite));
            if process::is_stopped() {
                return;
            }
        }
        if !has_run {
            session.check(suite, "tests", |_| Err("there is none that could be built".to_owned()));
        }
    }
}

/// A suite named after a package tests that package; the rest of the server side needs no service.
fn packages_of<'a>(workspace: &'a Workspace, suite: &str) -> Vec<&'a str> {
    let is_own = |package: &str| ["domain", "server"].contains(&package);
    let all = checks::server_side(workspace).into_iter();
    all.filter(|package| if suite == "unit" { !is_own(package) } else { *package == suite }).collect()
}

fn build(workspace: &Workspace, packages: &[&str], binaries: &mut Vec<Binary>) -> Result<()> {
    let mut build = workspace.command("cargo");
    // Not `cargo test --no-run`, which stops at the first package that does not compile.
    build.args(["build", "--tests", "--keep-going", "--message-format=json-render-diagnostics"]);
    build.args(packages.iter().flat_map(|package| ["-p", package]));
    if packages.contains(&"app") {
        build.arg("--features=app/ssr");
    }
    let status = process::run_reporting(&mut build, 3 * LIMIT, |line| binaries.extend(Binary::of_message(line)))?;
    binaries.sort_by(|a, b| (&a.package, &a.kind, &a.target).cmp(&(&b.package, &b.kind, &b.target)));
    if status.success() { Ok(()) } else { Err("not all tests could be built".to_owned()) }
}

impl Binary {
    /// Reads one of cargo's messages; most are about other things.
    fn of_message(line: &str) -> Option<Self> {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_test = message.get("profile")?.get("test")?.as_bool()?;
        let executable = message.get("executable")?.as_str()?;
        let folder = PathBuf::from(message.get("manifest_path")?.as_str()?).parent()?.to_owned();
        let target = message.get("target")?;
        // `path+file:///…/app/protocol#0.1.0`, or `…/server/bench#weconnect-bench@0.1.0` where folder and name differ.
        let (path, version) = message.get("package_id")?.as_str()?.rsplit_once('#')?;
        let package = version.split_once('@').map_or_else(|| path.rsplit('/').next(), |(name, _)| Some(name))?;
        is_test.then_some(Self {
            package: package.to_owned(),
            target: target.get("name")?.as_str()?.to_owned(),
            kind: target.get("kind")?.get(0)?.as_str()?.to_owned(),
            folder,
            executable: executable.into(),
        })
    }

    fn run(&self, session: &mut Session, suite: &str) -> Result<Count> {
        let mut test = session.workspace.command(&self.executable);
        // As `cargo test` would have it.
        test.current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder).args(&session.extra);
        if suite != "unit" {
            test.env("TEST_POSTGRES_URL", session.postgres()?);
        }
        if suite == "server" {
            test.env("TEST_REDIS_SERVER", packages::REDIS.get()?);
            test.env("TEST_PGBOUNCER", packages::PGBOUNCER.get()?);
        }
        let mut count = Count::default();
        let status = process::run_lines(&mut test, LIMIT, |line| {
            count = count.and(Count::of_cargo_test(line).unwrap_or_default())
        })?;
        Ok(count.with_status(status.success()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_binaries_are_found_among_cargos_messages() {
        let message = |id: &str, is_test| {
            format!(
                r#"{{"reason":"compiler-artifact","package_id":"{id}","manifest_path":"/w/app/protocol/Cargo.toml",
                "target":{{"kind":["lib"],"name":"protocol"}},"profile":{{"test":{is_test}}},"executable":"/t/protocol-1"}}"#
            )
        };
        let binary = Binary::of_message(&message("path+file:///w/app/protocol#0.1.0", true)).unwrap();
        assert_eq!((binary.package.as_str(), binary.folder.to_str()), ("protocol", Some("/w/app/protocol")));
        let binary = Binary::of_message(&message("path+file:///w/app/protocol#wire@0.1.0", true)).unwrap();
        assert_eq!(binary.package, "wire");
        assert!(Binary::of_message(&message("path+file:///w/app/protocol#0.1.0", false)).is_none());
        assert!(Binary::of_message(r#"{"reason":"build-finished","success":true}"#).is_none());
    }
}
