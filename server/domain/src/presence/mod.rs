//! Presence: who is seen as there by whom, and what people say about it.
//!
//! Who is where is in no table; see [`live::presence`](crate::live::presence::roster). The database has what people chose, what
//! they say, and when they were last seen. What may be seen is decided when it is asked for; when that changes, who
//! watches is told to ask again.

mod query;
mod worker;

use std::{collections::HashMap, time::Duration};

use protocol::{
    ErrorKind, Field, UserId,
    limits::PRESENCE_SUBSCRIPTIONS_MAX,
    presence::{Availability, Expiry, OwnPresence, Status, UserPresence},
};
pub use worker::Worker;

use crate::{
    Actor, Domain, Result,
    live::{Envelope, PresenceRecord, SubscribeRequest, To},
    relationships::{load_contexts, policy::Action},
    text,
};

/// [`PRESENCE_SUBSCRIPTIONS_MAX`], to count with.
fn most() -> usize {
    usize::try_from(PRESENCE_SUBSCRIPTIONS_MAX).unwrap_or(usize::MAX)
}

/// Who is seen as there, and how people want to be seen.
#[derive(Clone, Copy, Debug)]
pub struct Presences<'a>(&'a Domain);

impl<'a> Presences<'a> {
    pub(crate) const fn new(domain: &'a Domain) -> Self {
        Self(domain)
    }

    /// How the actor sees these people now, in the order in which they are named. Of whom nothing may be seen it says
    /// as much as of somebody who never was there.
    ///
    /// # Errors
    /// [`ErrorKind::TooLong`] for more than [`PRESENCE_SUBSCRIPTIONS_MAX`] people.
    pub async fn of(&self, actor: &Actor, people: &[UserId]) -> Result<Vec<UserPresence>> {
        if people.len() > most() {
            return Err(ErrorKind::TooLong { max: PRESENCE_SUBSCRIPTIONS_MAX }.on(Field::Request).into());
        }
        let db = self.0.db().read();
        let facts = load_contexts(db, actor, people).await?;
        let may = |id: &UserId| facts.get(id).is_some_and(|facts| facts.may(Action::SeePresence));
        let seen = people.iter().copied().filter(may).collect::<Vec<_>>();
        let persons = query::people(db, &seen).await?;
        Ok(people.iter().map(|id| self.user_presence(*id, persons.get(id))).collect())
    }

    /// As [`of`](Self::of), of the first [`PRESENCE_SUBSCRIPTIONS_MAX`] of these people: for a page that begins with them,
    /// whose live connection asks for those it shows.
    ///
    /// # Errors
    /// What the database says.
    pub async fn first_of(&self, actor: &Actor, people: impl Iterator<Item = UserId>) -> Result<Vec<UserPresence>> {
        let first: Vec<_> = people.take(most()).collect();
        self.of(actor, &first).await
    }

    fn user_presence(&self, id: UserId, person: Option<&PresenceRecord>) -> UserPresence {
        let seen = |person: &PresenceRecord| person.seen(id, self.0.hub().presence().activity(id), self.0.now());
        person.map_or(UserPresence::hidden(id), seen)
    }

    /// Finds out whom a socket may see of those it watches now. Those it may see are told through the socket; returned
    /// is how the others are seen.
    ///
    /// # Errors
    /// What the database says. Those who are new are then not watched.
    pub async fn allow(&self, actor: &Actor, watched: SubscribeRequest) -> Result<Vec<UserPresence>> {
        let facts = match load_contexts(self.0.db().read(), actor, &watched.new).await {
            Ok(facts) => facts,
            Err(failure) => {
                watched.forget();
                return Err(failure);
            }
        };
        let may = |id: UserId| facts.get(&id).is_some_and(|facts| facts.may(Action::SeePresence));
        let hidden = watched.new.iter().filter(|id| !may(**id)).map(|id| UserPresence::hidden(*id)).collect();
        watched.allow(may);
        Ok(hidden)
    }

    /// What the actor is seen as, whatever they do.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthenticated`] when the account is gone.
    pub async fn set_availability(&self, actor: &Actor, availability: Availability) -> Result<OwnPresence> {
        let there = self.0.hub().presence().activity(actor.user).is_some();
        query::set_availability(self.0.db(), actor.user, availability, there.then(|| self.0.now())).await?;
        self.own(actor).await
    }

    /// What the actor says, and for how long; nothing, if both emoji and text are empty. `offset` is how far the
    /// actor's local time is ahead of UTC, in minutes: it tells when their day ends.
    ///
    /// # Errors
    /// On [`Field::Emoji`] or [`Field::Status`]; [`ErrorKind::Unauthenticated`] when the account is gone.
    pub async fn set_status(
        &self,
        actor: &Actor,
        emoji: &str,
        text: &str,
        expiry: Expiry,
        offset: i32,
    ) -> Result<OwnPresence> {
        let mut status = text::status(Status { emoji: emoji.to_owned(), text: text.to_owned(), until: None })?;
        let now = self.0.now();
        status.until = if status.is_shown(now) { expiry.until(now, offset) } else { None };
        query::set_status(self.0.db(), actor.user, status).await?;
        self.own(actor).await
    }

    /// Tells all who watch the actor, and returns what is told to their own tabs.
    async fn own(&self, actor: &Actor) -> Result<OwnPresence> {
        self.0.0.bus.publish(Envelope::bare(To::PresenceChanged(actor.user)));
        let mut found: HashMap<_, _> = query::people(self.0.db().read(), &[actor.user]).await?;
        let person = found.remove(&actor.user).ok_or(ErrorKind::Unauthenticated)?;
        Ok(person.own_presence(self.0.now()))
    }

    /// Call this after the commit of whatever changes what two people may see of each other: a block or its end, a
    /// friendship or its end.
    pub fn relationship_changed(&self, one: UserId, other: UserId) {
        self.0.0.bus.publish(Envelope::bare(To::VisibilityChanged(one, Some(other))));
    }

    /// Call this after the commit of whatever changes what anybody may see of a person: their privacy, the end of
    /// their account.
    pub fn privacy_changed(&self, user: UserId) {
        self.0.0.bus.publish(Envelope::bare(To::VisibilityChanged(user, None)));
    }
}
