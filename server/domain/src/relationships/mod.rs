//! Relationships between users: friends, friend requests, blocks and invitations, and the policy of what one user may
//! do with another.

mod blocks;
mod context;
mod friends;
mod invites;
mod pair;
pub mod policy;
mod queries;
mod search;

pub(crate) use self::context::{load_context, load_contexts, restrictions};
pub(crate) use self::queries::{blocked_by, requests};
pub(crate) use self::{invites::commit_invited, pair::direct_key};
use protocol::{
    ErrorKind, Field, UserId,
    presence::UserPresence,
    privacy::Privacy,
    profile::Profile,
    relationship::{Contacts, Relationship, RelationshipAction},
    username::username_key,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use self::policy::RelationshipContext;
use crate::{Actor, Domain, Result, db::retry, entities::user, rate_limit::LimitedAction, users::columns};

/// The relationship services.
#[derive(Clone, Copy, Debug)]
pub struct Relationships<'a>(&'a Domain);

impl<'a> Relationships<'a> {
    pub(crate) const fn new(domain: &'a Domain) -> Self {
        Self(domain)
    }

    /// Returns the actor's friends, the friend requests in both directions, and the blocked users.
    ///
    /// # Errors
    /// The database's error.
    pub async fn contacts(&self, actor: &Actor) -> Result<Contacts> {
        queries::contacts(self.0.db().read(), actor).await
    }

    /// Returns the full profile of the user with this username.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] on [`Field::Username`].
    pub async fn profile(&self, actor: &Actor, username: &str) -> Result<Profile> {
        self.0.limit(actor, LimitedAction::Search)?;
        let db = self.0.db().read();
        let key = username_key(username.trim_start().trim_start_matches('@'));
        let found = user::Entity::find()
            .filter(user::Column::UsernameKey.eq(key))
            .filter(user::Column::DeletedAt.is_null())
            .one(db)
            .await?;
        let user = found.ok_or(ErrorKind::NotFound.on(Field::Username))?;
        let relationship = queries::relationship(db, actor, user.id).await?;
        let presence = self.0.presence().of(actor, &[user.id.into()]).await?.pop();
        Ok(Profile {
            bio: user.bio.clone(),
            pronouns: user.pronouns.clone(),
            since: user.created_at,
            presence: presence.unwrap_or(UserPresence::hidden(user.id.into())),
            user: user.into(),
            friend_status: relationship.friend_status,
            blocked: relationship.blocked,
        })
    }

    /// Returns the relationship context between the actor and another user, for the [policy].
    ///
    /// # Errors
    /// The database's error.
    pub async fn context(&self, actor: &Actor, other: UserId) -> Result<RelationshipContext> {
        load_context(self.0.db().read(), actor, other).await
    }

    /// Performs an action on another user, and tells both. The function of the action's name documents it, in `friends`
    /// and `blocks`.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`], and the errors of that function.
    pub async fn change(&self, actor: &Actor, other: UserId, action: RelationshipAction) -> Result<Relationship> {
        self.0.limit(actor, LimitedAction::Befriend)?;
        retry(|| self.change_now(actor, other, action)).await
    }

    async fn change_now(&self, actor: &Actor, other: UserId, action: RelationshipAction) -> Result<Relationship> {
        match action {
            RelationshipAction::Request => friends::request(self.0, actor, other).await,
            RelationshipAction::Accept => friends::accept(self.0, actor, other).await,
            RelationshipAction::Decline => friends::decline(self.0, actor, other).await,
            RelationshipAction::Cancel => friends::cancel(self.0, actor, other).await,
            RelationshipAction::Remove => friends::remove(self.0, actor, other).await,
            RelationshipAction::Block => blocks::block(self.0, actor, other).await,
            RelationshipAction::Unblock => blocks::unblock(self.0, actor, other).await,
        }
    }

    /// Returns the number of friend requests that wait for the actor's response.
    ///
    /// # Errors
    /// The database's error.
    pub async fn requests(&self, actor: &Actor) -> Result<u32> {
        Ok(queries::requests(self.0.db().read(), actor.user.uuid()).await?)
    }

    /// Changes the actor's privacy settings.
    ///
    /// # Errors
    /// The database's error.
    pub async fn set_privacy(&self, actor: &Actor, privacy: Privacy) -> Result<()> {
        self.0.limit(actor, LimitedAction::Set)?;
        let row = user::ActiveModel {
            id: Set(actor.user.uuid()),
            who_messages: Set(columns::who_writes_column(privacy.messages)),
            who_presence: Set(columns::who_sees_column(privacy.presence)),
            sends_receipts: Set(privacy.receipts),
            ..Default::default()
        };
        user::Entity::update(row).exec(self.0.db().write()).await?;
        self.0.presence().privacy_changed(actor.user);
        Ok(())
    }
}
