//! Friend requests and friendships.

use protocol::{
    ErrorKind, Field, UserId,
    limits::FRIEND_REQUESTS_MAX,
    relationship::{FriendStatus, Relationship},
};

use super::{
    pair::PairTransaction,
    queries::{self, ASKED, DECLINED, WITHDRAWN},
};
use crate::{Actor, Domain, Result};

/// The time for which a request that was declined and then withdrawn is not delivered when it is sent again: thirty
/// days.
const DECLINED_FOR_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// Sends a friend request. If the other user has already sent one to the actor, this accepts it, and the two are
/// friends.
///
/// A request to a user who blocked the actor looks the same to the actor, but is not delivered.
///
/// # Errors
/// On [`Field::Username`]: [`ErrorKind::Forbidden`] for the actor's own account, [`ErrorKind::NotFound`],
/// [`ErrorKind::Conflict`] if a request was sent or they are friends, [`ErrorKind::LimitReached`] if the other user
/// has too many friends. [`ErrorKind::LimitReached`] if the actor has too many friends or requests, and
/// [`ErrorKind::Forbidden`] if the actor blocked the other user.
pub(super) async fn request(domain: &Domain, actor: &Actor, other: UserId) -> Result<Relationship> {
    let mut pair = PairTransaction::lock(domain, actor, other).await?;
    if pair.blocks {
        return Err(ErrorKind::Forbidden.into());
    }
    match (pair.friend_status(), pair.state()) {
        (FriendStatus::RequestSent | FriendStatus::Friends, _) => {
            return Err(ErrorKind::Conflict.on(Field::Username).into());
        }
        // The other user sent a request: it is pending, or the actor declined it earlier.
        (FriendStatus::RequestReceived, _) | (FriendStatus::None, Some(DECLINED)) => pair.befriend().await?,
        (FriendStatus::None, _) => {
            let open = async |state| queries::count(&pair.txn, pair.me, state, |sql| mine(sql, pair.me)).await;
            // Declined requests count too: to the actor they look the same.
            if open(ASKED).await? + open(DECLINED).await? >= FRIEND_REQUESTS_MAX {
                return Err(ErrorKind::LimitReached { max: FRIEND_REQUESTS_MAX }.into());
            }
            // A user who blocked the actor counts as one who declined, and the actor learns neither. Sending the
            // request again does not undo it.
            let state = if pair.blocked || is_still_declined(&pair) { DECLINED } else { ASKED };
            pair.part().await?;
            pair.ask(state).await?;
        }
    }
    pair.commit().await
}

fn is_still_declined(pair: &PairTransaction<'_>) -> bool {
    let is_recent = |at: i64| pair.now.saturating_sub(at) < DECLINED_FOR_MS;
    pair.row.as_ref().is_some_and(|row| row.state == WITHDRAWN && row.asked_by == pair.me && is_recent(row.changed_at))
}

fn mine(sql: crate::sql::Sql, me: uuid::Uuid) -> crate::sql::Sql {
    sql.push(" AND t.asked_by = ").bind(me)
}

/// Accepts a friend request. Accepting it twice changes nothing.
///
/// # Errors
/// [`ErrorKind::NotFound`] if there is no such request any more; [`ErrorKind::LimitReached`] as with
/// [`request`].
pub(super) async fn accept(domain: &Domain, actor: &Actor, other: UserId) -> Result<Relationship> {
    let mut pair = PairTransaction::lock(domain, actor, other).await?;
    match pair.friend_status() {
        FriendStatus::RequestReceived => pair.befriend().await?,
        FriendStatus::Friends => {}
        FriendStatus::RequestSent | FriendStatus::None => return Err(ErrorKind::NotFound.into()),
    }
    pair.commit().await
}

/// Declines a friend request. The sender is not told: to them it looks unanswered.
///
/// # Errors
/// [`ErrorKind::NotFound`] if there is no such user.
pub(super) async fn decline(domain: &Domain, actor: &Actor, other: UserId) -> Result<Relationship> {
    let mut pair = PairTransaction::lock(domain, actor, other).await?;
    if pair.friend_status() == FriendStatus::RequestReceived {
        pair.decline().await?;
    }
    pair.commit().await
}

/// Withdraws a friend request.
///
/// # Errors
/// [`ErrorKind::Conflict`] on [`Field::Username`] if it was accepted meanwhile.
pub(super) async fn cancel(domain: &Domain, actor: &Actor, other: UserId) -> Result<Relationship> {
    let mut pair = PairTransaction::lock(domain, actor, other).await?;
    match pair.friend_status() {
        FriendStatus::RequestSent if pair.state() == Some(DECLINED) => pair.withdraw().await?,
        FriendStatus::RequestSent => pair.part().await?,
        FriendStatus::Friends => return Err(ErrorKind::Conflict.on(Field::Username).into()),
        FriendStatus::RequestReceived | FriendStatus::None => {}
    }
    pair.commit().await
}

/// Ends a friendship.
///
/// # Errors
/// [`ErrorKind::NotFound`] if there is no such user.
pub(super) async fn remove(domain: &Domain, actor: &Actor, other: UserId) -> Result<Relationship> {
    let mut pair = PairTransaction::lock(domain, actor, other).await?;
    if pair.friend_status() == FriendStatus::Friends {
        pair.part().await?;
    }
    pair.commit().await
}
