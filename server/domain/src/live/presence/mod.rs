//! Presence in the [`Hub`](super::Hub): the users that are connected, and the sockets that are told about them.
//!
//! Every event is recorded here at once, under a lock. The node's [worker](crate::presence) takes what was recorded,
//! reads the users' availability and status from the database, and returns it here to be sent. Only the worker sends
//! changes of presence, so the last frame a socket receives is current.

pub(super) mod record;
pub mod roster;
mod subscribers;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use protocol::{
    Millis, UserId,
    live::ServerFrame,
    presence::{OwnPresence, UserPresence},
};
use tokio::sync::Notify;
use uuid::Uuid;

use self::{
    record::PresenceRecord,
    roster::{Activity, NodeId, NodeMessage, Roster},
    subscribers::PresenceSubscribers,
};
use super::{envelope::encode, socket::Socket};

/// The most users in one frame: about as many bytes as a delta has.
const AT_ONCE: usize = 200;

/// The part of the hub that deals with presence.
#[derive(Debug)]
pub(crate) struct PresenceHub {
    /// The id of this node, as the other nodes know it.
    pub node: NodeId,
    started: Instant,
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    roster: Roster,
    subscribers: PresenceSubscribers,
    /// Users with subscribers whose presence has to be sent again.
    changed: HashSet<UserId>,
    /// New subscriptions that were allowed and wait for their first frame.
    asked: Vec<(Arc<Socket>, Vec<UserId>)>,
    /// Messages to the other nodes, such as the answers to their requests.
    words: Vec<NodeMessage>,
}

/// The presence frames that have to be sent.
#[derive(Debug, Default)]
pub(crate) struct ToTell {
    changed: HashSet<UserId>,
    asked: Vec<(Arc<Socket>, Vec<UserId>)>,
}

/// The result of [`PresenceHub::settle`].
#[derive(Debug)]
pub(crate) struct Settled {
    /// Users who are no longer connected to this node.
    pub gone: Vec<UserId>,
    /// Messages for the other nodes.
    pub words: Vec<NodeMessage>,
    /// Whether another node fell silent: its last changes may have been lost.
    pub missed: bool,
}

impl ToTell {
    /// Returns the users whose presence has to be sent.
    pub fn people(&self) -> Vec<UserId> {
        let asked = self.asked.iter().flat_map(|(_, people)| people);
        let all: HashSet<UserId> = self.changed.iter().chain(asked).copied().collect();
        all.into_iter().collect()
    }
}

impl Default for PresenceHub {
    fn default() -> Self {
        let (started, state) = (Instant::now(), Mutex::default());
        Self { node: Uuid::now_v7(), started, state, wake: Notify::new() }
    }
}

impl PresenceHub {
    pub fn joined(&self, socket: &Socket) {
        let mut state = self.state();
        state.subscribers.opened(socket.id);
        let seen = state.roster.joined(socket.user);
        self.note(&mut state, seen.then_some(socket.user));
    }

    pub fn left(&self, socket: &Socket) {
        let now = self.started.elapsed();
        let mut state = self.state();
        state.subscribers.closed(socket.id);
        let seen = state.roster.left(socket.user, socket.is_active(), now);
        self.note(&mut state, seen.then_some(socket.user));
    }

    pub fn turned(&self, socket: &Socket, active: bool) {
        let mut state = self.state();
        if socket.turn(active) {
            let seen = state.roster.turned(socket.user, active);
            self.note(&mut state, seen.then_some(socket.user));
        }
    }

    pub fn activity(&self, user: UserId) -> Option<Activity> {
        self.state().roster.activity(user)
    }

    pub fn connected(&self) -> Vec<UserId> {
        self.state().roster.connected()
    }

    pub fn heartbeat(&self) -> NodeMessage {
        self.state().roster.heartbeat()
    }

    pub fn subscribe(&self, socket: &Arc<Socket>, people: Vec<UserId>) -> (u64, Vec<UserId>) {
        self.state().subscribers.subscribe(socket, people)
    }

    pub fn answer(&self, socket: &Arc<Socket>, ticket: u64, people: &[UserId], may: impl Fn(UserId) -> bool) {
        let mut state = self.state();
        let given = state.subscribers.answer(ticket, people, may);
        if !given.is_empty() {
            state.asked.push((socket.clone(), given));
            self.wake.notify_one();
        }
    }

    pub fn unanswered(&self, ticket: u64, people: &[UserId]) {
        self.state().subscribers.unanswered(ticket, people);
    }

    /// Records that the user's availability or status changed in the database.
    pub fn renew(&self, user: UserId) {
        self.note(&mut self.state(), [user]);
    }

    /// Removes subscriptions because what others may see of this user changed; with `other`, only those between the two
    /// users. Their sockets are told to subscribe again.
    pub fn part(&self, user: UserId, other: Option<UserId>) {
        let mut state = self.state();
        let mut tell = |person: UserId, of: &dyn Fn(UserId) -> bool| {
            let frame = encode(&ServerFrame::PresenceDropped { people: vec![person] });
            for socket in state.subscribers.part(person, of) {
                if !socket.push_droppable(frame.clone()) {
                    state.subscribers.clear(socket.id);
                }
            }
        };
        match other {
            // Users always see their own presence.
            None => tell(user, &|watcher| watcher != user),
            Some(other) => {
                tell(user, &|watcher| watcher == other);
                tell(other, &|watcher| watcher == user);
            }
        }
    }

    /// Removes all subscriptions. The caller tells the sockets to resync.
    pub fn forget_subscriptions(&self) {
        let mut state = self.state();
        state.subscribers.clear_all();
        state.changed.clear();
        state.asked.clear();
    }

    /// Records that another node published something.
    pub fn heard(&self, node: NodeId) {
        let now = self.started.elapsed();
        self.state().roster.heard(node, now);
    }

    /// Receives a message from another node.
    pub fn hear(&self, from: NodeId, word: NodeMessage) {
        let now = self.started.elapsed();
        let mut state = self.state();
        if let NodeMessage::SnapshotRequest { of } = &word
            && of.is_none_or(|node| node == self.node)
        {
            let everybody = state.roster.snapshot();
            state.words.push(everybody);
            self.wake.notify_one();
        }
        let seen = state.roster.hear(from, word, now);
        self.note(&mut state, seen);
    }

    /// Requests a snapshot from all other nodes. Call this when the connection to them opens, also for the first time.
    pub fn request_snapshots(&self) {
        self.state().words.push(NodeMessage::SnapshotRequest { of: None });
        self.wake.notify_one();
    }

    /// Waits until there is something to do. Cancel safe.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Applies the time limits: removes users whose last socket closed `grace` ago, and nodes that were silent for
    /// `silence`.
    pub fn settle(&self, grace: Duration, silence: Duration) -> Settled {
        let now = self.started.elapsed();
        let mut state = self.state();
        let (gone, mut seen) = state.roster.settle(now, grace);
        seen.extend(state.roster.forget_silent(now, silence));
        self.note(&mut state, seen);
        let mut words: Vec<NodeMessage> = state.roster.say().into_iter().collect();
        words.append(&mut state.words);
        words.extend(
            state.roster.due_requests(now).into_iter().map(|node| NodeMessage::SnapshotRequest { of: Some(node) }),
        );
        Settled { gone, words, missed: state.roster.take_missed() }
    }

    /// Takes the presence frames that have to be sent.
    pub fn to_tell(&self) -> ToTell {
        let mut state = self.state();
        ToTell { changed: std::mem::take(&mut state.changed), asked: std::mem::take(&mut state.asked) }
    }

    /// Puts back frames that could not be sent.
    pub fn untold(&self, told: ToTell) {
        let mut state = self.state();
        state.changed.extend(told.changed);
        state.asked.extend(told.asked);
    }

    /// Sends the frames. A user without a row in the database looks as if hidden.
    pub fn tell(&self, told: &ToTell, people: &HashMap<UserId, PresenceRecord>, now: Millis) {
        let mut state = self.state();
        let mut batch = FrameBatch::default();
        for user in &told.changed {
            state.subscribers.of(*user).for_each(|socket| batch.add(socket, *user));
        }
        for (socket, asked) in &told.asked {
            // Subscriptions that were removed meanwhile are skipped: their clients subscribe again.
            let seen = asked.iter().filter(|user| state.subscribers.sees(socket.id, **user));
            seen.for_each(|user| batch.add(socket, *user));
        }
        let presence_of = |id: UserId| match people.get(&id) {
            Some(person) => person.seen(id, state.roster.activity(id), now),
            None => UserPresence::hidden(id),
        };
        let chosen = |id: UserId| people.get(&id).map(|person| person.own_presence(now));
        for lagging in batch.send(presence_of, chosen) {
            state.subscribers.clear(lagging);
        }
    }

    fn note(&self, state: &mut State, seen: impl IntoIterator<Item = UserId>) {
        for user in seen {
            if state.subscribers.has_subscribers(user) {
                state.changed.insert(user);
            }
        }
        self.wake.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is complete in itself, so a panic elsewhere leaves nothing inconsistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The frames to send, by socket: the users that each is told about.
#[derive(Debug, Default)]
struct FrameBatch(HashMap<u64, (Arc<Socket>, Vec<UserId>)>);

impl FrameBatch {
    fn add(&mut self, socket: &Arc<Socket>, user: UserId) {
        let (_, people) = self.0.entry(socket.id).or_insert_with(|| (socket.clone(), Vec::new()));
        people.push(user);
    }

    /// Sends the frames. Returns the sockets whose queues had no room for them.
    fn send(
        self,
        presence_of: impl Fn(UserId) -> UserPresence,
        chosen: impl Fn(UserId) -> Option<OwnPresence>,
    ) -> Vec<u64> {
        // A frame about a single user goes to all subscribers in one buffer.
        let mut alone: HashMap<UserId, Bytes> = HashMap::new();
        let mut lagging = Vec::new();
        for (id, (socket, mut people)) in self.0 {
            people.sort_unstable();
            people.dedup();
            let oneself = people.extract_if(.., |user| *user == socket.user).next();
            let mut frames: Vec<Bytes> =
                oneself.and_then(&chosen).map(|chosen| encode(&ServerFrame::OwnPresence(chosen))).into_iter().collect();
            let several = |people: &[UserId]| {
                encode(&ServerFrame::PresenceUpdate { people: people.iter().map(|user| presence_of(*user)).collect() })
            };
            match people.as_slice() {
                [one] => frames.push(alone.entry(*one).or_insert_with(|| several(&[*one])).clone()),
                many => frames.extend(many.chunks(AT_ONCE).map(several)),
            }
            if !frames.into_iter().all(|frame| socket.push_droppable(frame)) {
                lagging.push(id);
            }
        }
        lagging
    }
}
