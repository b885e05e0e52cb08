//! Looking for people by name.

use protocol::{
    limits::SEARCH_MAX,
    people::{Relation, check_search},
};
use sea_orm::ConnectionTrait;

use super::relations::relations;
use crate::{Actor, Result};

/// See [`People::search`](super::People::search).
pub(super) async fn search(db: &impl ConnectionTrait, actor: &Actor, text: &str) -> Result<Vec<Relation>> {
    let text = check_search(text)?;
    let me = actor.user.uuid();
    let key = text.to_lowercase();
    let [starts, inside] = [format!("{}%", escape(&key)), format!("%{}%", escape(&key))];
    // SQLite, and PostgreSQL in some locales, know capitals of ASCII only. The usual spellings are tried instead.
    let spellings = [text.clone(), key.clone(), text.to_uppercase(), capitalised(&key)];
    relations(db, me, |sql| {
        let mut sql =
            sql.push("u.id <> ").bind(me).push(" AND (u.username_key LIKE ").bind(inside.clone()).push(ESCAPE);
        for spelling in spellings {
            sql = sql.push(" OR u.display_name LIKE ").bind(format!("%{}%", escape(&spelling))).push(ESCAPE);
        }
        sql.push(" OR lower(u.display_name) LIKE ")
            .bind(inside)
            .push(ESCAPE)
            .push(") ORDER BY CASE WHEN u.username_key = ")
            .bind(key)
            .push(" THEN 0 WHEN u.username_key LIKE ")
            .bind(starts.clone())
            .push(ESCAPE)
            .push(" THEN 1 WHEN lower(u.display_name) LIKE ")
            .bind(starts)
            .push(ESCAPE)
            .push(&format!(" THEN 2 ELSE 3 END, u.username_key LIMIT {SEARCH_MAX}"))
    })
    .await
}

const ESCAPE: &str = r" ESCAPE '\'";

/// The text as a part of a pattern.
fn escape(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

/// The text with each word's first letter as a capital.
fn capitalised(text: &str) -> String {
    let mut starts = true;
    text.chars()
        .flat_map(|c| {
            let first = std::mem::replace(&mut starts, c.is_whitespace() || c == '-');
            if first { c.to_uppercase().collect::<Vec<_>>() } else { vec![c] }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert_eq!(escape(r"a_b%\"), r"a\_b\%\\");
        assert_eq!(capitalised("émile de la-tour"), "Émile De La-Tour");
    }
}
