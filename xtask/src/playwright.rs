//! Reads Playwright's JSON report: what passed, what failed, and what passed only when it ran alone.

use std::{collections::VecDeque, fmt, path::Path};

use serde_json::Value;

use crate::report::Count;

/// The most flaky tests of a run that passes. One or two may be the machine's fault; more are a race to be found.
const MAX_FLAKY: usize = 2;

/// The results of one run of Playwright.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// A flaky test has passed. An error outside of any test, such as a spec that does not compile, is a failure of its
    /// own, and so are more than [`MAX_FLAKY`] flaky tests.
    pub count: Count,
    /// The tests that failed and then passed.
    pub flaky: Vec<Flaky>,
}

/// A test that failed among others and passed alone.
#[derive(Debug, PartialEq, Eq)]
pub struct Flaky {
    /// The file and line of the test, and its title.
    test: String,
    /// The first line of the first error, and the element that the test waited for.
    waited_for: String,
    /// The file and line where the test waited.
    place: Option<String>,
}

impl Outcome {
    /// Reads a report. `None` if it lacks the counts.
    pub fn read(report: &str) -> Option<Self> {
        let report: Value = serde_json::from_str(report).ok()?;
        let stats = report.get("stats")?;
        let stat = |name| stats.get(name).and_then(Value::as_u64);
        let errors = u64::try_from(items(&report, "errors").len()).ok()?;
        let count = Count { passed: stat("expected")? + stat("flaky")?, failed: stat("unexpected")? + errors };
        let flaky = flaky_tests(&report);
        let is_too_flaky = flaky.len() > MAX_FLAKY;
        Some(Self { count: if is_too_flaky { count.and(Count::one(false)) } else { count }, flaky })
    }
}

impl fmt::Display for Flaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.test, self.waited_for)?;
        self.place.iter().try_for_each(|place| write!(f, " ({place})"))
    }
}

/// A suite is a file or a `describe` in it, and contains suites and specs.
fn flaky_tests(report: &Value) -> Vec<Flaky> {
    let mut suites: VecDeque<_> = items(report, "suites").iter().collect();
    let mut flaky = Vec::new();
    while let Some(suite) = suites.pop_front() {
        suites.extend(items(suite, "suites"));
        for spec in items(suite, "specs") {
            let tests = items(spec, "tests").iter().filter(|test| text(test, "status") == "flaky");
            flaky.extend(tests.map(|test| read_flaky(spec, test)));
        }
    }
    flaky
}

fn read_flaky(spec: &Value, test: &Value) -> Flaky {
    let errors = items(test, "results").first().map_or(&[][..], |first| items(first, "errors"));
    // A test that ran out of time has an error that says only this, before the one with the place where it waited.
    let error = errors.iter().find(|error| error.get("location").is_some()).or(errors.first());
    Flaky {
        test: format!("{} {}", place(spec), text(spec, "title")),
        waited_for: error.map_or_else(|| "no error".to_owned(), |error| waited_for(text(error, "message"))),
        place: error.and_then(|error| error.get("location")).map(place),
    }
}

/// The first line of an error says what was expected, and a later one of which element.
fn waited_for(message: &str) -> String {
    let message = without_colours(message);
    let mut lines = message.lines().map(|line| line.trim_start_matches([' ', '-']));
    let first = lines.next().unwrap_or_default();
    let first = first.strip_prefix("Error: ").unwrap_or(first);
    match lines.find(|line| line.starts_with("Locator: ") || line.starts_with("waiting for ")) {
        Some(element) => format!("{first}, {element}"),
        None => first.to_owned(),
    }
}

/// Removes the escape sequences for colours: `ESC [ … m`.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}

fn place(at: &Value) -> String {
    let file = Path::new(text(at, "file")).file_name().unwrap_or_default().to_string_lossy();
    format!("{file}:{}", at.get("line").and_then(Value::as_u64).unwrap_or_default())
}

fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A report in which so many tests, in a `describe`, failed with these errors and then passed.
    fn report(flaky: usize, errors: Value) -> String {
        let results = json!([{"status": "failed", "errors": errors}, {"status": "passed", "errors": []}]);
        let spec = |title, line, status| {
            json!({"title": title, "file": "chat.spec.ts", "line": line,
                   "tests": [{"status": status, "results": results}]})
        };
        json!({
            "errors": [],
            "stats": {"expected": 7, "skipped": 1, "unexpected": 2, "flaky": flaky},
            "suites": [{
                "specs": [spec("a message arrives", 5, "expected"), spec("a message is kept", 9, "unexpected")],
                "suites": [{"specs": vec![spec("a message is read", 12, "flaky"); flaky]}],
            }],
        })
        .to_string()
    }

    fn lines(errors: Value) -> Vec<String> {
        Outcome::read(&report(1, errors)).unwrap().flaky.iter().map(Flaky::to_string).collect()
    }

    #[test]
    fn a_flaky_test_has_passed() {
        let outcome = Outcome::read(&report(2, json!([]))).unwrap();
        assert_eq!(outcome.count, Count { passed: 9, failed: 2 });
        assert_eq!(outcome.flaky.len(), 2);
    }

    #[test]
    fn more_flaky_tests_than_allowed_are_a_failure() {
        let outcome = Outcome::read(&report(3, json!([]))).unwrap();
        assert_eq!(outcome.count, Count { passed: 10, failed: 3 });
        assert_eq!(outcome.flaky.len(), 3);
    }

    #[test]
    fn an_error_outside_of_tests_is_a_failure() {
        let report = r#"{"errors": [{"message": "no"}], "stats": {"expected": 0, "unexpected": 0, "flaky": 0}}"#;
        assert_eq!(Outcome::read(report).unwrap().count, Count { passed: 0, failed: 1 });
        assert_eq!(Outcome::read("{}"), None);
        assert_eq!(Outcome::read("Error: no tests found"), None);
    }

    #[test]
    fn a_flaky_test_names_the_element_it_waited_for() {
        let message = "Error: \u{1b}[2mexpect(\u{1b}[22m\u{1b}[31mlocator\u{1b}[39m\u{1b}[2m).\u{1b}[22mtoBeVisible() \
                       failed\n\nLocator: getByText('Hello')\nExpected: visible\nTimeout: 10000ms";
        let location = json!({"file": "/there/end2end/support/tab.ts", "line": 88, "column": 3});
        assert_eq!(
            lines(json!([{"message": message, "location": location}])),
            ["chat.spec.ts:12 a message is read: expect(locator).toBeVisible() failed, Locator: getByText('Hello') \
              (tab.ts:88)"]
        );
    }

    #[test]
    fn a_test_that_ran_out_of_time_names_the_place_where_it_waited() {
        let out_of_time = json!({"message": "\u{1b}[31mTest timeout of 60000ms exceeded.\u{1b}[39m"});
        let message = "Error: locator.click: Test timeout of 60000ms exceeded.\nCall log:\n\u{1b}[2m  - waiting for \
                       getByRole('button', { name: 'Send' })\u{1b}[22m\n";
        let click = json!({"message": message, "location": {"file": "/there/chat.spec.ts", "line": 14, "column": 3}});
        assert_eq!(
            lines(json!([out_of_time, click])),
            ["chat.spec.ts:12 a message is read: locator.click: Test timeout of 60000ms exceeded., waiting for \
              getByRole('button', { name: 'Send' }) (chat.spec.ts:14)"]
        );
        assert_eq!(
            lines(json!([out_of_time])),
            ["chat.spec.ts:12 a message is read: Test timeout of 60000ms exceeded."]
        );
    }

    #[test]
    fn only_the_first_error_is_named() {
        let poll = "Error: the page connects\n\nthe page connects\n\nexpect(received).toBe(expected)";
        let error = |message, line| json!({"message": message, "location": {"file": "tab.ts", "line": line}});
        assert_eq!(
            lines(json!([error(poll, 38), error("Error: another", 40)])),
            ["chat.spec.ts:12 a message is read: the page connects (tab.ts:38)"]
        );
    }
}
