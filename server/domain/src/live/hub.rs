//! The sockets of this node: who they speak for, what they follow and whom they watch.

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
    Connection, Envelope, Outgoing, To,
    envelope::RESYNC,
    presence::{
        PresenceHub,
        roster::{NodeId, NodeMessage},
    },
    socket::{QUEUE, Socket},
    subscriptions::{Doubt, Subscriptions},
};

/// The sockets of this node.
#[derive(Debug, Default)]
pub struct Hub {
    last: AtomicU64,
    subscriptions: Mutex<Subscriptions>,
    /// Somebody's subscriptions are to be read again.
    doubted: Notify,
    people: PresenceHub,
}

impl Hub {
    /// A hub without sockets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a socket in. From now on it gets what concerns its person, and what concerns the conversations that its
    /// person's other sockets follow; the rest after [`renew`](Self::renew).
    ///
    /// When a person has [`SOCKETS_MAX`] already, one gives way: the oldest of those before which nobody is, or the
    /// oldest of all.
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

    /// The version of what a person's sockets follow, to be noted before it is read; none without sockets.
    pub(crate) fn version(&self, user: UserId) -> Option<u64> {
        self.subscriptions().version(user)
    }

    /// Applies what the database says of a person: what they are in, and which sessions they have. False if something
    /// was heard since that version; nothing happened then, and it is to be read again.
    ///
    /// Sockets of other sessions are told to look whether theirs is there. If the sockets followed something else so
    /// far, all but `asking` are told to resync, which asks anyway.
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

    /// A person's subscriptions are to be read again; with `resync`, their sockets are told to resync after that.
    pub(crate) fn doubt(&self, user: UserId, resync: bool) {
        self.subscriptions().doubt(user, resync);
        self.doubted.notify_one();
    }

    /// Waits until somebody's subscriptions are to be read again. Safe to cancel.
    pub(crate) async fn doubted(&self) {
        self.doubted.notified().await;
    }

    /// Takes some whose subscriptions are to be read again, who have about so many sockets.
    pub(crate) fn take_doubted(&self, sockets: usize) -> Vec<Doubt> {
        self.subscriptions().take_doubted(sockets)
    }

    /// Hands an envelope to the sockets of this node that it concerns. Never waits.
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
            // Sockets are told once it is known what they follow: what they then ask for must have no gap to what
            // they hear.
            To::Resync => {
                self.people.forget_subscriptions();
                subscriptions.doubt_all();
                self.doubted.notify_one();
            }
            To::AllNodes => {}
        }
    }

    /// Takes what another node published.
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

    /// Who is there, and who is told.
    pub(crate) const fn presence(&self) -> &PresenceHub {
        &self.people
    }

    /// The number of sockets.
    pub fn sockets(&self) -> usize {
        self.subscriptions().sockets()
    }

    fn subscriptions(&self) -> MutexGuard<'_, Subscriptions> {
        // Every change to the maps is complete in itself, so a panic elsewhere leaves nothing half done.
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn send(sockets: &[Arc<Socket>], frame: &Bytes) {
    if !frame.is_empty() {
        sockets.iter().for_each(|socket| socket.push(frame.clone()));
    }
}
