//! Sessions: as rows, for the session store of the server, and as a list, for the user they belong to.
//!
//! The id that the browser holds is hashed before it gets here, so somebody who reads the table can't take a session
//! over. A session is named by a handle, which grants no access, and which stays the same when the id changes.

mod agent;
mod kept;
mod own;

use protocol::{Millis, SessionHandle, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, TryInsertResult, prelude::Expr};
use uuid::Uuid;

pub(crate) use self::own::{end_all, end_others, live_of};
use crate::{
    Domain, Result,
    entities::session,
    live::{Envelope, To},
};

/// The key under which a session's data names the signed-in user.
pub const USER_KEY: &str = "user";
/// The key of the session's handle.
pub const HANDLE_KEY: &str = "handle";
/// The key of the browser's `User-Agent` at sign-in.
pub const AGENT_KEY: &str = "agent";
/// The key of the [`PendingSignIn`](crate::accounts::PendingSignIn) of a user who has entered the password, but no code
/// yet. That user is not signed in.
pub const PENDING_KEY: &str = "pending";

/// The longest `User-Agent` that is kept, in characters.
const AGENT_MAX: usize = 300;

/// The stored data of a session, besides the hash of its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The signed-in user.
    pub user: Option<UserId>,
    /// The handle by which that user names the session.
    pub handle: Option<SessionHandle>,
    /// The browser's `User-Agent`.
    pub agent: String,
    /// The data, as the server encodes it.
    pub data: String,
    /// The time at which it expires, unless it is used again.
    pub expires_at: Millis,
}

/// Generates a handle for a new session.
pub fn new_handle() -> SessionHandle {
    Uuid::now_v7().into()
}

/// The session services.
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'a> {
    domain: &'a Domain,
}

impl<'a> Sessions<'a> {
    /// Creates the session services of this domain.
    pub fn new(domain: &'a Domain) -> Self {
        Self { domain }
    }

    /// Stores a session under a new id. Returns `false` if the id is in use already, even by a session that has
    /// expired.
    ///
    /// If a session with this user and handle exists, it gets the new id and keeps its row.
    ///
    /// # Errors
    /// The database's error. An account that does not exist is an [`Error::Internal`](crate::Error::Internal).
    pub async fn create(&self, id_hash: &[u8], entry: Entry) -> Result<bool> {
        if let (Some(user), Some(handle)) = (entry.user, entry.handle) {
            let moved = self
                .change(&entry)
                .col_expr(session::Column::IdHash, Expr::value(id_hash.to_vec()))
                .filter(session::Column::UserId.eq(user.uuid()))
                .filter(session::Column::Handle.eq(handle.uuid()))
                .exec(self.domain.db().write())
                .await?;
            if moved.rows_affected > 0 {
                return Ok(true);
            }
        }
        let row = session::ActiveModel {
            id_hash: Set(id_hash.to_vec()),
            user_id: Set(entry.user.map(UserId::uuid)),
            data: Set(entry.data),
            created_at: Set(self.domain.now()),
            expires_at: Set(entry.expires_at),
            handle: Set(entry.handle.map(SessionHandle::uuid)),
            agent: Set(entry.agent.chars().take(AGENT_MAX).collect()),
            used_at: Set(self.domain.now()),
        };
        let inserted = session::Entity::insert(row)
            .on_conflict_do_nothing()
            .exec_without_returning(self.domain.db().write())
            .await?;
        Ok(matches!(inserted, TryInsertResult::Inserted(1..)))
    }

    /// Stores a changed session, which counts as a use of it. Returns `false` if it ended meanwhile; it stays ended.
    ///
    /// # Errors
    /// The database's error. An account that does not exist is an [`Error::Internal`](crate::Error::Internal).
    pub async fn update(&self, id_hash: &[u8], entry: Entry) -> Result<bool> {
        let updated =
            self.change(&entry).filter(session::Column::IdHash.eq(id_hash)).exec(self.domain.db().write()).await?;
        Ok(updated.rows_affected > 0)
    }

    fn change(&self, entry: &Entry) -> sea_orm::UpdateMany<session::Entity> {
        session::Entity::update_many()
            .col_expr(session::Column::UserId, Expr::value(entry.user.map(UserId::uuid)))
            .col_expr(session::Column::Handle, Expr::value(entry.handle.map(SessionHandle::uuid)))
            .col_expr(session::Column::Data, Expr::value(&*entry.data))
            .col_expr(session::Column::ExpiresAt, Expr::value(entry.expires_at))
            .col_expr(session::Column::UsedAt, Expr::value(self.domain.now()))
    }

    /// Returns a session's data and the time at which it expires, unless it has.
    ///
    /// # Errors
    /// The database's error.
    pub async fn load(&self, id_hash: &[u8]) -> Result<Option<(String, Millis)>> {
        let found = session::Entity::find()
            .select_only()
            .columns([session::Column::Data, session::Column::ExpiresAt])
            .filter(session::Column::IdHash.eq(id_hash))
            .filter(session::Column::ExpiresAt.gt(self.domain.now()))
            .into_tuple()
            .one(self.domain.db().read())
            .await?;
        Ok(found)
    }

    /// Ends a session, if it exists, and tells its user's sockets on all nodes to check whether it was theirs.
    ///
    /// # Errors
    /// The database's error.
    pub async fn delete(&self, id_hash: &[u8]) -> Result<()> {
        let user: Option<Option<Uuid>> = session::Entity::find_by_id(id_hash.to_vec())
            .select_only()
            .column(session::Column::UserId)
            .into_tuple()
            .one(self.domain.db().read())
            .await?;
        session::Entity::delete_by_id(id_hash.to_vec()).exec(self.domain.db().write()).await?;
        if let Some(user) = user.flatten() {
            self.domain.0.bus.publish(Envelope::bare(To::SessionsEnded(user.into())));
        }
        Ok(())
    }

    /// Removes expired sessions. The background worker does this too.
    ///
    /// # Errors
    /// The database's error.
    pub async fn delete_expired(&self) -> Result<()> {
        let expired = session::Column::ExpiresAt.lte(self.domain.now());
        session::Entity::delete_many().filter(expired).exec(self.domain.db().write()).await?;
        Ok(())
    }
}
