//! SQL statements with a variable number of rows, which are clearer as SQL than as calls of a query builder.

use sea_orm::{DbBackend, Statement, Value};

/// A builder of SQL statements.
#[derive(Debug)]
pub struct Sql {
    backend: DbBackend,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// Creates a statement that begins with this text.
    pub fn new(backend: DbBackend, text: &str) -> Self {
        Self { backend, text: text.to_owned(), values: Vec::new() }
    }

    /// Adds text.
    #[must_use]
    pub fn push(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Adds a value as a parameter.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        if self.is_postgres() {
            self.text.push('$');
            self.text.push_str(&self.values.len().to_string());
        } else {
            // SQLite would search for the name of every numbered parameter among all others.
            self.text.push('?');
        }
        self
    }

    /// Adds rows as a table: `… AS name`, with the columns `column1`, `column2`, …
    ///
    /// The statement's text must not change with the number of rows, so that a prepared statement is found again.
    /// PostgreSQL takes one array per column; for SQLite the last row is repeated until the number of rows is a power
    /// of two. Use this only where a repeated row changes nothing, and with at least one row.
    #[must_use]
    pub fn table<const N: usize>(self, rows: &[[Value; N]], name: &str) -> Self {
        if self.is_postgres() {
            let columns: Vec<String> = (1..=N).map(|n| format!("column{n}")).collect();
            return self.arrays(rows).push(&format!(" AS {name} ({})", columns.join(", ")));
        }
        let padding = rows.len().next_power_of_two().saturating_sub(rows.len());
        let last = rows.last().into_iter().cycle().take(padding);
        self.push("(").values(rows.iter().chain(last)).push(&format!(") AS {name}"))
    }

    /// Returns the statements that insert rows. `into` is the target, as in `INSERT INTO t (a, b)`.
    pub fn insert<const N: usize>(backend: DbBackend, into: &str, rows: &[[Value; N]]) -> Vec<Statement> {
        let begin = || Self::new(backend, into).push(" ");
        if rows.is_empty() {
            return Vec::new();
        }
        if backend == DbBackend::Postgres {
            return vec![begin().push("SELECT * FROM ").arrays(rows).build()];
        }
        let mut statements = Vec::new();
        let mut rest = rows;
        while let Some(exponent) = rest.len().checked_ilog2() {
            let (chunk, after) = rest.split_at(1 << exponent);
            statements.push(begin().values(chunk.iter()).build());
            rest = after;
        }
        statements
    }

    /// Adds `VALUES (a, b), (c, d)`.
    fn values<'a, const N: usize>(mut self, rows: impl Iterator<Item = &'a [Value; N]>) -> Self {
        for (n, row) in rows.enumerate() {
            self.text.push_str(if n == 0 { "VALUES (" } else { ", (" });
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

    /// Adds `unnest($1, $2)`.
    fn arrays<const N: usize>(mut self, rows: &[[Value; N]]) -> Self {
        for n in 0..N {
            let column: Vec<Value> = rows.iter().filter_map(|row| row.get(n)).cloned().collect();
            self = self.push(if n == 0 { "unnest(" } else { ", " });
            if let Some(first) = column.first() {
                let kind = first.array_type();
                self = self.bind(Value::Array(kind, Some(Box::new(column))));
            }
        }
        self.push(")")
    }

    fn is_postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    /// Returns the finished statement.
    pub fn build(self) -> Statement {
        Statement::from_sql_and_values(self.backend, self.text, self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: i64) -> Vec<[Value; 2]> {
        (0..count).map(|n| [n.into(), n.to_string().into()]).collect()
    }

    #[test]
    fn a_table_has_a_text_for_each_power_of_two_or_one_for_all() {
        let text = |backend, count| Sql::new(backend, "SELECT * FROM ").table(&rows(count), "v").build();
        let three = text(DbBackend::Sqlite, 3);
        assert_eq!(three.sql, "SELECT * FROM (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AS v");
        assert_eq!(three.values.as_ref().map(|values| values.0.len()), Some(8));
        assert_eq!(three.sql, text(DbBackend::Sqlite, 4).sql);
        let three = text(DbBackend::Postgres, 3);
        assert_eq!(three.sql, "SELECT * FROM unnest($1, $2) AS v (column1, column2)");
        assert_eq!(three.sql, text(DbBackend::Postgres, 100).sql);
    }

    #[test]
    fn each_row_is_inserted_once() {
        let statements = |backend, count| Sql::insert(backend, "INSERT INTO t (a, b)", &rows(count));
        let sizes = |count| {
            let values = |statement: Statement| statement.values.map_or(0, |values| values.0.len());
            statements(DbBackend::Sqlite, count).into_iter().map(values).collect::<Vec<_>>()
        };
        assert_eq!(sizes(0), Vec::<usize>::new());
        assert_eq!(sizes(1), [2]);
        assert_eq!(sizes(100), [128, 64, 8]);
        let one = statements(DbBackend::Postgres, 100);
        assert_eq!(one.len(), 1);
        assert_eq!(one[0].sql, "INSERT INTO t (a, b) SELECT * FROM unnest($1, $2)");
        assert!(statements(DbBackend::Postgres, 0).is_empty());
    }
}
