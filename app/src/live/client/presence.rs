//! Users' presence for the views: who is online, their statuses, and what the user chose.

use std::collections::HashMap;

use browser::clock;
use leptos::prelude::*;
use protocol::{
    Millis, UserId,
    live::ServerFrame,
    presence::{OwnPresence, UserPresence},
};

use super::LiveClient;
use crate::live::state::LiveState;

/// The signals of users' presence.
#[derive(Clone, Copy, Debug)]
pub(in crate::live) struct Shown {
    pub people: RwSignal<HashMap<UserId, UserPresence>>,
    pub chosen: RwSignal<OwnPresence>,
}

impl Shown {
    pub(super) fn new() -> Self {
        Self { people: RwSignal::new(HashMap::new()), chosen: RwSignal::new(OwnPresence::default()) }
    }

    /// Sets the signals whose values changed, and only those.
    pub(super) fn show(&self, people: HashMap<UserId, UserPresence>, chosen: OwnPresence) {
        if self.people.try_with_untracked(|shown| *shown != people).unwrap_or(false) {
            self.people.try_set(people);
        }
        if self.chosen.try_with_untracked(|shown| *shown != chosen).unwrap_or(false) {
            self.chosen.try_set(chosen);
        }
    }
}

impl LiveState {
    /// Handles a frame about presence.
    pub(in crate::live) fn receive_presence(&mut self, frame: ServerFrame, now: Millis) {
        match frame {
            ServerFrame::PresenceUpdate { people } => self.sightings.seen(people),
            ServerFrame::PresenceDropped { people } => self.sightings.dropped(&people),
            ServerFrame::OwnPresence(chosen) => self.sightings.set_own(chosen),
            _ => return,
        }
        self.dirty.presence = true;
        self.pump(now);
    }

    /// Queues the presence frames that are due: the subscriptions to users on screen, and the user's activity.
    pub(in crate::live) fn pump_presence(&mut self, now: Millis) {
        self.expire(now);
        let list = self.sidebar.rows();
        let list = list.iter().filter_map(|row| row.peer.as_ref().map(|peer| peer.id));
        let watch = self.sightings.frame(list);
        self.dirty.presence |= watch.is_some();
        self.frames.extend(watch);
        self.frames.extend(self.attention.frame(now));
    }

    /// Removes expired statuses.
    pub(in crate::live) fn expire(&mut self, now: Millis) {
        self.dirty.presence |= self.sightings.expire(now);
    }
}

impl LiveClient {
    /// Starts with the presence that a page brought.
    pub fn begin(&self, people: Vec<UserPresence>, chosen: OwnPresence) {
        self.saw(people);
        self.set_own_presence(chosen);
    }

    /// Applies the presence that a page brought. It is soon forgotten unless the page subscribes to these users.
    pub fn saw(&self, people: Vec<UserPresence>) {
        self.update(|state| {
            state.sightings.seen(people);
            state.dirty.presence = true;
        });
    }

    /// Returns a user's presence; none while it is unknown. For a user who is not in the sidebar, call
    /// [`subscribe_presence`](Self::subscribe_presence) first.
    pub fn presence_of(&self, id: UserId) -> Memo<Option<UserPresence>> {
        let people = self.shown().people;
        Memo::new(move |_| people.with(|people| people.get(&id).cloned()))
    }

    /// Subscribes to the presence of these users until the calling component is unmounted.
    pub fn subscribe_presence(&self, people: impl Fn() -> Vec<UserId> + 'static) {
        let client = *self;
        let ticket = StoredValue::new(None::<u64>);
        Effect::new(move |_| {
            let people = people();
            let known = ticket.get_value();
            let shown = client.update(|state| {
                let ticket = state.sightings.show(known, people);
                state.pump(clock::elapsed());
                ticket
            });
            ticket.set_value(shown);
        });
        on_cleanup(move || {
            if let Some(ticket) = ticket.try_get_value().flatten() {
                client.update(|state| {
                    state.sightings.hide(ticket);
                    state.pump(clock::elapsed());
                });
            }
        });
    }

    /// Returns the availability and the status that the user chose.
    pub fn own_presence(&self) -> ReadSignal<OwnPresence> {
        self.shown().chosen.read_only()
    }

    /// Sets the choice that the server accepted. The live connection, if there is one, reports the same.
    pub fn set_own_presence(&self, chosen: OwnPresence) {
        self.update(|state| {
            state.sightings.set_own(chosen);
            state.dirty.presence = true;
        });
    }

    /// Records an activity on the page: the user is active.
    pub(super) fn acted(&self, now: Millis) {
        if self.update_silently(|state| state.attention.acted(now)) == Some(true) {
            self.update(|state| state.pump(now));
        }
    }
}
