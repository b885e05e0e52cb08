//! Sessions as rows, for the session store of the server.
//!
//! What the browser holds is hashed before it comes here: who reads the table can't take a session over.

use protocol::{Millis, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, TryInsertResult, prelude::Expr,
    sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    Domain, Result,
    entities::session,
    live::{Envelope, To},
};

/// The key under which a session's data names the signed-in person.
pub const USER_KEY: &str = "user";

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

    /// Stores a new session. `false` when the id is in use already, even by a session that has expired.
    ///
    /// # Errors
    /// What the database says; an account that does not exist is a fault.
    pub async fn create(&self, id_hash: &[u8], user: Option<UserId>, data: String, expires_at: Millis) -> Result<bool> {
        let inserted = session::Entity::insert(self.row(id_hash, user, data, expires_at))
            .on_conflict_do_nothing()
            .exec_without_returning(self.domain.db().write())
            .await?;
        Ok(matches!(inserted, TryInsertResult::Inserted(1..)))
    }

    /// Stores a session, new or changed.
    ///
    /// # Errors
    /// What the database says; an account that does not exist is a fault.
    pub async fn save(&self, id_hash: &[u8], user: Option<UserId>, data: String, expires_at: Millis) -> Result<()> {
        let replace = OnConflict::column(session::Column::IdHash)
            .update_columns([session::Column::UserId, session::Column::Data, session::Column::ExpiresAt])
            .to_owned();
        session::Entity::insert(self.row(id_hash, user, data, expires_at))
            .on_conflict(replace)
            .exec_without_returning(self.domain.db().write())
            .await?;
        Ok(())
    }

    /// Stores a changed session. `false` when it ended meanwhile; it stays ended.
    ///
    /// # Errors
    /// What the database says; an account that does not exist is a fault.
    pub async fn update(&self, id_hash: &[u8], user: Option<UserId>, data: String, expires_at: Millis) -> Result<bool> {
        let updated = session::Entity::update_many()
            .col_expr(session::Column::UserId, Expr::value(user.map(UserId::uuid)))
            .col_expr(session::Column::Data, Expr::value(data))
            .col_expr(session::Column::ExpiresAt, Expr::value(expires_at))
            .filter(session::Column::IdHash.eq(id_hash))
            .exec(self.domain.db().write())
            .await?;
        Ok(updated.rows_affected > 0)
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

    fn row(&self, id_hash: &[u8], user: Option<UserId>, data: String, expires_at: Millis) -> session::ActiveModel {
        session::ActiveModel {
            id_hash: Set(id_hash.to_vec()),
            user_id: Set(user.map(UserId::uuid)),
            data: Set(data),
            created_at: Set(self.domain.now()),
            expires_at: Set(expires_at),
            ..Default::default()
        }
    }
}
