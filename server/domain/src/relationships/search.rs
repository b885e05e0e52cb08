//! Search for users by name.

use protocol::{limits::SEARCH_MAX, relationship::Relationship};
use sea_orm::ConnectionTrait;

use super::queries::relationships;
use crate::{
    Actor, Result,
    text::{self, search_key},
};

/// Implements [`Relationships::search`](super::Relationships::search).
pub(super) async fn search(db: &impl ConnectionTrait, actor: &Actor, text: &str) -> Result<Vec<Relationship>> {
    let key = search_key(&text::search(text)?);
    if key.is_empty() {
        // Accents without a letter: no name matches them, and an empty pattern would match every name.
        return Ok(Vec::new());
    }
    let me = actor.user.uuid();
    let [starts, inside] = [format!("{}%", escape(&key)), format!("%{}%", escape(&key))];
    relationships(db, me, |sql| {
        sql.push("u.id <> ")
            .bind(me)
            .push(" AND (u.username_key LIKE ")
            .bind(inside.clone())
            .push(ESCAPE)
            .push(" OR u.display_key LIKE ")
            .bind(inside)
            .push(ESCAPE)
            .push(") ORDER BY CASE WHEN u.username_key = ")
            .bind(key)
            .push(" THEN 0 WHEN u.username_key LIKE ")
            .bind(starts.clone())
            .push(ESCAPE)
            .push(" THEN 1 WHEN u.display_key LIKE ")
            .bind(starts)
            .push(ESCAPE)
            .push(&format!(" THEN 2 ELSE 3 END, u.username_key LIMIT {SEARCH_MAX}"))
    })
    .await
}

const ESCAPE: &str = r" ESCAPE '\'";

/// Escapes a text for use in a `LIKE` pattern.
fn escape(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert_eq!(escape(r"a_b%\"), r"a\_b\%\\");
    }
}
