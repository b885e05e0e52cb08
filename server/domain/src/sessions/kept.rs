//! Texts that one page leaves for the next, too long for a cookie: what was typed into a plain form that was refused.
//!
//! They lie among the sessions, as rows of nobody: on every node at once, under the hash of a token, and removed when they
//! expire. No cookie of a session finds one, since their hashes are made otherwise.

use protocol::Millis;
use sea_orm::EntityTrait;
use sha2::{Digest, Sha256};

use super::{Entry, Sessions};
use crate::{Result, entities::session, token};

/// The hash under which the text of a token lies.
fn key(token: &str) -> [u8; 32] {
    Sha256::new().chain_update(b"kept text: ").chain_update(token).finalize().into()
}

impl Sessions<'_> {
    /// Keeps a text for so many milliseconds. Returns the token by which it is found.
    ///
    /// # Errors
    /// What the database says.
    pub async fn keep(&self, text: String, lifetime: Millis) -> Result<String> {
        let token = token::generate()?;
        let expires_at = self.domain.now().saturating_add(lifetime);
        self.create(&key(&token), Entry { data: text, expires_at, ..Entry::default() }).await?;
        Ok(token)
    }

    /// Returns a text that is kept, as long as it is.
    ///
    /// # Errors
    /// What the database says.
    pub async fn kept(&self, token: &str) -> Result<Option<String>> {
        Ok(self.load(&key(token)).await?.map(|(text, _)| text))
    }

    /// Forgets a text.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget(&self, token: &str) -> Result<()> {
        session::Entity::delete_by_id(key(token).to_vec()).exec(self.domain.db().write()).await?;
        Ok(())
    }
}
