//! Invitation links: one for each user.

use data_encoding::HEXLOWER;
use protocol::{
    ErrorKind, UserId,
    relationship::{FriendStatus, Relationship, check_invite},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use super::{Relationships, context::load_context, pair::PairTransaction, queries};
use crate::{
    Actor, Client, Domain, Error, Result,
    db::{Transaction, retry},
    entities::{invite, user},
    rate_limit::{LimitedAction, RateLimitKey},
};

/// Generates a code of 128 random bits in hexadecimal, which nobody can guess and which can be read out.
fn generate() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(HEXLOWER.encode(&bytes))
}

impl Relationships<'_> {
    /// Returns the code of the actor's invitation link. Creates it if there is none.
    ///
    /// # Errors
    /// The database's error.
    pub async fn invite(&self, actor: &Actor) -> Result<String> {
        let find = || invite::Entity::find().filter(invite::Column::UserId.eq(actor.user.uuid()));
        if let Some(row) = find().one(self.0.db().read()).await? {
            return Ok(row.code);
        }
        // Two tabs that ask at the same time get the same code.
        let keep = OnConflict::column(invite::Column::UserId).do_nothing().to_owned();
        insert(self.0, actor, keep).await?;
        let row = find().one(self.0.db().write()).await?;
        Ok(row.ok_or_else(|| Error::internal("an invitation vanished"))?.code)
    }

    /// Replaces the code of the actor's invitation link. The old code is invalid from now on.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`].
    pub async fn renew_invite(&self, actor: &Actor) -> Result<String> {
        self.0.limit(actor, LimitedAction::Befriend)?;
        let replace = OnConflict::column(invite::Column::UserId)
            .update_columns([invite::Column::Code, invite::Column::CreatedAt])
            .to_owned();
        insert(self.0, actor, replace).await
    }

    /// Returns the user who invites with this code, and their relationship to the visitor. A visitor who is not signed
    /// in is a stranger.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`], and [`ErrorKind::Expired`] for a code that is unknown or was renewed, or if either of the two blocked the other.
    pub async fn invitation(&self, client: Client, visitor: Option<&Actor>, code: &str) -> Result<Relationship> {
        let account = visitor.map(|actor| RateLimitKey::User(actor.user));
        self.0.limit_of(client, LimitedAction::Link, account)?;
        let db = self.0.db().read();
        let host = host(db, code).await?;
        let Some(actor) = visitor else {
            let user = user::Entity::find_by_id(host.uuid()).one(db).await?.ok_or(ErrorKind::Expired)?;
            return Ok(Relationship {
                person: user.into(),
                friend_status: FriendStatus::None,
                blocked: false,
                since: 0,
            });
        };
        let context = load_context(db, actor, host).await?;
        if context.blocked || context.blocks {
            return Err(ErrorKind::Expired.into());
        }
        queries::relationship(db, actor, host.uuid()).await
    }

    /// Accepts an invitation, which makes the two friends. Accepting it twice changes nothing.
    ///
    /// # Errors
    /// The errors of [`invitation`](Self::invitation); [`ErrorKind::Forbidden`] on [`Field::Username`] for the actor's
    /// own code; [`ErrorKind::LimitReached`] as with [`request`](Self::request).
    pub async fn accept_invite(&self, actor: &Actor, code: &str) -> Result<Relationship> {
        self.0.limit(actor, LimitedAction::Befriend)?;
        retry(|| self.accept_invite_now(actor, code)).await
    }

    async fn accept_invite_now(&self, actor: &Actor, code: &str) -> Result<Relationship> {
        let host = host(self.0.db().read(), code).await?;
        let mut pair = PairTransaction::lock(self.0, actor, host).await?;
        // Checked again under the lock: after a link is renewed or a block is made, the code must not be accepted.
        if pair.blocked || pair.blocks || self::host(&pair.txn, code).await? != host {
            return Err(ErrorKind::Expired.into());
        }
        if pair.friend_status() != FriendStatus::Friends {
            pair.befriend().await?;
        }
        pair.commit().await
    }
}

async fn insert(domain: &Domain, actor: &Actor, or: OnConflict) -> Result<String> {
    let code = generate()?;
    let row =
        invite::ActiveModel { code: Set(code.clone()), user_id: Set(actor.user.uuid()), created_at: Set(domain.now()) };
    invite::Entity::insert(row).on_conflict(or).exec_without_returning(domain.db().write()).await?;
    Ok(code)
}

/// Commits the transaction that creates an account. If the user followed an invitation that is still valid, the two
/// become friends in the same transaction.
pub(crate) async fn commit_invited(
    domain: &Domain,
    txn: Transaction,
    account: UserId,
    code: Option<&str>,
) -> Result<()> {
    let host = match code {
        Some(code) => match host(&txn, code).await {
            Err(Error::Refused(_)) => None,
            host => Some(host?),
        },
        None => None,
    };
    let Some(host) = host else { return Ok(txn.commit().await?) };
    let mut pair = PairTransaction::within(domain, txn, account, host).await?;
    match pair.befriend().await {
        // The sign-up must not fail because the host has too many friends.
        Ok(()) | Err(Error::Refused(_)) => pair.commit().await.map(drop),
        Err(failure) => Err(failure),
    }
}

/// Returns the user whose code this is.
async fn host(db: &impl ConnectionTrait, code: &str) -> Result<UserId> {
    let row = invite::Entity::find_by_id(check_invite(code)?).one(db).await?.ok_or(ErrorKind::Expired)?;
    let there = user::Entity::find_by_id(row.user_id).filter(user::Column::DeletedAt.is_null()).one(db).await?;
    Ok(there.ok_or(ErrorKind::Expired)?.id.into())
}
