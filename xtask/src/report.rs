//! Adds up what the suites found.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use crate::process;

/// How many tests passed and how many failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Tests that did what they should.
    pub passed: u64,
    /// Tests that did not, and steps that could not be taken.
    pub failed: u64,
}

impl Count {
    /// One test.
    pub fn one(is_ok: bool) -> Self {
        Self { passed: u64::from(is_ok), failed: u64::from(!is_ok) }
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }

    /// The closing line of one test binary: `test result: ok. 3 passed; 0 failed; …`.
    pub fn of_cargo_test(line: &str) -> Option<Self> {
        let counts = line.trim().strip_prefix("test result: ")?;
        let (_, counts) = counts.split_once(". ")?;
        let before = |word| counts.split("; ").find_map(|part| part.strip_suffix(word)?.trim().parse().ok());
        Some(Self { passed: before(" passed")?, failed: before(" failed")? })
    }

    /// Playwright's JSON report. A test that passed at a later try has passed; an error outside of any test, such as a
    /// spec that does not compile, is a failure of its own.
    pub fn of_playwright(report: &str) -> Option<Self> {
        let report: Value = serde_json::from_str(report).ok()?;
        let stats = report.get("stats")?;
        let stat = |name| stats.get(name).and_then(Value::as_u64);
        let errors = report.get("errors").and_then(Value::as_array).map_or(0, Vec::len);
        Some(Self {
            passed: stat("expected")? + stat("flaky")?,
            failed: stat("unexpected")? + u64::try_from(errors).ok()?,
        })
    }

    /// A runner that ended badly without saying what failed has failed in itself: a crash, an abort, a time limit.
    pub fn with_status(self, is_ok: bool) -> Self {
        if !is_ok && self.failed == 0 { self.and(Self::one(false)) } else { self }
    }
}

/// All steps so far, in the order they were taken.
#[derive(Default)]
pub struct Report {
    steps: Vec<(&'static str, String, Count, Duration)>,
}

impl Report {
    /// Notes one step of a suite.
    pub fn add(&mut self, suite: &'static str, step: impl Into<String>, count: Count, took: Duration) {
        self.steps.push((suite, step.into(), count, took));
    }

    /// The sum.
    pub fn total(&self) -> Count {
        self.steps.iter().fold(Count::default(), |sum, (_, _, count, _)| sum.and(*count))
    }

    /// The table of all steps and, last and alone on its line, the sum.
    pub fn table(&self) -> String {
        let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or_default();
        let suite_width = widest(&mut self.steps.iter().map(|(suite, ..)| suite.len()));
        let step_width = widest(&mut self.steps.iter().map(|(_, step, ..)| step.chars().count()));
        let mut table = String::from("\n");
        let mut times = BTreeMap::new();
        for (suite, step, Count { passed, failed }, took) in &self.steps {
            *times.entry(*suite).or_insert(Duration::ZERO) += *took;
            let mark = if *failed == 0 { "✓" } else { "✗" };
            let took = process::seconds(*took);
            table.push_str(&format!(
                "{mark} {suite:suite_width$}  {step:step_width$}  {passed:5} ok {failed:4} bad  {took:>8}\n"
            ));
        }
        let sums = times.iter().map(|(suite, took)| format!("{suite} {}", process::seconds(*took)));
        let Count { passed, failed } = self.total();
        table + &format!("\n{}\n\n{passed} passed, {failed} failed", sums.collect::<Vec<_>>().join(" · "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_test_lines_are_read() {
        let ok = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.02s";
        assert_eq!(Count::of_cargo_test(ok), Some(Count { passed: 12, failed: 0 }));
        let bad = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.2s\r";
        assert_eq!(Count::of_cargo_test(bad), Some(Count { passed: 1, failed: 2 }));
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in
            ["", "running 3 tests", "test result: ok", "test a::b ... ok", "note: test result: ok. 1 passed; 0 failed"]
        {
            assert_eq!(Count::of_cargo_test(line), None, "{line}");
        }
    }

    #[test]
    fn playwright_reports_are_read() {
        let report = r#"{"errors": [], "stats": {"expected": 7, "skipped": 1, "unexpected": 2, "flaky": 1}}"#;
        assert_eq!(Count::of_playwright(report), Some(Count { passed: 8, failed: 2 }));
        let broken =
            r#"{"errors": [{"message": "no"}], "stats": {"expected": 0, "skipped": 0, "unexpected": 0, "flaky": 0}}"#;
        assert_eq!(Count::of_playwright(broken), Some(Count { passed: 0, failed: 1 }));
        assert_eq!(Count::of_playwright("{}"), None);
    }

    #[test]
    fn a_silent_failure_counts_once() {
        assert_eq!(Count::default().with_status(false), Count { passed: 0, failed: 1 });
        assert_eq!(Count { passed: 3, failed: 2 }.with_status(false), Count { passed: 3, failed: 2 });
        assert_eq!(Count { passed: 3, failed: 0 }.with_status(true), Count { passed: 3, failed: 0 });
    }

    #[test]
    fn the_sum_stands_alone_on_the_last_line() {
        let mut report = Report::default();
        report.add("fmt", "rustfmt", Count::one(true), Duration::from_secs(1));
        report.add("unit", "protocol", Count { passed: 4, failed: 1 }, Duration::from_secs(100));
        assert_eq!(report.table().lines().last(), Some("5 passed, 1 failed"));
    }
}
