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
use crate::{Actor, Domain, Result, db::retry, entities::user, users::columns};

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

    /// Returns the users whose username or display name contains this text, the best match first; at most
    /// [`SEARCH_MAX`](protocol::limits::SEARCH_MAX).
    ///
    /// Users who blocked the actor are included: their absence would reveal the block.
    ///
    /// # Errors
    /// An error on [`Field::Search`] if the text is not accepted.
    pub async fn search(&self, actor: &Actor, text: &str) -> Result<Vec<Relationship>> {
        search::search(self.0.db().read(), actor, text).await
    }

    /// Returns the full profile of the user with this username.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] on [`Field::Username`].
    pub async fn profile(&self, actor: &Actor, username: &str) -> Result<Profile> {
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

    /// Performs an action on another user. The method of the action's name documents it.
    ///
    /// # Errors
    /// The errors of that method.
    pub async fn change(&self, actor: &Actor, other: UserId, change: RelationshipAction) -> Result<Relationship> {
        match change {
            RelationshipAction::Request => self.request(actor, other).await,
            RelationshipAction::Accept => self.accept(actor, other).await,
            RelationshipAction::Decline => self.decline(actor, other).await,
            RelationshipAction::Cancel => self.cancel(actor, other).await,
            RelationshipAction::Remove => self.remove(actor, other).await,
            RelationshipAction::Block => self.block(actor, other).await,
            RelationshipAction::Unblock => self.unblock(actor, other).await,
        }
    }

    /// Returns the number of friend requests that wait for the actor's response.
    ///
    /// # Errors
    /// The database's error.
    pub async fn requests(&self, actor: &Actor) -> Result<u32> {
        Ok(queries::requests(self.0.db().read(), actor.user.uuid()).await?)
    }

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
    pub async fn request(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| friends::request(self.0, actor, other)).await
    }

    /// Accepts a friend request. Accepting it twice changes nothing.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such request any more; [`ErrorKind::LimitReached`] as with
    /// [`request`](Self::request).
    pub async fn accept(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| friends::accept(self.0, actor, other)).await
    }

    /// Declines a friend request. The sender is not told: to them it looks unanswered.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such user.
    pub async fn decline(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| friends::decline(self.0, actor, other)).await
    }

    /// Withdraws a friend request.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] on [`Field::Username`] if it was accepted meanwhile.
    pub async fn cancel(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| friends::cancel(self.0, actor, other)).await
    }

    /// Ends a friendship.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such user.
    pub async fn remove(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| friends::remove(self.0, actor, other)).await
    }

    /// Blocks a user. From when this returns, neither can reach the other. They are no longer friends, and the friend
    /// requests of both are gone. The other user is not told: a request that they sent still looks unanswered to them.
    ///
    /// # Errors
    /// On [`Field::Username`]: [`ErrorKind::Forbidden`] for the actor's own account, [`ErrorKind::NotFound`].
    /// [`ErrorKind::LimitReached`] if the actor blocked too many users.
    pub async fn block(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| blocks::block(self.0, actor, other)).await
    }

    /// Removes a block. The two are strangers then.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such user.
    pub async fn unblock(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| blocks::unblock(self.0, actor, other)).await
    }

    /// Changes the actor's privacy settings.
    ///
    /// # Errors
    /// The database's error.
    pub async fn set_privacy(&self, actor: &Actor, privacy: Privacy) -> Result<()> {
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

    /// Returns the code of the actor's invitation link. Creates it if there is none.
    ///
    /// # Errors
    /// The database's error.
    pub async fn invite(&self, actor: &Actor) -> Result<String> {
        invites::mine(self.0, actor).await
    }

    /// Replaces the code of the actor's invitation link. The old code is invalid from now on.
    ///
    /// # Errors
    /// The database's error.
    pub async fn renew_invite(&self, actor: &Actor) -> Result<String> {
        invites::renew(self.0, actor).await
    }

    /// Returns the user who invites with this code, and their relationship to the visitor. A visitor who is not signed
    /// in is a stranger.
    ///
    /// # Errors
    /// [`ErrorKind::Expired`] for a code that is unknown or was renewed, or if either of the two blocked the other.
    pub async fn invitation(&self, visitor: Option<&Actor>, code: &str) -> Result<Relationship> {
        invites::invitation(self.0.db().read(), visitor, code).await
    }

    /// Accepts an invitation, which makes the two friends. Accepting it twice changes nothing.
    ///
    /// # Errors
    /// The errors of [`invitation`](Self::invitation); [`ErrorKind::Forbidden`] on [`Field::Username`] for the actor's
    /// own code; [`ErrorKind::LimitReached`] as with [`request`](Self::request).
    pub async fn accept_invite(&self, actor: &Actor, code: &str) -> Result<Relationship> {
        retry(|| invites::accept(self.0, actor, code)).await
    }
}
