//! Two people in a transaction, and what changes between them.

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

/// The actor and another, locked until the transaction ends: whatever else happens between the two, or would take one
/// of them over a limit, waits.
pub(super) struct PairTransaction<'a> {
    domain: &'a Domain,
    pub txn: Transaction,
    pub me: Uuid,
    pub other: Uuid,
    /// What is stored.
    pub row: Option<friendship::Model>,
    /// Whether the other blocked the actor.
    pub blocked: bool,
    /// Whether the actor blocked the other.
    pub blocks: bool,
    /// What each saw when it began: the actor, the other.
    before: [(FriendStatus, bool); 2],
    pub now: i64,
}

impl<'a> PairTransaction<'a> {
    pub async fn lock(domain: &'a Domain, actor: &Actor, other: UserId) -> Result<Self> {
        let txn = domain.db().begin().await?;
        Self::within(domain, txn, actor.user, other).await
    }

    /// As [`lock`](Self::lock), in a transaction that has begun.
    ///
    /// # Errors
    /// On [`Field::Username`]: [`ErrorKind::Forbidden`] for oneself, [`ErrorKind::NotFound`] for somebody who is gone.
    pub async fn within(domain: &'a Domain, txn: Transaction, me: UserId, other: UserId) -> Result<Self> {
        let (me, other) = (me.uuid(), other.uuid());
        if me == other {
            return Err(ErrorKind::Forbidden.on(Field::Username).into());
        }
        if lock_users(&txn, domain.db().locks_rows(), me, other).await? < 2 {
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

    /// What the other is to the actor.
    pub fn friend_status(&self) -> FriendStatus {
        self.friend_status_of(self.me)
    }

    /// What is stored, whatever either of the two sees of it.
    pub fn state(&self) -> Option<i16> {
        self.row.as_ref().map(|row| row.state)
    }

    fn friend_status_of(&self, who: Uuid) -> FriendStatus {
        self.row.as_ref().map_or(FriendStatus::None, |row| queries::friend_status(row.state, row.asked_by, who))
    }

    fn seen(&self) -> [(FriendStatus, bool); 2] {
        [(self.friend_status_of(self.me), self.blocks), (self.friend_status_of(self.other), self.blocked)]
    }

    /// Stores that the actor asked, in this state.
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

    /// They become friends, whatever they were.
    ///
    /// # Errors
    /// [`ErrorKind::LimitReached`], on [`Field::Username`] when it is the other who has too many.
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

    /// They are what they are because one asked, and the other said no.
    pub async fn decline(&mut self) -> Result<()> {
        self.set(DECLINED).await
    }

    /// Who asked takes back what was declined.
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

    /// They are strangers.
    pub async fn part(&mut self) -> Result<()> {
        if let Some(row) = self.row.take() {
            row.delete(&self.txn).await?;
        }
        Ok(())
    }

    /// Commits, and tells each of the two what changed for them, in all their tabs.
    pub async fn commit(self) -> Result<Relationship> {
        let mut frames = Vec::new();
        let mut mine = None;
        for (n, (who, other)) in [(self.me, self.other), (self.other, self.me)].into_iter().enumerate() {
            let changed = self.before.get(n) != self.seen().get(n);
            if n == 0 || changed {
                let relation = queries::relationship(&self.txn, &Actor { user: who.into() }, other).await?;
                let requests = queries::requests(&self.txn, who).await?;
                mine.get_or_insert_with(|| relation.clone());
                if changed {
                    let frame = ServerFrame::RelationshipChanged { relationship: relation, requests };
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

/// Locks both accounts, on PostgreSQL in the order of their ids, and returns how many of them there are.
///
/// `NO KEY`: messages refer to their authors, and need not wait.
async fn lock_users(txn: &Transaction, lock: bool, a: Uuid, b: Uuid) -> Result<usize> {
    #[derive(FromQueryResult)]
    struct Row {
        deleted: bool,
    }
    let sql = Sql::new(txn.get_database_backend(), "SELECT deleted_at IS NOT NULL AS deleted FROM users WHERE id IN (")
        .bind(a)
        .push(", ")
        .bind(b)
        .push(if lock { ") ORDER BY id FOR NO KEY UPDATE" } else { ")" })
        .build();
    let rows = Row::find_by_statement(sql).all(txn).await?;
    Ok(rows.iter().filter(|row| !row.deleted).count())
}

/// What makes the direct conversation of two people unique. The same from both sides: there is one for a pair, even when
/// both begin it at once.
pub fn direct_key(a: Uuid, b: Uuid) -> String {
    format!("direct:{}:{}", a.min(b), a.max(b))
}
