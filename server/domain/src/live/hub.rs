//! The sockets of this node: who they speak for, what they follow and whom they watch.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use protocol::{ConversationId, UserId, live::close};
use tokio::sync::mpsc;

use super::{
    Connection, Envelope, Outgoing, To,
    envelope::RESYNC,
    people::People,
    presence::{NodeId, Word},
};

/// Frames that wait for one socket. A room at 200 messages a second fills it in over a second; a socket that is
/// further behind is better served by one answer to "what changed".
const QUEUE: usize = 256;
/// Frames that presence leaves free for what matters more.
const LIGHT: usize = QUEUE / 2;
/// After trouble with the bus, this many sockets are told to resync at once, and then a pause is made.
const RESYNC_CHUNK: usize = 500;
const RESYNC_PAUSE: Duration = Duration::from_millis(50);

/// The sockets of this node.
#[derive(Debug, Default)]
pub struct Hub {
    state: Mutex<State>,
    people: People,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    by_user: HashMap<UserId, Vec<Arc<Socket>>>,
    by_conversation: HashMap<ConversationId, Vec<Arc<Socket>>>,
    /// What each socket follows, so that it can be taken out again without a search.
    follows: HashMap<u64, Vec<ConversationId>>,
}

/// One socket, as the hub sees it.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(super) id: u64,
    pub(super) user: UserId,
    queue: mpsc::Sender<Outgoing>,
    /// Frames were left out because the queue was full.
    pub(super) lagged: AtomicBool,
    /// Sightings were left out, and nobody is watched any more.
    pub(super) blind: AtomicBool,
    /// Whether somebody is in front of its page.
    active: AtomicBool,
}

impl Socket {
    fn new(id: u64, user: UserId, queue: mpsc::Sender<Outgoing>) -> Self {
        let flag = AtomicBool::new;
        Self { id, user, queue, lagged: flag(false), blind: flag(false), active: flag(true) }
    }

    pub(super) fn is_active(&self) -> bool {
        self.active.load(Ordering::Acquire)
    }

    /// Sets whether it is active; says whether that is new.
    pub(super) fn turn(&self, active: bool) -> bool {
        self.active.swap(active, Ordering::AcqRel) != active
    }

    /// As [`push`](Self::push), for what is the first to be left out. False if it was; nobody may then be watched.
    pub(super) fn push_light(&self, frame: Bytes) -> bool {
        let sent = self.queue.capacity() > LIGHT && self.queue.try_send(Outgoing::Text(frame)).is_ok();
        if !sent {
            self.blind.store(true, Ordering::Release);
        }
        sent
    }

    fn push(&self, frame: Bytes) {
        if self.queue.try_send(Outgoing::Text(frame)).is_err() {
            self.lagged.store(true, Ordering::Release);
        }
    }
}

impl Hub {
    /// A hub without sockets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a socket in. From now on it gets what concerns its person; what concerns a conversation it gets after
    /// [`follow`](Self::follow).
    pub(crate) fn register(self: &Arc<Self>, user: UserId) -> Connection {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let mut state = self.state();
        state.next += 1;
        let socket = Arc::new(Socket::new(state.next, user, sender));
        state.by_user.entry(user).or_default().push(socket.clone());
        state.follows.insert(socket.id, Vec::new());
        drop(state);
        self.people.joined(&socket);
        Connection::new(self.clone(), socket, receiver)
    }

    pub(super) fn follow(&self, socket: &Arc<Socket>, conversations: &[ConversationId]) {
        let mut state = self.state();
        for conversation in conversations {
            state.follow(socket, *conversation);
        }
    }

    pub(super) fn unregister(&self, socket: &Socket) {
        self.people.left(socket);
        let mut state = self.state();
        remove(&mut state.by_user, &socket.user, socket.id);
        for conversation in state.follows.remove(&socket.id).unwrap_or_default() {
            remove(&mut state.by_conversation, &conversation, socket.id);
        }
    }

    /// Hands an envelope to the sockets of this node that it concerns. Never waits.
    pub fn deliver(self: &Arc<Self>, envelope: &Envelope) {
        let mut state = self.state();
        match envelope.to {
            To::Conversation(conversation) => {
                for socket in state.by_conversation.get(&conversation).into_iter().flatten() {
                    socket.push(envelope.frame.clone());
                }
            }
            To::User(user) => state.send_to(user, &envelope.frame),
            To::Joined(conversation, user) => {
                for socket in state.by_user.get(&user).cloned().unwrap_or_default() {
                    state.follow(&socket, conversation);
                }
            }
            To::Left(conversation, user) => {
                for socket in state.by_user.get(&user).cloned().unwrap_or_default() {
                    remove(&mut state.by_conversation, &conversation, socket.id);
                    if let Some(follows) = state.follows.get_mut(&socket.id) {
                        follows.retain(|followed| *followed != conversation);
                    }
                }
                state.send_to(user, &envelope.frame);
            }
            To::SessionsEnded(user) => {
                for socket in state.by_user.get(&user).into_iter().flatten() {
                    // A queue that is full belongs to a socket that the server gives up anyway.
                    let _ = socket.queue.try_send(Outgoing::Close(close::SESSION_ENDED, "the session ended"));
                }
            }
            To::Watchers(user) => self.people.renew(user),
            To::Apart(user, other) => self.people.part(user, other),
            To::Resync => {
                self.people.forget_watches();
                let sockets: Vec<_> = state.by_user.values().flatten().cloned().collect();
                tokio::spawn(resync(sockets));
            }
            To::Nodes => {}
        }
    }

    /// Takes what another node published.
    pub(super) fn hear(self: &Arc<Self>, from: NodeId, envelope: &Envelope) {
        if envelope.to != To::Nodes {
            self.people.heard(from);
            return self.deliver(envelope);
        }
        match serde_json::from_slice::<Word>(&envelope.frame) {
            Ok(word) => self.people.hear(from, word),
            Err(error) => tracing::warn!(%error, "another node said something that this version does not know"),
        }
    }

    /// Who is there, and who is told.
    pub(crate) const fn people(&self) -> &People {
        &self.people
    }

    /// The number of sockets.
    pub fn sockets(&self) -> usize {
        self.state().follows.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change to the maps is complete in itself, so a panic elsewhere leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn follow(&mut self, socket: &Arc<Socket>, conversation: ConversationId) {
        let Some(follows) = self.follows.get_mut(&socket.id) else { return };
        if !follows.contains(&conversation) {
            follows.push(conversation);
            self.by_conversation.entry(conversation).or_default().push(socket.clone());
        }
    }

    fn send_to(&self, user: UserId, frame: &Bytes) {
        if frame.is_empty() {
            return;
        }
        for socket in self.by_user.get(&user).into_iter().flatten() {
            socket.push(frame.clone());
        }
    }
}

fn remove<K: std::hash::Hash + Eq>(map: &mut HashMap<K, Vec<Arc<Socket>>>, key: &K, id: u64) {
    if let Some(sockets) = map.get_mut(key) {
        if let Some(at) = sockets.iter().position(|socket| socket.id == id) {
            sockets.swap_remove(at);
        }
        if sockets.is_empty() {
            map.remove(key);
        }
    }
}

/// Tells sockets to resync, a few at a time, so that ten thousand clients do not ask in the same instant.
async fn resync(sockets: Vec<Arc<Socket>>) {
    for chunk in sockets.chunks(RESYNC_CHUNK) {
        for socket in chunk {
            socket.push(Bytes::from_static(RESYNC));
        }
        tokio::time::sleep(RESYNC_PAUSE).await;
    }
}
