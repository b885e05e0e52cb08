//! Sessions: as rows, for the session store of the server, and as a list, for the person they belong to.
//!
//! What the browser holds is hashed before it comes here: who reads the table can't take a session over. A session is
//! named by a handle, which opens nothing, and which it keeps when its id changes.

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

/// The key under which a session's data names the signed-in person.
pub const USER_KEY: &str = "user";
/// The key of its handle.
pub const HANDLE_KEY: &str = "handle";
/// The key of what the browser called itself when it signed in.
pub const AGENT_KEY: &str = "agent";
/// The key of who has entered a password, but no code yet: [`PendingSignIn`](crate::accounts::PendingSignIn). Who is named there is
/// not signed in.
pub const PENDING_KEY: &str = "pending";

/// The longest `User-Agent` that is kept, in characters.
const AGENT_MAX: usize = 300;

/// What is stored of a session besides the hash of its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Who is signed in.
    pub user: Option<UserId>,
    /// By which that person names it.
    pub handle: Option<SessionHandle>,
    /// What the browser called itself.
    pub agent: String,
    /// The data, as the server encodes it.
    pub data: String,
    /// When it ends, unless it is used again.
    pub expires_at: Millis,
}

/// A handle for a new session.
pub fn new_handle() -> SessionHandle {
    Uuid::now_v7().into()
}

/// The rows.
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'a> {
    domain: &'a Domain,
}

impl<'a> Sessions<'a> {
    /// The sessions of this domain.
    pub fn new(domain: &'a Domain) -> Self {
        Self { domain }
    }

    /// Stores a session under a new id. `false` when the id is in use already, even by a session that has expired.
    ///
    /// One whose handle is known is that session, which gets another id: it stays the row that it is.
    ///
    /// # Errors
    /// What the database says; an account that does not exist is a fault.
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

    /// Stores a changed session, which is in use. `false` when it ended meanwhile; it stays ended.
    ///
    /// # Errors
    /// What the database says; an account that does not exist is a fault.
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

    /// A session's data and when it expires, unless it has.
    ///
    /// # Errors
    /// What the database says.
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

    /// Ends a session, if there is one, and tells its person's sockets on all nodes to look whether it was theirs.
    ///
    /// # Errors
    /// What the database says.
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

    /// Removes what has expired. The background tasks do this too.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_expired(&self) -> Result<()> {
        let expired = session::Column::ExpiresAt.lte(self.domain.now());
        session::Entity::delete_many().filter(expired).exec(self.domain.db().write()).await?;
        Ok(())
    }
}
