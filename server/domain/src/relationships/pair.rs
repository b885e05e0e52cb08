//! Transactions that change the relationship between two users.

use protocol::{
    ErrorKind, Field, UserId,
    limits::FRIENDS_MAX,
    live::ServerFrame,
    relationship::{FriendStatus, Relationship},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, ModelTrait};
use uuid::Uuid;

use super::queries::{self, DECLINED, FRIENDS, WITHDRAWN};
use crate::{
    Actor, Domain, Error, Result,
    db::Transaction,
    entities::{block, friendship},
    live::{Envelope, To},
    sql::Sql,
};

/// A transaction that locks the accounts of the actor and another user until it ends. Everything else that happens
/// between the two, or that would take one of them over a limit, waits for it.
pub(super) struct PairTransaction<'a> {
    domain: &'a Domain,
    pub txn: Transaction,
    pub me: Uuid,
    pub other: Uuid,
    /// The stored row, if there is one.
    pub row: Option<friendship::Model>,
    /// Whether the other blocked the actor.
    pub blocked: bool,
    /// Whether the actor blocked the other.
    pub blocks: bool,
    /// The friend status and the block that each of the two saw at the start: the actor, then the other user.
    before: [(FriendStatus, bool); 2],
    pub now: i64,
}

impl<'a> PairTransaction<'a> {
    pub async fn lock(domain: &'a Domain, actor: &Actor, other: UserId) -> Result<Self> {
        let txn = domain.db().begin().await?;
        Self::within(domain, txn, actor.user, other).await
    }

    /// Locks the two accounts within a transaction that has begun. Otherwise like [`lock`](Self::lock).
    ///
    /// # Errors
    /// On [`Field::Username`]: [`ErrorKind::Forbidden`] for the actor's own account, [`ErrorKind::NotFound`] if an
    /// account was deleted.
    pub async fn within(domain: &'a Domain, txn: Transaction, me: UserId, other: UserId) -> Result<Self> {
        let (me, other) = (me.uuid(), other.uuid());
        if me == other {
            return Err(ErrorKind::Forbidden.on(Field::Username).into());
        }
        if lock_users(&txn, me, other).await? < 2 {
            return Err(ErrorKind::NotFound.on(Field::Username).into());
        }
        let row = friendship::Entity::find_by_id((me.min(other), me.max(other))).one(&txn).await?;
        let blocks = block::Entity::find_by_id((me, other)).one(&txn).await?.is_some();
        let blocked = block::Entity::find_by_id((other, me)).one(&txn).await?.is_some();
        let mut pair =
            Self { domain, txn, me, other, row, blocked, blocks, before: Default::default(), now: domain.now() };
        pair.before = pair.seen();
        Ok(pair)
    }

    /// Returns the friend status that the actor sees.
    pub fn friend_status(&self) -> FriendStatus {
        self.friend_status_of(self.me)
    }

    /// Returns the stored state, which may differ from what either of the two sees.
    pub fn state(&self) -> Option<i16> {
        self.row.as_ref().map(|row| row.state)
    }

    fn friend_status_of(&self, who: Uuid) -> FriendStatus {
        self.row.as_ref().map_or(FriendStatus::None, |row| queries::friend_status(row.state, row.asked_by, who))
    }

    fn seen(&self) -> [(FriendStatus, bool); 2] {
        [(self.friend_status_of(self.me), self.blocks), (self.friend_status_of(self.other), self.blocked)]
    }

    /// Stores a request from the actor, in this state.
    pub async fn ask(&mut self, state: i16) -> Result<()> {
        let row = friendship::Model {
            low_id: self.me.min(self.other),
            high_id: self.me.max(self.other),
            state,
            asked_by: self.me,
            created_at: self.now,
            changed_at: self.now,
        };
        friendship::Entity::insert(row.clone().into_active_model()).exec_without_returning(&self.txn).await?;
        self.row = Some(row);
        Ok(())
    }

    /// Makes the two friends, whatever their friend status was.
    ///
    /// # Errors
    /// [`ErrorKind::LimitReached`], on [`Field::Username`] if it is the other user who has too many friends.
    pub async fn befriend(&mut self) -> Result<()> {
        for (who, error) in [
            (self.me, ErrorKind::LimitReached { max: FRIENDS_MAX }.into()),
            (self.other, ErrorKind::LimitReached { max: FRIENDS_MAX }.on(Field::Username)),
        ] {
            if queries::count(&self.txn, who, FRIENDS, |sql| sql).await? >= FRIENDS_MAX {
                return Err(error.into());
            }
        }
        if self.row.is_none() { self.ask(FRIENDS).await } else { self.set(FRIENDS).await }
    }

    /// Stores that the request was declined.
    pub async fn decline(&mut self) -> Result<()> {
        self.set(DECLINED).await
    }

    /// Stores that the sender withdrew a request that was declined.
    pub async fn withdraw(&mut self) -> Result<()> {
        self.set(WITHDRAWN).await
    }

    async fn set(&mut self, state: i16) -> Result<()> {
        if let Some(row) = &mut self.row {
            row.state = state;
            row.changed_at = self.now;
            let change = friendship::ActiveModel {
                low_id: Set(row.low_id),
                high_id: Set(row.high_id),
                state: Set(state),
                changed_at: Set(self.now),
                ..Default::default()
            };
            friendship::Entity::update(change).exec(&self.txn).await?;
        }
        Ok(())
    }

    /// Removes the row, which makes the two strangers.
    pub async fn part(&mut self) -> Result<()> {
        if let Some(row) = self.row.take() {
            row.delete(&self.txn).await?;
        }
        Ok(())
    }

    /// Commits, and tells each of the two, in all their tabs, what changed for them.
    pub async fn commit(self) -> Result<Relationship> {
        let mut frames = Vec::new();
        let mut mine = None;
        for (n, (who, other)) in [(self.me, self.other), (self.other, self.me)].into_iter().enumerate() {
            let changed = self.before.get(n) != self.seen().get(n);
            if n == 0 || changed {
                let relationship = queries::relationship(&self.txn, &Actor::new(who.into()), other).await?;
                let requests = queries::requests(&self.txn, who).await?;
                mine.get_or_insert_with(|| relationship.clone());
                if changed {
                    let frame = ServerFrame::RelationshipChanged { relationship, requests };
                    frames.push(Envelope::new(To::User(who.into()), &frame));
                }
            }
        }
        self.txn.commit().await?;
        for frame in frames {
            self.domain.0.bus.publish(frame);
        }
        self.domain.presence().relationship_changed(self.me.into(), self.other.into());
        mine.ok_or_else(|| Error::internal("nobody"))
    }
}

/// Locks both accounts, on PostgreSQL in the order of their ids, and returns the number of them that exist.
///
/// `NO KEY`: messages refer to their authors, and need not wait for this lock.
async fn lock_users(txn: &Transaction, a: Uuid, b: Uuid) -> Result<usize> {
    #[derive(FromQueryResult)]
    struct Row {
        deleted: bool,
    }
    let sql = Sql::new("SELECT deleted_at IS NOT NULL AS deleted FROM users WHERE id IN (")
        .bind(a)
        .push(", ")
        .bind(b)
        .push(if txn.locks_rows() { ") ORDER BY id FOR NO KEY UPDATE" } else { ")" })
        .build(txn.get_database_backend());
    let rows = Row::find_by_statement(sql).all(txn).await?;
    Ok(rows.iter().filter(|row| !row.deleted).count())
}

/// Returns the unique key of the direct conversation of two users. It is the same from both sides, so there is one
/// conversation for a pair, even if both start it at the same time.
pub fn direct_key(a: Uuid, b: Uuid) -> String {
    format!("direct:{}:{}", a.min(b), a.max(b))
}
