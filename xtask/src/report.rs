//! Adds up what the suites found.

use std::{collections::BTreeMap, time::Duration};

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

    /// A runner that ended badly without saying what failed has failed in itself: a crash, an abort, a time limit.
    pub fn with_status(self, is_ok: bool) -> Self {
        if !is_ok && self.failed == 0 { self.and(Self::one(false)) } else { self }
    }
}

/// All steps so far, in the order they were taken.
#[derive(Default)]
pub struct Report {
    steps: Vec<(&'static str, String, Count, Duration)>,
    flaky: Vec<String>,
}

impl Report {
    /// Notes one step of a suite.
    pub fn add(&mut self, suite: &'static str, step: impl Into<String>, count: Count, took: Duration) {
        self.steps.push((suite, step.into(), count, took));
    }

    /// Notes a test that failed at first and passed when it was repeated, and why it failed.
    pub fn add_flaky(&mut self, test: impl Into<String>) {
        self.flaky.push(test.into());
    }

    /// The sum.
    pub fn total(&self) -> Count {
        self.steps.iter().fold(Count::default(), |sum, (_, _, count, _)| sum.and(*count))
    }

    /// The table of all steps with the flaky tests below it and, last and alone on its line, the sum.
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
        for test in &self.flaky {
            table.push_str(&format!("~ flaky: {test}\n"));
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

    #[test]
    fn flaky_tests_stand_in_the_table() {
        let mut report = Report::default();
        report.add("end2end", "Playwright", Count { passed: 4, failed: 0 }, Duration::from_secs(100));
        assert!(!report.table().contains("flaky"));
        report.add_flaky("chat.spec.ts:12 a message is read: the page connects (tab.ts:38)");
        let table = report.table();
        assert!(table.contains("\n~ flaky: chat.spec.ts:12 a message is read: the page connects (tab.ts:38)\n"));
        assert_eq!(table.lines().last(), Some("4 passed, 0 failed"));
    }
}
