//! Subscriptions: the conversations that each user's sockets are subscribed to.
//!
//! All sockets of a user have the same subscriptions: the conversations that the user is a member of. A node reads them
//! from the database and receives changes from the bus. Both can be late: a change may arrive while an older answer of
//! the database is under way, and a change that was lost with Redis never arrives. So each user's subscriptions have a
//! version that every received change renews. An answer is applied only if the version is still the one from before the
//! query; otherwise the query is repeated.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use protocol::{ConversationId, UserId};

use super::Socket;

/// The conversations that each user's sockets are subscribed to.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    by_user: HashMap<UserId, Subscriber>,
    by_conversation: HashMap<ConversationId, Vec<Arc<Socket>>>,
    /// The newest version. Versions are unique, also among users.
    version: u64,
    /// The users whose subscriptions have to be read again, each with whether their sockets have to resync.
    doubted: HashMap<UserId, bool>,
}

#[derive(Debug, Default)]
struct Subscriber {
    sockets: Vec<Arc<Socket>>,
    follows: HashSet<ConversationId>,
    version: u64,
    /// Whether the subscriptions were ever read from the database.
    is_read: bool,
}

/// A user whose subscriptions have to be read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Doubt {
    pub user: UserId,
    /// The version before the query.
    pub version: u64,
    /// Whether the user's sockets are told to resync, whatever the answer is.
    pub resync: bool,
}

impl Subscriptions {
    /// Adds a socket, with the subscriptions of its user's other sockets.
    pub fn opened(&mut self, socket: &Arc<Socket>) {
        self.version += 1;
        let version = self.version;
        let subscriber =
            self.by_user.entry(socket.user).or_insert_with(|| Subscriber { version, ..Subscriber::default() });
        subscriber.sockets.push(socket.clone());
        for conversation in &subscriber.follows {
            self.by_conversation.entry(*conversation).or_default().push(socket.clone());
        }
    }

    /// Removes a socket.
    pub fn closed(&mut self, socket: &Socket) {
        let Some(subscriber) = self.by_user.get_mut(&socket.user) else { return };
        subscriber.sockets.retain(|open| open.id != socket.id);
        for conversation in &subscriber.follows {
            remove(&mut self.by_conversation, *conversation, socket.id);
        }
        if subscriber.sockets.is_empty() {
            self.by_user.remove(&socket.user);
            self.doubted.remove(&socket.user);
        }
    }

    /// Returns a user's sockets.
    pub fn of(&self, user: UserId) -> &[Arc<Socket>] {
        self.by_user.get(&user).map_or(&[], |subscriber| &subscriber.sockets)
    }

    /// Returns the sockets that are subscribed to a conversation.
    pub fn following(&self, conversation: ConversationId) -> &[Arc<Socket>] {
        self.by_conversation.get(&conversation).map_or(&[], Vec::as_slice)
    }

    /// Returns the number of sockets.
    pub fn sockets(&self) -> usize {
        self.by_user.values().map(|subscriber| subscriber.sockets.len()).sum()
    }

    /// Subscribes a user to a conversation.
    pub fn joined(&mut self, conversation: ConversationId, user: UserId) {
        let Some(subscriber) = self.by_user.get_mut(&user) else { return };
        self.version += 1;
        subscriber.version = self.version;
        if subscriber.follows.insert(conversation) {
            self.by_conversation.entry(conversation).or_default().extend(subscriber.sockets.iter().cloned());
        }
        // Two nodes' envelopes about the same user can arrive in either order.
        self.doubt(user, false);
    }

    /// Unsubscribes a user from a conversation.
    pub fn left(&mut self, conversation: ConversationId, user: UserId) {
        let Some(subscriber) = self.by_user.get_mut(&user) else { return };
        self.version += 1;
        subscriber.version = self.version;
        if subscriber.follows.remove(&conversation) {
            for socket in &subscriber.sockets {
                remove(&mut self.by_conversation, conversation, socket.id);
            }
        }
        self.doubt(user, false);
    }

    /// Marks a user's subscriptions to be read again.
    pub fn doubt(&mut self, user: UserId, resync: bool) {
        if self.by_user.contains_key(&user) {
            *self.doubted.entry(user).or_default() |= resync;
        }
    }

    /// Marks the subscriptions of all users to be read again and their sockets to resync.
    pub fn doubt_all(&mut self) {
        self.doubted.extend(self.by_user.keys().map(|user| (*user, true)));
    }

    /// Takes users whose subscriptions have to be read again, until they have this many sockets together; at least one
    /// user if there is any.
    pub fn take_doubted(&mut self, sockets: usize) -> Vec<Doubt> {
        let mut count = 0;
        let chosen = |user: &UserId| {
            let room = count < sockets;
            count += self.of(*user).len();
            room
        };
        let users: Vec<UserId> = self.doubted.keys().copied().take_while(chosen).collect();
        let doubt = |user: UserId| {
            let resync = self.doubted.remove(&user).unwrap_or_default();
            self.by_user.get(&user).map(|subscriber| Doubt { user, version: subscriber.version, resync })
        };
        users.into_iter().filter_map(doubt).collect()
    }

    /// Returns the version of a user's subscriptions; `None` without sockets.
    pub fn version(&self, user: UserId) -> Option<u64> {
        self.by_user.get(&user).map(|subscriber| subscriber.version)
    }

    /// Replaces a user's subscriptions by what the database says. Returns `None` if they changed since that version, so
    /// that the answer is too old; otherwise, whether the sockets had other subscriptions before.
    pub fn set(&mut self, user: UserId, version: u64, follows: HashSet<ConversationId>) -> Option<bool> {
        // Without sockets there is nothing to replace.
        let Some(subscriber) = self.by_user.get_mut(&user) else { return Some(false) };
        if subscriber.version != version {
            return None;
        }
        for gone in subscriber.follows.difference(&follows) {
            for socket in &subscriber.sockets {
                remove(&mut self.by_conversation, *gone, socket.id);
            }
        }
        for new in follows.difference(&subscriber.follows) {
            self.by_conversation.entry(*new).or_default().extend(subscriber.sockets.iter().cloned());
        }
        let differs = subscriber.is_read && subscriber.follows != follows;
        subscriber.follows = follows;
        subscriber.is_read = true;
        Some(differs)
    }
}

fn remove(all: &mut HashMap<ConversationId, Vec<Arc<Socket>>>, conversation: ConversationId, id: u64) {
    if let Some(sockets) = all.get_mut(&conversation) {
        if let Some(at) = sockets.iter().position(|socket| socket.id == id) {
            sockets.swap_remove(at);
        }
        if sockets.is_empty() {
            all.remove(&conversation);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(n: u8) -> ConversationId {
        ConversationId::from_parts(i64::from(n), &[n; 10])
    }

    fn person(n: u8) -> UserId {
        UserId::from_parts(i64::from(n), &[n; 10])
    }

    fn open(all: &mut Subscriptions, id: u64, user: UserId) -> Arc<Socket> {
        let (queue, _) = tokio::sync::mpsc::channel(1);
        let socket = Arc::new(Socket::new(id, user, None, queue));
        all.opened(&socket);
        socket
    }

    fn ids(sockets: &[Arc<Socket>]) -> Vec<u64> {
        let mut ids: Vec<u64> = sockets.iter().map(|socket| socket.id).collect();
        ids.sort_unstable();
        ids
    }

    fn these(all: &[u8]) -> HashSet<ConversationId> {
        all.iter().map(|n| conversation(*n)).collect()
    }

    #[test]
    fn all_sockets_of_a_person_follow_exactly_what_was_read() {
        let mut all = Subscriptions::default();
        let ada = person(1);
        let first = open(&mut all, 1, ada);
        let version = all.version(ada).unwrap();
        assert_eq!(all.set(ada, version, these(&[1, 2])), Some(false), "nobody was wrong about it");
        open(&mut all, 2, ada);
        assert_eq!(ids(all.following(conversation(1))), [1, 2]);
        let version = all.version(ada).unwrap();
        assert_eq!(all.set(ada, version, these(&[1, 2])), Some(false));
        assert_eq!(all.set(ada, version, these(&[2, 3])), Some(true), "added and taken away");
        assert!(all.following(conversation(1)).is_empty());
        assert_eq!(ids(all.following(conversation(3))), [1, 2]);
        all.closed(&first);
        assert_eq!(ids(all.following(conversation(3))), [2]);
        assert_eq!(all.sockets(), 1);
    }

    #[test]
    fn what_is_heard_while_an_answer_is_on_its_way_wins() {
        let mut all = Subscriptions::default();
        let ada = person(1);
        open(&mut all, 1, ada);
        let version = all.version(ada).unwrap();
        all.left(conversation(1), ada);
        assert_eq!(all.set(ada, version, these(&[1])), None);
        assert!(all.following(conversation(1)).is_empty());
        let version = all.version(ada).unwrap();
        all.joined(conversation(2), ada);
        assert_eq!(all.set(ada, version, these(&[])), None);
        assert_eq!(ids(all.following(conversation(2))), [1]);
    }

    #[test]
    fn an_answer_about_sockets_that_are_gone_says_nothing_of_later_ones() {
        let mut all = Subscriptions::default();
        let ada = person(1);
        let first = open(&mut all, 1, ada);
        let version = all.version(ada).unwrap();
        all.closed(&first);
        open(&mut all, 2, ada);
        assert_eq!(all.set(ada, version, these(&[1])), None);
    }

    #[test]
    fn doubts_are_taken_a_few_sockets_at_a_time() {
        let mut all = Subscriptions::default();
        for n in 1..=10 {
            open(&mut all, u64::from(n), person(n));
            open(&mut all, u64::from(n) + 100, person(n));
        }
        all.doubt(person(1), false);
        all.doubt_all();
        all.doubt(person(2), false);
        all.doubt(person(99), true);
        let mut taken = Vec::new();
        for _ in 0..4 {
            let some = all.take_doubted(6);
            assert!(some.len() <= 3 && some.iter().all(|doubt| doubt.resync), "{some:?}");
            taken.extend(some.into_iter().map(|doubt| doubt.user));
        }
        taken.sort_unstable();
        assert_eq!(taken, (1..=10).map(person).collect::<Vec<_>>());
        assert!(all.take_doubted(6).is_empty());
        all.joined(conversation(1), person(3));
        assert!(matches!(all.take_doubted(6)[..], [Doubt { resync: false, .. }]));
        assert_eq!(all.take_doubted(1), []);
        all.doubt_all();
        assert_eq!(all.take_doubted(1).len(), 1, "somebody with more sockets than are taken at once is taken");
    }
}
