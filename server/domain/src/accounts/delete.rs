//! The end of an account.

use protocol::{
    ErrorKind, Field, UserSummary,
    presence::Availability,
    privacy::{WhoSees, WhoWrites},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{Accounts, begin, recovery};
use crate::{
    Actor, Result,
    conversations::{announce, leave_all},
    db::retry,
    entities::{account_token, block, friendship, invite, picture, user},
    jobs::{self, Job},
    live::{Envelope, To},
    mail::templates,
    sessions,
    users::columns,
};

/// What stands where the name was. Nobody can choose it: it is reserved.
const USERNAME: &str = "deleted";
const DISPLAY_NAME: &str = "Deleted account";

impl Accounts<'_> {
    /// Deletes the own account, for good.
    ///
    /// What was said stays in its conversations. Its author stays too, as a row with nothing of the person in it; the
    /// name and the address are free for others. If it was the only administrator, the oldest account left becomes
    /// one.
    ///
    /// # Errors
    /// [`ErrorKind::Required`] on [`Field::Confirmation`] unless `confirmed`; what is wrong with the password.
    pub async fn delete(&self, actor: &Actor, password: &str, confirmed: bool) -> Result<()> {
        if !confirmed {
            return Err(ErrorKind::Required.on(Field::Confirmation).into());
        }
        self.confirmed(actor, password).await?;
        retry(|| self.delete_now(actor)).await
    }

    async fn delete_now(&self, actor: &Actor) -> Result<()> {
        let now = self.domain.now();
        let txn = begin(self.domain.db()).await?;
        // Conversations first, then the account, then what hangs on it: the order in which everybody locks.
        let partings = leave_all(self.domain, &txn, actor.user).await?;
        let mut user = user::Entity::find_by_id(actor.user.uuid()).filter(user::Column::DeletedAt.is_null());
        if self.domain.db().locks_rows() {
            user = user.lock_exclusive();
        }
        // Again: it may have been deleted from another browser meanwhile.
        let user = user.one(&txn).await?.ok_or(ErrorKind::Unauthenticated)?;
        forget(&txn, user.id).await?;
        sessions::end_all(&txn, actor.user).await?;
        let card: UserSummary = tombstone(user.id, now).update(&txn).await?.into();
        if user.is_admin {
            hand_over(&txn).await?;
        }
        let mail = templates::deleted(&user.email, &user.username, &self.link("/"));
        jobs::enqueue(&txn, now, &Job::Mail(mail)).await?;
        txn.commit().await?;
        self.domain.0.jobs.notify();
        self.domain.0.bus.publish(Envelope::bare(To::SessionsEnded(actor.user)));
        announce(self.domain, &partings, &card);
        self.domain.presence().privacy_changed(actor.user);
        Ok(())
    }
}

/// Removes what hangs on an account, and on it alone.
async fn forget(db: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
    account_token::Entity::delete_many().filter(account_token::Column::UserId.eq(id)).exec(db).await?;
    recovery::forget(db, id).await?;
    picture::Entity::delete_many().filter(picture::Column::UserId.eq(id)).exec(db).await?;
    invite::Entity::delete_many().filter(invite::Column::UserId.eq(id)).exec(db).await?;
    let friendships = Condition::any().add(friendship::Column::LowId.eq(id)).add(friendship::Column::HighId.eq(id));
    friendship::Entity::delete_many().filter(friendships).exec(db).await?;
    let blocks = Condition::any().add(block::Column::BlockerId.eq(id)).add(block::Column::BlockedId.eq(id));
    block::Entity::delete_many().filter(blocks).exec(db).await?;
    Ok(())
}

/// What is left of an account. Every column is named: one that is added later must be thought of here.
fn tombstone(id: Uuid, now: i64) -> user::ActiveModel {
    // Of no form that a name or an address can have.
    let key = format!("{USERNAME}:{id}");
    user::ActiveModel {
        id: Set(id),
        username: Set(USERNAME.to_owned()),
        username_key: Set(key.clone()),
        username_skeleton: Set(key.clone()),
        email: Set(String::new()),
        email_key: Set(key),
        // No hash, so no password is right.
        password_hash: Set(String::new()),
        is_admin: Set(false),
        // The day on which somebody came is about them, too.
        created_at: Set(now),
        display_name: Set(DISPLAY_NAME.to_owned()),
        display_key: Set(Some(String::new())),
        bio: Set(String::new()),
        pronouns: Set(String::new()),
        picture_id: Set(None),
        status_emoji: Set(String::new()),
        status_text: Set(String::new()),
        status_until: Set(None),
        availability: Set(columns::availability_column(Availability::Automatic)),
        last_seen_at: Set(None),
        // Nobody finds it, writes to it or sees it come and go.
        who_messages: Set(columns::who_writes_column(WhoWrites::Friends)),
        who_presence: Set(columns::who_sees_column(WhoSees::Nobody)),
        sends_receipts: Set(false),
        totp_secret: Set(None),
        totp_enabled_at: Set(None),
        totp_last_step: Set(0),
        password_changed_at: Set(now),
        deleted_at: Set(Some(now)),
    }
}

/// Sees to it that there is an administrator, if there is anybody at all.
async fn hand_over(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let there = || user::Entity::find().filter(user::Column::DeletedAt.is_null());
    if there().filter(user::Column::IsAdmin.eq(true)).limit(1).one(db).await?.is_some() {
        return Ok(());
    }
    let oldest = there().order_by_asc(user::Column::CreatedAt).order_by_asc(user::Column::Id).limit(1).one(db).await?;
    if let Some(oldest) = oldest {
        let heir = user::ActiveModel { id: Set(oldest.id), is_admin: Set(true), ..Default::default() };
        heir.update(db).await?;
    }
    Ok(())
}
