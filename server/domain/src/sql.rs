//! Statements with a variable number of rows, which are clearer as SQL than as calls to a builder.

use sea_orm::{DbBackend, Statement, Value};

/// A statement in the making. Both databases understand `$1`, `$2` …
#[derive(Debug, Default)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// Begins with this text.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// Adds text.
    #[must_use]
    pub fn push(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Adds a value in its place.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Adds rows: `(a, b), (c, d)`.
    ///
    /// The last row is repeated until their number is a power of two, so that few different texts come about and the
    /// prepared ones are found again. Only for where a repeated row changes nothing.
    #[must_use]
    pub fn rows<const N: usize>(mut self, rows: &[[Value; N]]) -> Self {
        let padding = rows.len().next_power_of_two().saturating_sub(rows.len());
        let last = rows.last().into_iter().cycle().take(padding);
        for (n, row) in rows.iter().chain(last).enumerate() {
            self.text.push_str(if n == 0 { "(" } else { ", (" });
            for (m, value) in row.iter().enumerate() {
                if m > 0 {
                    self.text.push_str(", ");
                }
                self = self.bind(value.clone());
            }
            self.text.push(')');
        }
        self
    }

    /// The finished statement.
    pub fn build(self, backend: DbBackend) -> Statement {
        Statement::from_sql_and_values(backend, self.text, self.values)
    }
}
