//! Texts that one page stores for the next and that are too long for a cookie: the input of a plain form that was
//! refused.
//!
//! They are stored in the table of sessions, as rows without a user: so every node has them, under the hash of a token,
//! and they are removed when they expire. No session cookie can find one, since the hashes of sessions are made
//! differently.

use protocol::{Millis, UserId};
use sea_orm::EntityTrait;
use sha2::{Digest, Sha256};

use super::{Entry, Sessions};
use crate::{
    Client, Result,
    entities::session,
    rate_limit::{LimitedAction, RateLimitKey},
    token,
};

/// Returns the hash under which the text of a token is stored.
fn key(token: &str) -> [u8; 32] {
    Sha256::new().chain_update(b"kept text: ").chain_update(token).finalize().into()
}

impl Sessions<'_> {
    /// Stores a text for this many milliseconds. Returns the token by which it is found.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`](protocol::ErrorKind::RateLimited).
    pub async fn keep(&self, client: Client, user: Option<UserId>, text: String, lifetime: Millis) -> Result<String> {
        self.domain.limit_of(client, LimitedAction::Keep, user.map(RateLimitKey::User))?;
        let token = token::generate()?;
        let expires_at = self.domain.now().saturating_add(lifetime);
        self.create(&key(&token), Entry { data: text, expires_at, ..Entry::default() }).await?;
        Ok(token)
    }

    /// Returns a stored text, unless it has expired.
    ///
    /// # Errors
    /// The database's error.
    pub async fn kept(&self, token: &str) -> Result<Option<String>> {
        Ok(self.load(&key(token)).await?.map(|(text, _)| text))
    }

    /// Deletes a text.
    ///
    /// # Errors
    /// The database's error.
    pub async fn forget(&self, token: &str) -> Result<()> {
        session::Entity::delete_by_id(key(token).to_vec()).exec(self.domain.db().write()).await?;
        Ok(())
    }
}
