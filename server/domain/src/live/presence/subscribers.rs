//! The presence subscriptions of the sockets of this node.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use protocol::UserId;

use crate::live::socket::Socket;

/// The presence subscriptions of the sockets of this node.
#[derive(Debug, Default)]
pub(super) struct PresenceSubscribers {
    tickets: u64,
    by_person: HashMap<UserId, Vec<Subscription>>,
    by_socket: HashMap<u64, Vec<UserId>>,
}

#[derive(Debug)]
struct Subscription {
    socket: Arc<Socket>,
    grant: Grant,
}

/// Whether a socket may see the user that it subscribed to. Refused subscriptions are kept as well: when the answer
/// changes, their clients are told to subscribe again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grant {
    /// The check of this request is under way.
    Asked(u64),
    Given,
    Refused,
}

impl PresenceSubscribers {
    /// Adds a socket. Only sockets that were added can subscribe.
    pub fn opened(&mut self, socket: u64) {
        self.by_socket.insert(socket, Vec::new());
    }

    /// Removes a socket.
    pub fn closed(&mut self, socket: u64) {
        for person in self.by_socket.remove(&socket).unwrap_or_default() {
            self.take_out(person, |watch| watch.socket.id == socket);
        }
    }

    /// Subscribes a socket to these users and replaces its previous subscriptions. Returns the users that are new, and
    /// the number of the request with which to [`answer`](Self::answer) whether they may be seen.
    pub fn subscribe(&mut self, socket: &Arc<Socket>, people: Vec<UserId>) -> (u64, Vec<UserId>) {
        self.tickets += 1;
        let Some(known) = self.by_socket.get_mut(&socket.id) else { return (self.tickets, Vec::new()) };
        let wanted: HashSet<UserId> = people.into_iter().collect();
        let before: HashSet<UserId> = std::mem::replace(known, wanted.iter().copied().collect()).into_iter().collect();
        for person in before.difference(&wanted) {
            self.take_out(*person, |watch| watch.socket.id == socket.id);
        }
        let new: Vec<UserId> = wanted.difference(&before).copied().collect();
        for person in &new {
            let watch = Subscription { socket: socket.clone(), grant: Grant::Asked(self.tickets) };
            self.by_person.entry(*person).or_default().push(watch);
        }
        (self.tickets, new)
    }

    /// Answers a request: grants the subscriptions for which `may` returns true. Returns the granted ones that still
    /// wait for this answer: clients subscribe again to users that were removed meanwhile.
    pub fn answer(&mut self, ticket: u64, people: &[UserId], may: impl Fn(UserId) -> bool) -> Vec<UserId> {
        let mut given = Vec::new();
        for person in people {
            let asked = |watch: &&mut Subscription| watch.grant == Grant::Asked(ticket);
            if let Some(watch) = self.by_person.get_mut(person).and_then(|all| all.iter_mut().find(asked)) {
                watch.grant = if may(*person) { Grant::Given } else { Grant::Refused };
                if watch.grant == Grant::Given {
                    given.push(*person);
                }
            }
        }
        given
    }

    /// Removes the subscriptions of a request that could not be checked.
    pub fn unanswered(&mut self, ticket: u64, people: &[UserId]) {
        for person in people {
            for socket in self.take_out(*person, |watch| watch.grant == Grant::Asked(ticket)) {
                self.forget(socket.id, *person);
            }
        }
    }

    /// Removes the subscriptions to a user, all of them or those of some subscribers. Returns their sockets.
    pub fn part(&mut self, person: UserId, of: impl Fn(UserId) -> bool) -> Vec<Arc<Socket>> {
        let sockets = self.take_out(person, |watch| of(watch.socket.user));
        for socket in &sockets {
            self.forget(socket.id, person);
        }
        sockets
    }

    /// Removes all subscriptions of a socket.
    pub fn clear(&mut self, socket: u64) {
        self.closed(socket);
        self.opened(socket);
    }

    /// Removes all subscriptions.
    pub fn clear_all(&mut self) {
        self.by_person.clear();
        self.by_socket.values_mut().for_each(Vec::clear);
    }

    /// Returns whether anybody subscribes to this user.
    pub fn has_subscribers(&self, person: UserId) -> bool {
        self.by_person.contains_key(&person)
    }

    /// Returns the sockets that may see this user.
    pub fn of(&self, person: UserId) -> impl Iterator<Item = &Arc<Socket>> {
        let given = |watch: &&Subscription| watch.grant == Grant::Given;
        self.by_person.get(&person).into_iter().flatten().filter(given).map(|watch| &watch.socket)
    }

    /// Returns whether the socket may see this user.
    pub fn sees(&self, socket: u64, person: UserId) -> bool {
        self.of(person).any(|watching| watching.id == socket)
    }

    fn take_out(&mut self, person: UserId, which: impl Fn(&Subscription) -> bool) -> Vec<Arc<Socket>> {
        let Some(all) = self.by_person.get_mut(&person) else { return Vec::new() };
        let out = all.extract_if(.., |watch| which(watch)).map(|watch| watch.socket).collect();
        if all.is_empty() {
            self.by_person.remove(&person);
        }
        out
    }

    fn forget(&mut self, socket: u64, person: UserId) {
        if let Some(subscribed) = self.by_socket.get_mut(&socket) {
            subscribed.retain(|subscribed| *subscribed != person);
        }
    }
}
