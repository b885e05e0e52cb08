//! The presence service: the presence that others see of a user, and the availability and status that users choose.
//!
//! The connections of users are in no table; see [`live::presence`](crate::live::presence::roster). The database has
//! each user's availability, status and last seen time. Visibility is decided when a client subscribes; when it
//! changes, the subscribers are told to subscribe again.

mod query;
mod worker;

use std::collections::HashMap;

use protocol::{
    ErrorKind, Field, UserId,
    limits::PRESENCE_SUBSCRIPTIONS_MAX,
    presence::{Availability, Expiry, OwnPresence, Status, UserPresence},
};
pub use worker::Worker;

use crate::{
    Actor, Domain, Result,
    live::{Envelope, PresenceHandle, PresenceRecord, SubscribeRequest, To},
    rate_limit::LimitedAction,
    relationships::{load_contexts, policy::Action},
    text,
};

/// Returns [`PRESENCE_SUBSCRIPTIONS_MAX`] as a `usize`.
fn most() -> usize {
    usize::try_from(PRESENCE_SUBSCRIPTIONS_MAX).unwrap_or(usize::MAX)
}

/// Checks that there are at most [`PRESENCE_SUBSCRIPTIONS_MAX`] users.
fn check_count(people: &[UserId]) -> Result<()> {
    if people.len() > most() {
        return Err(ErrorKind::TooLong { max: PRESENCE_SUBSCRIPTIONS_MAX }.on(Field::Request).into());
    }
    Ok(())
}

/// The service for presence, availability and status.
#[derive(Clone, Copy, Debug)]
pub struct Presences<'a>(&'a Domain);

impl<'a> Presences<'a> {
    pub(crate) const fn new(domain: &'a Domain) -> Self {
        Self(domain)
    }

    /// Returns the presence of these users as the actor may see it, in the same order. A user whose presence is hidden
    /// from the actor looks like one who was never online.
    ///
    /// # Errors
    /// Returns [`ErrorKind::TooLong`] for more than [`PRESENCE_SUBSCRIPTIONS_MAX`] users, and an error if the database
    /// fails.
    pub async fn of(&self, actor: &Actor, people: &[UserId]) -> Result<Vec<UserPresence>> {
        check_count(people)?;
        let db = self.0.db().read();
        let contexts = load_contexts(db, actor, people).await?;
        let may = |id: &UserId| contexts.get(id).is_some_and(|contexts| contexts.may(Action::SeePresence));
        let seen = people.iter().copied().filter(may).collect::<Vec<_>>();
        let records = query::people(db, &seen).await?;
        Ok(people.iter().map(|id| self.user_presence(*id, records.get(id))).collect())
    }

    /// Returns the same as [`of`](Self::of), for the first [`PRESENCE_SUBSCRIPTIONS_MAX`] of these users: for a page
    /// that begins with them. Its live connection then subscribes to the users that it shows.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn first_of(&self, actor: &Actor, people: impl Iterator<Item = UserId>) -> Result<Vec<UserPresence>> {
        let first: Vec<_> = people.take(most()).collect();
        self.of(actor, &first).await
    }

    fn user_presence(&self, id: UserId, record: Option<&PresenceRecord>) -> UserPresence {
        let seen = |record: &PresenceRecord| record.seen(id, self.0.hub().presence().activity(id), self.0.now());
        record.map_or(UserPresence::hidden(id), seen)
    }

    /// Subscribes a socket to the presence of these users, and replaces the previous subscriptions. The socket receives
    /// nothing about the new ones until [`allow`](Self::allow) has decided what it may see.
    ///
    /// # Errors
    /// [`ErrorKind::TooLong`] for more than [`PRESENCE_SUBSCRIPTIONS_MAX`] users, and [`ErrorKind::RateLimited`].
    pub fn subscribe(&self, actor: &Actor, handle: &PresenceHandle, people: Vec<UserId>) -> Result<SubscribeRequest> {
        check_count(&people)?;
        self.0.limit(actor, LimitedAction::SubscribePresence)?;
        Ok(handle.subscribe(people))
    }

    /// Checks which of the users that a socket subscribed to it may see. The socket receives the presence of those
    /// itself; the result is how the others look.
    ///
    /// # Errors
    /// Returns an error if the database fails. The socket is then not subscribed to the new users.
    pub async fn allow(&self, actor: &Actor, request: SubscribeRequest) -> Result<Vec<UserPresence>> {
        let contexts = match load_contexts(self.0.db().read(), actor, &request.new).await {
            Ok(contexts) => contexts,
            Err(failure) => {
                request.forget();
                return Err(failure);
            }
        };
        let may = |id: UserId| contexts.get(&id).is_some_and(|contexts| contexts.may(Action::SeePresence));
        let hidden = request.new.iter().filter(|id| !may(**id)).map(|id| UserPresence::hidden(*id)).collect();
        request.allow(may);
        Ok(hidden)
    }

    /// Sets the actor's availability.
    ///
    /// # Errors
    /// Returns [`ErrorKind::Unauthenticated`] if the account is gone, and an error if the database fails.
    pub async fn set_availability(&self, actor: &Actor, availability: Availability) -> Result<OwnPresence> {
        self.0.limit(actor, LimitedAction::Set)?;
        let there = self.0.hub().presence().activity(actor.user).is_some();
        query::set_availability(self.0.db(), actor.user, availability, there.then(|| self.0.now())).await?;
        self.own(actor).await
    }

    /// Sets the actor's status and when it expires; removes it if both emoji and text are empty. `offset` is how far
    /// the actor's local time is ahead of UTC, in minutes: it determines when their day ends.
    ///
    /// # Errors
    /// Returns an error on [`Field::Emoji`] or [`Field::Status`] if one of them is invalid,
    /// [`ErrorKind::Unauthenticated`] if the account is gone, and an error if the database fails.
    pub async fn set_status(
        &self,
        actor: &Actor,
        emoji: &str,
        text: &str,
        expiry: Expiry,
        offset: i32,
    ) -> Result<OwnPresence> {
        self.0.limit(actor, LimitedAction::Set)?;
        let mut status = text::status(Status { emoji: emoji.to_owned(), text: text.to_owned(), until: None })?;
        let now = self.0.now();
        status.until = if status.is_shown(now) { expiry.until(now, offset) } else { None };
        query::set_status(self.0.db(), actor.user, status).await?;
        self.own(actor).await
    }

    /// Publishes the actor's presence to all subscribers, and returns what the actor's own tabs receive.
    async fn own(&self, actor: &Actor) -> Result<OwnPresence> {
        self.0.0.bus.publish(Envelope::bare(To::PresenceChanged(actor.user)));
        let mut found: HashMap<_, _> = query::people(self.0.db().read(), &[actor.user]).await?;
        let record = found.remove(&actor.user).ok_or(ErrorKind::Unauthenticated)?;
        Ok(record.own_presence(self.0.now()))
    }

    /// Publishes that what two users may see of each other changed. Call this after the commit of such a change: a
    /// block or its end, a friendship or its end.
    pub fn relationship_changed(&self, one: UserId, other: UserId) {
        self.0.0.bus.publish(Envelope::bare(To::VisibilityChanged(one, Some(other))));
    }

    /// Publishes that what others may see of a user changed. Call this after the commit of such a change: of their
    /// privacy settings, or the end of their account.
    pub fn privacy_changed(&self, user: UserId) {
        self.0.0.bus.publish(Envelope::bare(To::VisibilityChanged(user, None)));
    }
}
