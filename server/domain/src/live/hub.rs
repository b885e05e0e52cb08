//! The hub: the sockets of this node, with their users and their subscriptions.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use protocol::{ConversationId, SessionHandle, UserId, limits::SOCKETS_MAX};
use tokio::sync::{Notify, mpsc};

use super::{
    Connection, Envelope, To,
    envelope::RESYNC,
    presence::{
        PresenceHub,
        roster::{NodeId, NodeMessage},
    },
    socket::{QUEUE, Socket},
    subscriptions::{Doubt, Subscriptions},
};

/// The hub of this node: its sockets and their subscriptions.
#[derive(Debug, Default)]
pub struct Hub {
    last: AtomicU64,
    subscriptions: Mutex<Subscriptions>,
    /// Notified when the subscriptions of a user have to be read again.
    doubted: Notify,
    people: PresenceHub,
}

impl Hub {
    /// Creates a hub without sockets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a socket. From now on it receives the frames for its user and for the conversations that the user's
    /// other sockets are subscribed to; the remaining conversations follow with [`renew`](Self::renew).
    ///
    /// If the user already has [`SOCKETS_MAX`] sockets, one of them is closed: the oldest inactive one, or the oldest
    /// if all are active.
    pub(crate) fn register(self: &Arc<Self>, user: UserId, session: Option<SessionHandle>) -> Connection {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let id = self.last.fetch_add(1, Ordering::Relaxed);
        let socket = Arc::new(Socket::new(id, user, session, sender));
        let mut subscriptions = self.subscriptions();
        let staying = || subscriptions.of(user).iter().filter(|socket| !socket.replaced.load(Ordering::Acquire));
        if staying().count() >= usize::try_from(SOCKETS_MAX).unwrap_or(usize::MAX)
            && let Some(oldest) = staying().min_by_key(|socket| (socket.is_active(), socket.id))
        {
            oldest.replace();
        }
        subscriptions.opened(&socket);
        drop(subscriptions);
        self.people.joined(&socket);
        Connection::new(self.clone(), socket, receiver)
    }

    pub(super) fn unregister(&self, socket: &Socket) {
        self.people.left(socket);
        self.subscriptions().closed(socket);
    }

    /// Returns the version of a user's subscriptions, to be noted before they are read from the database; `None`
    /// without sockets.
    pub(crate) fn version(&self, user: UserId) -> Option<u64> {
        self.subscriptions().version(user)
    }

    /// Applies what the database says about a user: the conversations to subscribe to, and the sessions that exist.
    /// Returns false and changes nothing if the subscriptions changed since that version; they have to be read again
    /// then.
    ///
    /// Sockets whose session is not among `sessions` look up their session again. If the sockets were subscribed to
    /// other conversations before, all of them except `asking` are told to resync; `asking` is about to request the
    /// changes anyway.
    pub(crate) fn renew(
        &self,
        doubt: Doubt,
        follows: HashSet<ConversationId>,
        sessions: &HashSet<SessionHandle>,
        asking: Option<&Socket>,
    ) -> bool {
        let mut subscriptions = self.subscriptions();
        let Some(differs) = subscriptions.set(doubt.user, doubt.version, follows) else { return false };
        for socket in subscriptions.of(doubt.user) {
            if socket.session.is_some_and(|session| !sessions.contains(&session)) {
                socket.doubt();
            }
            if doubt.resync || (differs && asking.is_none_or(|asking| asking.id != socket.id)) {
                socket.push(Bytes::from_static(RESYNC));
            }
        }
        true
    }

    /// Marks a user's subscriptions to be read again. With `resync`, the user's sockets are told to resync afterwards.
    pub(crate) fn doubt(&self, user: UserId, resync: bool) {
        self.subscriptions().doubt(user, resync);
        self.doubted.notify_one();
    }

    /// Waits until the subscriptions of a user have to be read again. Cancel safe.
    pub(crate) async fn doubted(&self) {
        self.doubted.notified().await;
    }

    /// Takes users whose subscriptions have to be read again, until they have about this many sockets together.
    pub(crate) fn take_doubted(&self, sockets: usize) -> Vec<Doubt> {
        self.subscriptions().take_doubted(sockets)
    }

    /// Delivers an envelope to the sockets of this node that it concerns. Never waits.
    pub fn deliver(&self, envelope: &Envelope) {
        let mut subscriptions = self.subscriptions();
        match envelope.to {
            To::Conversation(conversation) => {
                for socket in subscriptions.following(conversation) {
                    socket.push(envelope.frame.clone());
                }
            }
            To::User(user) => send(subscriptions.of(user), &envelope.frame),
            To::Joined(conversation, user) => {
                subscriptions.joined(conversation, user);
                self.doubted.notify_one();
            }
            To::Left(conversation, user) => {
                subscriptions.left(conversation, user);
                send(subscriptions.of(user), &envelope.frame);
                self.doubted.notify_one();
            }
            To::SessionsEnded(user) => subscriptions.of(user).iter().for_each(|socket| socket.doubt()),
            To::PresenceChanged(user) => self.people.renew(user),
            To::VisibilityChanged(user, other) => self.people.part(user, other),
            // Sockets resync only after their subscriptions were read again: there must be no gap between what they
            // then request and what they receive.
            To::Resync => {
                self.people.forget_subscriptions();
                subscriptions.doubt_all();
                self.doubted.notify_one();
            }
            To::AllNodes => {}
        }
    }

    /// Receives an envelope that another node published.
    pub(super) fn hear(&self, from: NodeId, envelope: &Envelope) {
        if envelope.to != To::AllNodes {
            self.people.heard(from);
            return self.deliver(envelope);
        }
        match serde_json::from_slice::<NodeMessage>(&envelope.frame) {
            Ok(word) => self.people.hear(from, word),
            Err(error) => tracing::warn!(%error, "another node said something that this version does not know"),
        }
    }

    /// Returns the part of the hub that deals with presence.
    pub(crate) const fn presence(&self) -> &PresenceHub {
        &self.people
    }

    /// Returns the number of sockets.
    pub fn sockets(&self) -> usize {
        self.subscriptions().sockets()
    }

    fn subscriptions(&self) -> MutexGuard<'_, Subscriptions> {
        // Every change to the maps is complete in itself, so a panic elsewhere leaves nothing inconsistent.
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn send(sockets: &[Arc<Socket>], frame: &Bytes) {
    if !frame.is_empty() {
        sockets.iter().for_each(|socket| socket.push(frame.clone()));
    }
}
