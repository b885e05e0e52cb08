//! Search for users by name.

use protocol::{limits::SEARCH_MAX, relationship::Relationship};

use super::{Relationships, queries::relationships};
use crate::{
    Actor, Result,
    rate_limit::LimitedAction,
    text::{self, search_key},
};

impl Relationships<'_> {
    /// Returns the users whose username or display name contains this text, the best match first; at most
    /// [`SEARCH_MAX`](protocol::limits::SEARCH_MAX).
    ///
    /// Users who blocked the actor are included: their absence would reveal the block.
    ///
    /// # Errors
    /// An error on [`Field::Search`] if the text is not accepted.
    pub async fn search(&self, actor: &Actor, text: &str) -> Result<Vec<Relationship>> {
        self.0.limit(actor, LimitedAction::Search)?;
        let key = search_key(&text::search(text)?);
        if key.is_empty() {
            // Accents without a letter: no name matches them, and an empty pattern would match every name.
            return Ok(Vec::new());
        }
        let me = actor.user.uuid();
        let [starts, inside] = [format!("{}%", escape(&key)), format!("%{}%", escape(&key))];
        relationships(self.0.db().read(), me, |sql| {
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
