//! The deletion of an account.

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

use super::{Accounts, lock_names, recovery};
use crate::{
    Actor, Error, Result,
    conversations::{ConversationTx, followed, leave_all, lock_all},
    db::retry,
    entities::{account_token, block, friendship, invite, picture, user},
    jobs::{self, Job},
    live::{Envelope, To},
    mail::templates,
    sessions,
    users::{columns, lookup::lock_by_id},
};

/// The username of a deleted account. It is reserved, so nobody can choose it.
const USERNAME: &str = "deleted";
const DISPLAY_NAME: &str = "Deleted account";

impl Accounts<'_> {
    /// Deletes the actor's account permanently.
    ///
    /// Its messages stay in their conversations. Their author stays too, as a row without any personal data; the
    /// username and the address are available to others. If this was the only administrator, the oldest remaining
    /// account becomes one.
    ///
    /// # Errors
    /// [`ErrorKind::Required`] on [`Field::Confirmation`] unless `confirmed`; an error on the field of the password if
    /// it is wrong.
    pub async fn delete(&self, actor: &Actor, password: &str, confirmed: bool) -> Result<()> {
        if !confirmed {
            return Err(ErrorKind::Required.on(Field::Confirmation).into());
        }
        self.confirmed(actor, password).await?;
        retry(|| self.delete_now(actor)).await
    }

    async fn delete_now(&self, actor: &Actor) -> Result<()> {
        let now = self.domain.now();
        let mut tx = ConversationTx::of(self.domain).await?;
        lock_names(tx.db()).await?;
        // Locks conversations first, then the account, then its dependent rows. Every transaction locks in this order.
        let conversations = lock_all(&mut tx, actor.user).await?;
        let txn = tx.db();
        // Read again: the account may have been deleted from another browser meanwhile.
        let user = lock_by_id(txn, actor.user.uuid()).await?;
        // From here on nobody joins in this account's name. A room that was joined after they were locked is left by
        // trying again.
        let joined = followed(txn, &[actor.user]).await?;
        if joined.iter().any(|(_, id)| !conversations.contains(id)) {
            return Err(Error::Contended("a room was joined while the account was being deleted".to_owned()));
        }
        forget(txn, user.id).await?;
        sessions::end_all(txn, actor.user).await?;
        let summary: UserSummary = tombstone(user.id, now).update(txn).await?.into();
        if user.is_admin {
            hand_over(txn).await?;
        }
        let mail =
            templates::AccountDeleted { username: &user.username, link: &self.link("/") }.mail_to(&user.email)?;
        jobs::enqueue(txn, now, &Job::Mail(mail)).await?;
        leave_all(&mut tx, &summary);
        tx.commit().await?;
        self.domain.0.jobs.notify();
        self.domain.0.bus.publish(Envelope::bare(To::SessionsEnded(actor.user)));
        self.domain.presence().privacy_changed(actor.user);
        Ok(())
    }
}

/// Removes the dependent rows of this account, and of no other.
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

/// Returns the row that remains of a deleted account. It names every column, so that a column that is added later can't
/// be forgotten here.
fn tombstone(id: Uuid, now: i64) -> user::ActiveModel {
    // No username and no address has this form.
    let key = format!("{USERNAME}:{id}");
    user::ActiveModel {
        id: Set(id),
        username: Set(USERNAME.to_owned()),
        username_key: Set(key.clone()),
        username_skeleton: Set(key.clone()),
        email: Set(String::new()),
        email_key: Set(key),
        // Not a hash, so no password matches it.
        password_hash: Set(String::new()),
        is_admin: Set(false),
        // The day on which a user signed up is personal data too.
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
        // Nobody can find it, write to it or see its presence.
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

/// Makes the oldest account the administrator if no account is one.
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
