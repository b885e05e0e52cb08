//! SQL statements with a variable number of rows, which are clearer as SQL than as calls of a query builder.

use sea_orm::{DbBackend, Statement, Value};

/// A builder of SQL statements, for both databases.
#[derive(Debug)]
pub struct Sql(Vec<Part>);

#[derive(Debug)]
enum Part {
    Text(String),
    Value(Value),
    /// Rows as a table of this name.
    Table(Rows, String),
    /// Rows to insert.
    Inserted(Rows),
}

/// The values of rows, one row after the other.
#[derive(Debug)]
struct Rows {
    values: Vec<Value>,
    columns: usize,
}

impl Sql {
    /// Creates a statement that begins with this text.
    pub fn new(text: &str) -> Self {
        Self(vec![Part::Text(text.to_owned())])
    }

    /// Adds text.
    #[must_use]
    pub fn push(mut self, text: &str) -> Self {
        self.0.push(Part::Text(text.to_owned()));
        self
    }

    /// Adds a value as a parameter.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.0.push(Part::Value(value.into()));
        self
    }

    /// Adds rows as a table: `… AS name`, with the columns `column1`, `column2`, …
    ///
    /// The statement's text must not change with the number of rows, so that a prepared statement is found again.
    /// PostgreSQL takes one array per column; for SQLite the last row is repeated until the number of rows is a power
    /// of two. Use this only where a repeated row changes nothing, and with at least one row, whose values are not null.
    #[must_use]
    pub fn table<const N: usize>(mut self, rows: Vec<[Value; N]>, name: &str) -> Self {
        self.0.push(Part::Table(Rows::new(rows), name.to_owned()));
        self
    }

    /// Adds rows to insert, whose values are not null: `VALUES (a, b), (c, d)` or the like.
    #[must_use]
    pub fn rows<const N: usize>(mut self, rows: Vec<[Value; N]>) -> Self {
        self.0.push(Part::Inserted(Rows::new(rows)));
        self
    }

    /// Returns the statements that insert rows, whose values are not null. `into` is the target, as in
    /// `INSERT INTO t (a, b)`.
    pub fn insert<const N: usize>(backend: DbBackend, into: &str, mut rows: Vec<[Value; N]>) -> Vec<Self> {
        let insert = |rows| Self::new(into).push(" ").rows(rows);
        if rows.is_empty() {
            return Vec::new();
        }
        if backend == DbBackend::Postgres {
            return vec![insert(rows)];
        }
        // Powers of two, for the same reason as in `table`.
        let mut statements = Vec::new();
        while let Some(exponent) = rows.len().checked_ilog2() {
            let after = rows.split_off(1 << exponent);
            statements.push(insert(std::mem::replace(&mut rows, after)));
        }
        statements
    }

    /// Joins statements that change different rows into one, which PostgreSQL executes at once. None of them sees what
    /// another one changes.
    pub fn together(statements: Vec<Self>) -> Self {
        let mut all = Self(Vec::new());
        for (n, statement) in statements.into_iter().enumerate() {
            let with = if n == 0 { "WITH" } else { ")," };
            all.0.push(Part::Text(format!("{with} s{n} AS (")));
            all.0.extend(statement.0);
        }
        all.push(") SELECT 1")
    }

    /// Returns the finished statement.
    pub fn build(self, backend: DbBackend) -> Statement {
        let mut text = Text { backend, text: String::new(), values: Vec::new() };
        for part in self.0 {
            match part {
                Part::Text(part) => text.text.push_str(&part),
                Part::Value(value) => text.bind(value),
                Part::Table(rows, name) => text.table(rows, &name),
                Part::Inserted(rows) if text.is_postgres() => {
                    text.text.push_str("SELECT * FROM ");
                    text.arrays(rows);
                }
                Part::Inserted(rows) => text.rows(rows),
            }
        }
        Statement::from_sql_and_values(backend, text.text, text.values)
    }
}

impl Rows {
    fn new<const N: usize>(rows: Vec<[Value; N]>) -> Self {
        Self { values: rows.into_iter().flatten().collect(), columns: N }
    }

    /// Repeats the last row until the number of rows is a power of two.
    fn pad(&mut self) {
        let count = self.values.len() / self.columns.max(1);
        let Some(start) = self.values.len().checked_sub(self.columns) else { return };
        let last: Vec<Value> = self.values.get(start..).unwrap_or_default().to_vec();
        for _ in count..count.next_power_of_two() {
            self.values.extend(last.iter().cloned());
        }
    }
}

/// A statement that is being written for one database.
struct Text {
    backend: DbBackend,
    text: String,
    values: Vec<Value>,
}

impl Text {
    fn is_postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    fn bind(&mut self, value: Value) {
        self.values.push(value);
        if self.is_postgres() {
            self.text.push('$');
            self.text.push_str(&self.values.len().to_string());
        } else {
            // SQLite would search for the name of every numbered parameter among all others.
            self.text.push('?');
        }
    }

    fn table(&mut self, mut rows: Rows, name: &str) {
        if self.is_postgres() {
            let columns: Vec<String> = (1..=rows.columns).map(|n| format!("column{n}")).collect();
            self.arrays(rows);
            self.text.push_str(&format!(" AS {name} ({})", columns.join(", ")));
        } else {
            rows.pad();
            self.text.push('(');
            self.rows(rows);
            self.text.push_str(&format!(") AS {name}"));
        }
    }

    /// Writes `VALUES (a, b), (c, d)`.
    fn rows(&mut self, Rows { values, columns }: Rows) {
        for (n, value) in values.into_iter().enumerate() {
            self.text.push_str(match n {
                0 => "VALUES (",
                n if n.is_multiple_of(columns) => "), (",
                _ => ", ",
            });
            self.bind(value);
        }
        self.text.push(')');
    }

    /// Writes `unnest($1, $2)`.
    fn arrays(&mut self, Rows { values, columns }: Rows) {
        let mut arrays: Vec<Vec<Value>> = (0..columns).map(|_| Vec::new()).collect();
        for (n, value) in values.into_iter().enumerate() {
            if let Some(array) = arrays.get_mut(n % columns.max(1)) {
                array.push(value);
            }
        }
        for (n, array) in arrays.into_iter().enumerate() {
            self.text.push_str(if n == 0 { "unnest(" } else { ", " });
            if let Some(first) = array.first() {
                let kind = first.array_type();
                self.bind(Value::Array(kind, Some(Box::new(array))));
            }
        }
        self.text.push(')');
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
        let text = |backend, count| Sql::new("SELECT * FROM ").table(rows(count), "v").build(backend);
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
        let statements = |backend, count| {
            let all = Sql::insert(backend, "INSERT INTO t (a, b)", rows(count));
            all.into_iter().map(|sql| sql.build(backend)).collect::<Vec<_>>()
        };
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

    #[test]
    fn statements_are_joined_with_their_parameters() {
        let set = |value: i64| Sql::new("UPDATE t SET a = ").bind(value);
        let both = Sql::together(vec![set(1), set(2)]).build(DbBackend::Postgres);
        assert_eq!(both.sql, "WITH s0 AS (UPDATE t SET a = $1), s1 AS (UPDATE t SET a = $2) SELECT 1");
        assert_eq!(both.values.unwrap().0, [1i64.into(), 2i64.into()]);
    }
}
