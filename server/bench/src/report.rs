//! The report of the figures, for people and for programs.

use std::{fmt::Write, fs, path::Path};

use serde::Serialize;

use crate::{
    args::Kind,
    client::Fault,
    error::{Context, Result},
};

/// A figure.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    what: String,
    database: Option<&'static str>,
    unit: &'static str,
    figure: f64,
    budget: Option<Budget>,
    /// The bare room's figure, from the same run.
    bare: Option<f64>,
    note: String,
}

/// The budget of a figure. A missed budget is reported, but nothing fails.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Budget {
    /// At most this value.
    AtMost(f64),
    /// At least this value.
    AtLeast(f64),
}

impl Row {
    /// Creates a figure.
    pub fn new(what: impl Into<String>, database: Option<Kind>, figure: f64, unit: &'static str) -> Self {
        let database = database.map(Kind::name);
        Self { what: what.into(), database, unit, figure, budget: None, bare: None, note: String::new() }
    }

    /// Sets the budget.
    #[must_use]
    pub const fn budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Sets the bare room's figure.
    #[must_use]
    pub const fn beside(mut self, bare: f64) -> Self {
        self.bare = Some(bare);
        self
    }

    /// Sets a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    fn verdict(&self) -> String {
        let Some(budget) = self.budget else { return String::new() };
        let (limit, over) = match budget {
            Budget::AtMost(limit) => (limit, self.figure - limit),
            Budget::AtLeast(limit) => (limit, limit - self.figure),
        };
        let by = format!("{} ({:.0}%)", number(over.abs()), 100.0 * over.abs() / limit);
        if over > 0.0 { format!("MISSED by {by}") } else { format!("met, {by} to spare") }
    }

    fn cells(&self) -> [String; 7] {
        let budget = self.budget.map_or_else(String::new, |budget| match budget {
            Budget::AtMost(limit) => format!("≤ {}", number(limit)),
            Budget::AtLeast(limit) => format!("≥ {}", number(limit)),
        });
        let bare = self.bare.map_or_else(String::new, number);
        let ratio =
            self.bare.filter(|bare| *bare > 0.0).map_or_else(String::new, |bare| format!("{:.2}", self.figure / bare));
        let what = self.database.map_or_else(|| self.what.clone(), |database| format!("{}, {database}", self.what));
        [what, format!("{} {}", number(self.figure), self.unit), budget, self.verdict(), bare, ratio, self.note.clone()]
    }
}

/// Formats a figure with a sensible number of digits, and with separators between thousands.
fn number(value: f64) -> String {
    if value.abs() < 9.995 {
        return format!("{value:.2}");
    }
    if value.abs() < 99.95 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut out = String::with_capacity(digits.len() + 4);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The report of a run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The conditions of the measurement.
    pub setting: Vec<String>,
    rows: Vec<Row>,
    /// The faults that were found, as text.
    faults: Vec<String>,
}

impl Report {
    /// Adds a figure.
    pub fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Records a fault if there is one.
    pub fn check(&mut self, what: &str, fault: Fault) {
        if !fault.is_none() {
            let Fault { lost, doubled, reordered } = fault;
            self.faults.push(format!("{what}: {lost} messages lost, {doubled} doubled, {reordered} out of order"));
        }
    }

    /// Returns whether no message was lost, received twice or out of order.
    pub const fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    /// Returns the report as a table.
    pub fn table(&self) -> String {
        let head = ["what", "figure", "budget", "verdict", "bare room", "ratio", "note"].map(str::to_owned);
        let rows: Vec<[String; 7]> = [head].into_iter().chain(self.rows.iter().map(Row::cells)).collect();
        let mut widths = [0; 7];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let mut out = String::new();
        for line in &self.setting {
            writeln!(out, "{line}").ok();
        }
        out.push('\n');
        for (n, row) in rows.iter().enumerate() {
            line(&mut out, row, &widths);
            if n == 0 {
                line(&mut out, &widths.map(|width| "-".repeat(width)), &widths);
            }
        }
        out.push('\n');
        match self.faults.as_slice() {
            [] => out.push_str("Nothing was lost, doubled or out of order.\n"),
            faults => faults.iter().for_each(|fault| out.push_str(&format!("FAULT in {fault}\n"))),
        }
        out
    }

    /// Writes the report to a file as JSON.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub fn write_json(&self, path: &Path) -> Result<()> {
        fs::write(path, serde_json::to_vec_pretty(self)?).context(path.display())
    }
}

fn line(out: &mut String, cells: &[String; 7], widths: &[usize; 7]) {
    let cells: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
    out.push_str("| ");
    out.push_str(&cells.join(" | "));
    out.push_str(" |\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_say_by_how_much() {
        let row = |figure| Row::new("x", None, figure, "ms").budget(Budget::AtMost(5.0));
        assert_eq!(row(4.0).verdict(), "met, 1.00 (20%) to spare");
        assert_eq!(row(7.5).verdict(), "MISSED by 2.50 (50%)");
        let row = Row::new("x", None, 12_345.6, "/s").budget(Budget::AtLeast(10_000.0)).beside(24_691.2);
        assert_eq!(row.cells()[1..6], ["12,346 /s", "≥ 10,000", "met, 2,346 (23%) to spare", "24,691", "0.50"]);
    }

    #[test]
    fn numbers() {
        assert_eq!(
            [0.5, 12.34, 123.4, 1_234.5, 1_234_567.0].map(number),
            ["0.50", "12.3", "123", "1,234", "1,234,567"]
        );
    }

    #[test]
    fn a_fault_is_told() {
        let mut report = Report::default();
        report.check("room", Fault::default());
        assert!(report.is_sound());
        report.check("room", Fault { lost: 1, ..Fault::default() });
        assert!(!report.is_sound() && report.table().contains("FAULT in room: 1 messages lost"));
    }
}
