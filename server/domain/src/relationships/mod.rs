//! People: their cards and pictures, what they are to each other, and what each may do with another.

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

/// The services around people.
#[derive(Clone, Copy, Debug)]
pub struct Relationships<'a>(&'a Domain);

impl<'a> Relationships<'a> {
    pub(crate) const fn new(domain: &'a Domain) -> Self {
        Self(domain)
    }

    /// Friends, requests both ways, and who is blocked.
    ///
    /// # Errors
    /// What the database says.
    pub async fn contacts(&self, actor: &Actor) -> Result<Contacts> {
        queries::contacts(self.0.db().read(), actor).await
    }

    /// Those whose username or name has this in it, the likeliest first; at most
    /// [`SEARCH_MAX`](protocol::limits::SEARCH_MAX).
    ///
    /// Who blocked the actor is among them: that they are missing would tell.
    ///
    /// # Errors
    /// What is wrong with the text, on [`Field::Search`].
    pub async fn search(&self, actor: &Actor, text: &str) -> Result<Vec<Relationship>> {
        search::search(self.0.db().read(), actor, text).await
    }

    /// The card of the person with this username, in full.
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
        let relation = queries::relationship(db, actor, user.id).await?;
        let sighting = self.0.presence().of(actor, &[user.id.into()]).await?.pop();
        Ok(Profile {
            bio: user.bio.clone(),
            pronouns: user.pronouns.clone(),
            since: user.created_at,
            sighting: sighting.unwrap_or(UserPresence::hidden(user.id.into())),
            card: user.into(),
            tie: relation.friend_status,
            blocked: relation.blocked,
        })
    }

    /// What there is between the actor and another, for the [policy].
    ///
    /// # Errors
    /// What the database says.
    pub async fn context(&self, actor: &Actor, other: UserId) -> Result<RelationshipContext> {
        load_context(self.0.db().read(), actor, other).await
    }

    /// Does what somebody wants about another. See the functions of these names.
    ///
    /// # Errors
    /// Those of that function.
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

    /// How many requests wait for the actor's answer.
    ///
    /// # Errors
    /// What the database says.
    pub async fn requests(&self, actor: &Actor) -> Result<u32> {
        Ok(queries::requests(self.0.db().read(), actor.user.uuid()).await?)
    }

    /// Asks somebody to be friends. Who asked first is answered by it: they are friends then.
    ///
    /// For somebody who blocked the actor it looks the same and reaches nobody.
    ///
    /// # Errors
    /// On [`Field::Username`]: [`ErrorKind::Forbidden`] for oneself, [`ErrorKind::NotFound`],
    /// [`ErrorKind::Conflict`] when they were asked or are friends, [`ErrorKind::LimitReached`] when they have too many
    /// friends. [`ErrorKind::LimitReached`] when the actor has too many friends or requests, and
    /// [`ErrorKind::Forbidden`] when the actor blocked them.
    pub async fn request(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| friends::request(self.0, actor, other)).await
    }

    /// Says yes. Saying it twice changes nothing.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such request any more; [`ErrorKind::LimitReached`] as with
    /// [`request`](Self::request).
    pub async fn accept(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| friends::accept(self.0, actor, other)).await
    }

    /// Says no. Who asked is not told; to them it looks as if there was no answer yet.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such person.
    pub async fn decline(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| friends::decline(self.0, actor, other)).await
    }

    /// Takes a request back.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] on [`Field::Username`] when they said yes in the meantime.
    pub async fn cancel(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| friends::cancel(self.0, actor, other)).await
    }

    /// Ends a friendship.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such person.
    pub async fn remove(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| friends::remove(self.0, actor, other)).await
    }

    /// Blocks somebody: neither reaches the other from when this returns. They are friends no longer, and requests of
    /// both are gone. The other is not told; what they asked still looks unanswered to them.
    ///
    /// # Errors
    /// On [`Field::Username`]: [`ErrorKind::Forbidden`] for oneself, [`ErrorKind::NotFound`].
    /// [`ErrorKind::LimitReached`].
    pub async fn block(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| blocks::block(self.0, actor, other)).await
    }

    /// Takes a block back. They are strangers then.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such person.
    pub async fn unblock(&self, actor: &Actor, other: UserId) -> Result<Relationship> {
        retry(|| blocks::unblock(self.0, actor, other)).await
    }

    /// Sets what the actor lets others do.
    ///
    /// # Errors
    /// What the database says.
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

    /// The code of the actor's invitation link, made now if there is none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn invite(&self, actor: &Actor) -> Result<String> {
        invites::mine(self.0, actor).await
    }

    /// A new code in place of the old one, which leads nowhere from now on.
    ///
    /// # Errors
    /// What the database says.
    pub async fn renew_invite(&self, actor: &Actor) -> Result<String> {
        invites::renew(self.0, actor).await
    }

    /// Who invites with this code, and what they are to whoever asks; strangers for somebody who is not signed in.
    ///
    /// # Errors
    /// [`ErrorKind::Expired`] for a code that is unknown, was renewed, or is of somebody with whom there is a block.
    pub async fn invitation(&self, visitor: Option<&Actor>, code: &str) -> Result<Relationship> {
        invites::invitation(self.0.db().read(), visitor, code).await
    }

    /// Follows an invitation: they are friends then. Following it twice changes nothing.
    ///
    /// # Errors
    /// As [`invitation`](Self::invitation); [`ErrorKind::Forbidden`] on [`Field::Username`] for one's own;
    /// [`ErrorKind::LimitReached`] as with [`request`](Self::request).
    pub async fn accept_invite(&self, actor: &Actor, code: &str) -> Result<Relationship> {
        retry(|| invites::accept(self.0, actor, code)).await
    }
}
