//! Invitation links: one for each user.

use std::fmt::Write;

use protocol::{
    ErrorKind, UserId,
    relationship::{FriendStatus, Relationship, check_invite},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use super::{context::load_context, pair::PairTransaction, queries};
use crate::{
    Actor, Domain, Error, Result,
    db::Transaction,
    entities::{invite, user},
};

/// Generates a code of 128 random bits in hexadecimal, which nobody can guess and which can be read out.
fn generate() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    let mut code = String::with_capacity(32);
    for byte in bytes {
        write!(code, "{byte:02x}").map_err(Error::internal)?;
    }
    Ok(code)
}

/// Implements [`Relationships::invite`](super::Relationships::invite).
pub(super) async fn mine(domain: &Domain, actor: &Actor) -> Result<String> {
    let find = || invite::Entity::find().filter(invite::Column::UserId.eq(actor.user.uuid()));
    if let Some(row) = find().one(domain.db().read()).await? {
        return Ok(row.code);
    }
    // Two tabs that ask at the same time get the same code.
    let keep = OnConflict::column(invite::Column::UserId).do_nothing().to_owned();
    insert(domain, actor, keep).await?;
    let row = find().one(domain.db().write()).await?;
    Ok(row.ok_or_else(|| Error::internal("an invitation vanished"))?.code)
}

/// Implements [`Relationships::renew_invite`](super::Relationships::renew_invite).
pub(super) async fn renew(domain: &Domain, actor: &Actor) -> Result<String> {
    let replace = OnConflict::column(invite::Column::UserId)
        .update_columns([invite::Column::Code, invite::Column::CreatedAt])
        .to_owned();
    insert(domain, actor, replace).await
}

async fn insert(domain: &Domain, actor: &Actor, or: OnConflict) -> Result<String> {
    let code = generate()?;
    let row =
        invite::ActiveModel { code: Set(code.clone()), user_id: Set(actor.user.uuid()), created_at: Set(domain.now()) };
    invite::Entity::insert(row).on_conflict(or).exec_without_returning(domain.db().write()).await?;
    Ok(code)
}

/// Implements [`Relationships::invitation`](super::Relationships::invitation).
pub(super) async fn invitation(db: &impl ConnectionTrait, visitor: Option<&Actor>, code: &str) -> Result<Relationship> {
    let host = host(db, code).await?;
    let Some(actor) = visitor else {
        let user = user::Entity::find_by_id(host.uuid()).one(db).await?.ok_or(ErrorKind::Expired)?;
        return Ok(Relationship { person: user.into(), friend_status: FriendStatus::None, blocked: false, since: 0 });
    };
    let facts = load_context(db, actor, host).await?;
    if facts.blocked || facts.blocks {
        return Err(ErrorKind::Expired.into());
    }
    queries::relationship(db, actor, host.uuid()).await
}

/// Implements [`Relationships::accept_invite`](super::Relationships::accept_invite).
pub(super) async fn accept(domain: &Domain, actor: &Actor, code: &str) -> Result<Relationship> {
    let host = host(domain.db().read(), code).await?;
    let mut pair = PairTransaction::lock(domain, actor, host).await?;
    // Checked again under the lock: after a link is renewed or a block is made, the code must not be accepted.
    if pair.blocked || pair.blocks || self::host(&pair.txn, code).await? != host {
        return Err(ErrorKind::Expired.into());
    }
    if pair.friend_status() != FriendStatus::Friends {
        pair.befriend().await?;
    }
    pair.commit().await
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
