//! Blocking users.

use protocol::{
    ErrorKind, UserId,
    limits::BLOCKS_MAX,
    relationship::{FriendStatus, Relationship},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use super::pair::PairTransaction;
use crate::{
    Actor, Domain, Result,
    entities::{block, conversation},
    relationships::direct_key,
};

/// Blocks a user. From when this returns, neither can reach the other. They are no longer friends, and the friend
/// requests of both are gone. The other user is not told: a request that they sent still looks unanswered to them.
///
/// # Errors
/// On [`Field::Username`]: [`ErrorKind::Forbidden`] for the actor's own account, [`ErrorKind::NotFound`].
/// [`ErrorKind::LimitReached`] if the actor blocked too many users.
pub(super) async fn block(domain: &Domain, actor: &Actor, other: UserId) -> Result<Relationship> {
    let txn = domain.db().begin().await?;
    if txn.locks_rows() {
        // The message writer holds this lock from before it reads who blocked whom until a message is stored, so no
        // message is stored after the block. Every transaction locks conversations before accounts, so that two do not
        // deadlock.
        let key = direct_key(actor.user.uuid(), other.uuid());
        let direct = conversation::Entity::find().filter(conversation::Column::UniqueKey.eq(key));
        direct.lock_exclusive().one(&txn).await?;
    }
    let mut pair = PairTransaction::within(domain, txn, actor.user, other).await?;
    if !pair.blocks {
        let many = block::Entity::find().filter(block::Column::BlockerId.eq(pair.me)).count(&pair.txn).await?;
        if many >= u64::from(BLOCKS_MAX) {
            return Err(ErrorKind::LimitReached { max: BLOCKS_MAX }.into());
        }
        let row =
            block::ActiveModel { blocker_id: Set(pair.me), blocked_id: Set(pair.other), created_at: Set(pair.now) };
        block::Entity::insert(row).exec_without_returning(&pair.txn).await?;
        pair.blocks = true;
        match pair.friend_status() {
            // Kept as declined: if the request disappeared, its sender would notice.
            FriendStatus::RequestReceived => pair.decline().await?,
            FriendStatus::Friends | FriendStatus::RequestSent => pair.part().await?,
            FriendStatus::None => {}
        }
    }
    pair.commit().await
}

/// Removes a block. The two are strangers then.
///
/// # Errors
/// [`ErrorKind::NotFound`] if there is no such user.
pub(super) async fn unblock(domain: &Domain, actor: &Actor, other: UserId) -> Result<Relationship> {
    let mut pair = PairTransaction::lock(domain, actor, other).await?;
    block::Entity::delete_by_id((pair.me, pair.other)).exec(&pair.txn).await?;
    pair.blocks = false;
    pair.commit().await
}
