//! The receiving side of a socket's queue in the hub.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use protocol::{UserId, live::close};
use tokio::sync::mpsc;

use super::{
    Hub,
    envelope::{PRESENCE_DROPPED, RESYNC},
    socket::Socket,
};

/// An item that a socket sends to its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// A [`ServerFrame`](protocol::live::ServerFrame) as JSON. All receivers of the frame share one buffer.
    Text(Bytes),
    /// A close frame with this code and reason.
    Close(u16, &'static str),
}

/// The receiving side of a socket's queue in the hub. Unregisters the socket when dropped.
#[derive(Debug)]
pub struct Connection {
    hub: Arc<Hub>,
    socket: Arc<Socket>,
    queue: mpsc::Receiver<Outgoing>,
}

impl Connection {
    pub(super) const fn new(hub: Arc<Hub>, socket: Arc<Socket>, queue: mpsc::Receiver<Outgoing>) -> Self {
        Self { hub, socket, queue }
    }

    /// Returns a handle through which the socket passes on what its client says about presence.
    pub fn presence_handle(&self) -> PresenceHandle {
        PresenceHandle { hub: self.hub.clone(), socket: self.socket.clone() }
    }

    /// Waits for the next item to send. Cancel safe.
    pub async fn recv(&mut self) -> Option<Outgoing> {
        loop {
            if let Some(next) = self.try_recv() {
                return Some(next);
            }
            tokio::select! {
                next = self.queue.recv() => return next,
                () = self.socket.woken.notified() => {}
            }
        }
    }

    /// Returns the next item to send, if there is one now.
    pub fn try_recv(&mut self) -> Option<Outgoing> {
        // Checked before the queue: a socket that always lags behind would never drain its queue and so never see these
        // flags.
        if self.socket.replaced.load(Ordering::Acquire) {
            return Some(Outgoing::Close(close::TOO_MANY, "another page was opened"));
        }
        if self.socket.doubted.swap(false, Ordering::AcqRel) {
            return Some(Outgoing::Close(close::SESSION_ENDED, "the session ended"));
        }
        if let Ok(next) = self.queue.try_recv() {
            return Some(next);
        }
        // Checked after the queue is drained: what the client requests after a resync must be newer than the frames
        // that were skipped.
        let missed = |flag: &AtomicBool, frame| {
            flag.swap(false, Ordering::AcqRel).then(|| Outgoing::Text(Bytes::from_static(frame)))
        };
        missed(&self.socket.lagged, RESYNC).or_else(|| missed(&self.socket.presence_lagged, PRESENCE_DROPPED))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.hub.unregister(&self.socket);
    }
}

/// The part of a socket that deals with presence: its subscriptions, and the activity of its own user.
#[derive(Clone, Debug)]
pub struct PresenceHandle {
    hub: Arc<Hub>,
    socket: Arc<Socket>,
}

/// New presence subscriptions of a socket that wait for a check of what it may see.
#[derive(Debug)]
pub struct SubscribeRequest {
    handle: PresenceHandle,
    ticket: u64,
    /// The users that the socket did not subscribe to before.
    pub(crate) new: Vec<UserId>,
}

impl PresenceHandle {
    /// Returns the socket.
    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Sets whether the user is active on this page.
    pub fn turn(&self, active: bool) {
        self.hub.presence().turned(&self.socket, active);
    }

    /// Subscribes to the presence of these users and replaces the previous subscriptions. The socket receives nothing
    /// about the new ones until [`Presences::allow`](crate::presence::Presences::allow) has decided what it may see.
    pub(crate) fn subscribe(&self, people: Vec<UserId>) -> SubscribeRequest {
        let (ticket, new) = self.hub.presence().subscribe(&self.socket, people);
        SubscribeRequest { handle: self.clone(), ticket, new }
    }
}

impl SubscribeRequest {
    /// Returns whether no user is new, so that there is nothing to check.
    pub const fn is_known(&self) -> bool {
        self.new.is_empty()
    }

    /// Allows the subscriptions to users for which `may` returns true, and refuses the others.
    pub(crate) fn allow(self, may: impl Fn(UserId) -> bool) {
        self.handle.hub.presence().answer(&self.handle.socket, self.ticket, &self.new, may);
    }

    /// Removes the new subscriptions, as if the client had not requested them.
    pub(crate) fn forget(self) {
        self.handle.hub.presence().unanswered(self.ticket, &self.new);
    }
}
