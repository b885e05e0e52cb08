//! The list of a user's sessions, and ending them.

use protocol::{ErrorKind, Millis, SessionHandle, UserId, user::SessionInfo};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Value, prelude::Expr,
};
use uuid::Uuid;

use super::{
    Sessions,
    agent::{browser, system},
};
use crate::{
    Actor, Error, Result,
    entities::session,
    live::{Envelope, To},
    sql::Sql,
};

impl Sessions<'_> {
    /// Returns the actor's sessions: this one, then the others, the most recently used first.
    ///
    /// # Errors
    /// The database's error.
    pub async fn list(&self, actor: &Actor, this: SessionHandle) -> Result<Vec<SessionInfo>> {
        let rows = session::Entity::find()
            .filter(session::Column::UserId.eq(actor.user.uuid()))
            .filter(session::Column::ExpiresAt.gt(self.domain.now()))
            .order_by_desc(session::Column::UsedAt)
            .order_by_desc(session::Column::Handle)
            .all(self.domain.db().read())
            .await?;
        let mut list: Vec<SessionInfo> = rows
            .into_iter()
            .filter_map(|row| {
                let handle = row.handle?.into();
                Some(SessionInfo {
                    handle,
                    browser: browser(&row.agent).map(str::to_owned),
                    system: system(&row.agent).map(str::to_owned),
                    current: handle == this,
                    since: row.created_at,
                    used: row.used_at,
                })
            })
            .collect();
        list.sort_by_key(|session| !session.current);
        Ok(list)
    }

    /// Returns whether a session of the actor exists and has not expired.
    ///
    /// # Errors
    /// The database's error.
    pub async fn is_live(&self, actor: &Actor, handle: SessionHandle) -> Result<bool> {
        let found = session::Entity::find()
            .select_only()
            .column(session::Column::ExpiresAt)
            .filter(session::Column::UserId.eq(actor.user.uuid()))
            .filter(session::Column::Handle.eq(handle.uuid()))
            .filter(session::Column::ExpiresAt.gt(self.domain.now()))
            .into_tuple::<i64>()
            .one(self.domain.db().read())
            .await?;
        Ok(found.is_some())
    }

    /// Ends one of the actor's sessions and closes its sockets.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a session that does not exist or is not the actor's.
    pub async fn end(&self, actor: &Actor, handle: SessionHandle) -> Result<()> {
        let ended = session::Entity::delete_many()
            .filter(session::Column::UserId.eq(actor.user.uuid()))
            .filter(session::Column::Handle.eq(handle.uuid()))
            .exec(self.domain.db().write())
            .await?;
        if ended.rows_affected == 0 {
            return Err(ErrorKind::NotFound.into());
        }
        self.domain.0.bus.publish(Envelope::bare(To::SessionsEnded(actor.user)));
        Ok(())
    }

    /// Ends all of the actor's sessions but this one, and closes their sockets.
    ///
    /// # Errors
    /// The database's error.
    pub async fn end_others(&self, actor: &Actor, this: SessionHandle) -> Result<()> {
        others(actor.user, this).exec(self.domain.db().write()).await?;
        self.domain.0.bus.publish(Envelope::bare(To::SessionsEnded(actor.user)));
        Ok(())
    }
}

/// Returns the sessions of these users that have not expired. In no order.
///
/// # Errors
/// The database's error.
pub(crate) async fn live_of(
    db: &impl ConnectionTrait,
    users: &[UserId],
    now: Millis,
) -> Result<Vec<(UserId, SessionHandle)>> {
    #[derive(FromQueryResult)]
    struct Row {
        user_id: Uuid,
        handle: Uuid,
    }
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<[Value; 1]> = users.iter().map(|user| [user.uuid().into()]).collect();
    let sql = Sql::new("SELECT user_id, handle FROM sessions WHERE handle IS NOT NULL AND expires_at > ")
        .bind(now)
        .push(" AND user_id IN (SELECT column1 FROM ")
        .table(ids, "v")
        .push(")")
        .build(db.get_database_backend());
    let rows = Row::find_by_statement(sql).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.user_id.into(), row.handle.into())).collect())
}

/// Ends all sessions of a user. The caller publishes [`To::SessionsEnded`] after the commit, which closes their
/// sockets.
///
/// # Errors
/// The database's error.
pub(crate) async fn end_all(db: &impl ConnectionTrait, user: UserId) -> Result<(), DbErr> {
    let own = session::Column::UserId.eq(user.uuid());
    session::Entity::delete_many().filter(own).exec(db).await.map(drop)
}

/// Ends all sessions of a user but this one, which loses its id: from the commit on no cookie opens it, until the
/// server gives it a new id ([`Sessions::create`]). Its row exists all the time, so its own sockets stay open.
///
/// # Errors
/// [`ErrorKind::Unauthenticated`] if the session no longer exists.
pub(crate) async fn end_others(db: &impl ConnectionTrait, user: UserId, this: SessionHandle) -> Result<()> {
    let mut nobodys = [0; 32];
    getrandom::fill(&mut nobodys).map_err(Error::internal)?;
    let kept = session::Entity::update_many()
        .col_expr(session::Column::IdHash, Expr::value(nobodys.to_vec()))
        .filter(session::Column::UserId.eq(user.uuid()))
        .filter(session::Column::Handle.eq(this.uuid()))
        .exec(db)
        .await?;
    if kept.rows_affected == 0 {
        return Err(ErrorKind::Unauthenticated.into());
    }
    others(user, this).exec(db).await?;
    Ok(())
}

fn others(user: UserId, this: SessionHandle) -> sea_orm::DeleteMany<session::Entity> {
    // A session without a handle is older than handles.
    let other = Condition::any().add(session::Column::Handle.is_null()).add(session::Column::Handle.ne(this.uuid()));
    session::Entity::delete_many().filter(session::Column::UserId.eq(user.uuid())).filter(other)
}
