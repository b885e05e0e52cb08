//! User profiles, and the events that tell others of their changes.

use protocol::{ConversationId, ErrorKind, PictureId, UserId, UserSummary, live::ServerFrame, profile::OwnProfile};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::{lookup::lock_by_id, pictures::Rendition};
use crate::{
    Actor, Domain, Error, Result,
    db::retry,
    entities::{friendship, member, picture, user},
    live::{Envelope, To, encode},
    rate_limit::LimitedAction,
    text,
};

/// The `state` of a friendship whose users are friends.
const FRIENDS: i16 = 1;

/// The profile services.
#[derive(Clone, Copy, Debug)]
pub struct Profiles<'a>(&'a Domain);

impl<'a> Profiles<'a> {
    pub(crate) const fn new(domain: &'a Domain) -> Self {
        Self(domain)
    }

    /// Returns the actor's own profile.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthenticated`] when the account is gone.
    pub async fn own(&self, actor: &Actor) -> Result<OwnProfile> {
        let found = user::Entity::find_by_id(actor.user.uuid()).one(self.0.db().read()).await?;
        let user = found.filter(|user| user.deleted_at.is_none()).ok_or(ErrorKind::Unauthenticated)?;
        Ok(OwnProfile { bio: user.bio.clone(), pronouns: user.pronouns.clone(), user: user.into() })
    }

    /// Changes the actor's profile. Without a display name, the username is shown.
    ///
    /// # Errors
    /// An error on the field that is wrong.
    pub async fn update(&self, actor: &Actor, display_name: &str, bio: &str, pronouns: &str) -> Result<()> {
        self.0.limit(actor, LimitedAction::Upload)?;
        let (display_name, bio, pronouns) =
            (text::display_name(display_name)?, text::bio(bio)?, text::pronouns(pronouns)?);
        retry(|| self.update_now(actor, &display_name, &bio, &pronouns)).await
    }

    async fn update_now(&self, actor: &Actor, display_name: &str, bio: &str, pronouns: &str) -> Result<()> {
        let txn = self.0.db().begin().await?;
        let found = lock_by_id(&txn, actor.user.uuid()).await?;
        let is_renamed = found.display_name != display_name;
        let mut row = found.into_active_model();
        row.display_key = Set(Some(text::search_key(display_name)));
        row.display_name = Set(display_name.to_owned());
        row.bio = Set(bio.to_owned());
        row.pronouns = Set(pronouns.to_owned());
        let row = row.update(&txn).await?;
        txn.commit().await?;
        if is_renamed {
            self.publish(row.into()).await;
        }
        Ok(())
    }

    /// Makes the actor's picture from a photo. It replaces the previous one.
    ///
    /// # Errors
    /// The errors of [`render`](super::pictures::render).
    pub async fn set_picture(&self, actor: &Actor, photo: impl AsRef<[u8]> + Send + 'static) -> Result<UserSummary> {
        let sizes = self.0.0.pictures.make(photo).await?;
        retry(|| self.replace(actor, &sizes)).await
    }

    /// Removes the actor's picture, if there is one.
    ///
    /// # Errors
    /// The database's error.
    pub async fn remove_picture(&self, actor: &Actor) -> Result<UserSummary> {
        self.0.limit(actor, LimitedAction::Upload)?;
        retry(|| self.replace(actor, &[])).await
    }

    /// Returns a picture in one of its sizes, as a JPEG, or `None` if it was replaced or never existed. Every signed-in
    /// user may see it.
    ///
    /// # Errors
    /// The database's error.
    pub async fn picture(&self, _actor: &Actor, id: PictureId, size: u32) -> Result<Option<Vec<u8>>> {
        let Ok(size) = i16::try_from(size) else { return Ok(None) };
        let found = picture::Entity::find_by_id((id.uuid(), size)).one(self.0.db().read()).await?;
        Ok(found.map(|picture| picture.bytes))
    }

    async fn replace(&self, actor: &Actor, sizes: &[Rendition]) -> Result<UserSummary> {
        let now = self.0.now();
        let id = (!sizes.is_empty()).then(Uuid::now_v7);
        let txn = self.0.db().begin().await?;
        let mut row = lock_by_id(&txn, actor.user.uuid()).await?.into_active_model();
        picture::Entity::delete_many().filter(picture::Column::UserId.eq(actor.user.uuid())).exec(&txn).await?;
        for Rendition { size, jpeg } in sizes {
            let made = picture::ActiveModel {
                id: Set(id.unwrap_or_default()),
                size: Set(i16::try_from(*size).map_err(Error::internal)?),
                user_id: Set(actor.user.uuid()),
                bytes: Set(jpeg.clone()),
                created_at: Set(now),
            };
            picture::Entity::insert(made).exec_without_returning(&txn).await?;
        }
        row.picture_id = Set(id);
        let summary = UserSummary::from(row.update(&txn).await?);
        txn.commit().await?;
        self.publish(summary.clone()).await;
        Ok(summary)
    }

    /// Sends the summary to everybody who may have it on screen: the members of the user's conversations, the user's
    /// friends, and the user's own other tabs. Some receive it twice.
    pub(crate) async fn publish(&self, summary: UserSummary) {
        let user = summary.id;
        let frame = encode(&ServerFrame::UsersChanged { people: vec![summary] });
        match self.audience(user).await {
            Ok(audience) => {
                for to in audience {
                    self.0.0.bus.publish(Envelope { to, frame: frame.clone() });
                }
            }
            // The change is stored. A client that does not get the event sees the change when it next loads a page.
            Err(failure) => tracing::warn!(%failure, "a change of a profile could not be told"),
        }
    }

    async fn audience(&self, user: UserId) -> Result<Vec<To>> {
        let db = self.0.db().read();
        let conversations: Vec<Uuid> = member::Entity::find()
            .select_only()
            .column(member::Column::ConversationId)
            .filter(member::Column::UserId.eq(user.uuid()))
            .filter(member::Column::Present.eq(true))
            .into_tuple()
            .all(db)
            .await?;
        let is_one = Condition::any()
            .add(friendship::Column::LowId.eq(user.uuid()))
            .add(friendship::Column::HighId.eq(user.uuid()));
        let friends: Vec<(Uuid, Uuid)> = friendship::Entity::find()
            .select_only()
            .columns([friendship::Column::LowId, friendship::Column::HighId])
            .filter(is_one)
            .filter(friendship::Column::State.eq(FRIENDS))
            .into_tuple()
            .all(db)
            .await?;
        let friends = friends.into_iter().map(|(low, high)| if low == user.uuid() { high } else { low });
        let own = std::iter::once(To::User(user));
        let conversations = conversations.into_iter().map(|id| To::Conversation(ConversationId::from(id)));
        Ok(own.chain(conversations).chain(friends.map(|friend| To::User(friend.into()))).collect())
    }
}
