//! A socket's end of the hub.

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

/// What a socket sends next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// A [`ServerFrame`](protocol::live::ServerFrame) as JSON. The buffer is shared with all its other receivers.
    Text(Bytes),
    /// Close, with this code and reason.
    Close(u16, &'static str),
}

/// A socket's end of the hub. Dropping it takes the socket out.
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

    /// What its client says about presence is said through this.
    pub fn presence_handle(&self) -> PresenceHandle {
        PresenceHandle { hub: self.hub.clone(), socket: self.socket.clone() }
    }

    /// Waits for the next thing to send. Safe to cancel.
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

    /// The next thing to send, if there is one now.
    pub fn try_recv(&mut self) -> Option<Outgoing> {
        // Before what waits: who serves a socket that never catches up would not come to it.
        if self.socket.replaced.load(Ordering::Acquire) {
            return Some(Outgoing::Close(close::TOO_MANY, "another page was opened"));
        }
        if self.socket.doubted.swap(false, Ordering::AcqRel) {
            return Some(Outgoing::Close(close::SESSION_ENDED, "the session ended"));
        }
        if let Ok(next) = self.queue.try_recv() {
            return Some(next);
        }
        // Only now that the queue is drained: what is asked for after the resync must be newer than what was left out.
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

/// A socket's view of who is there, and what others see of its person.
#[derive(Clone, Debug)]
pub struct PresenceHandle {
    hub: Arc<Hub>,
    socket: Arc<Socket>,
}

/// Who is watched from now on, if that is allowed.
#[derive(Debug)]
pub struct SubscribeRequest {
    lookout: PresenceHandle,
    ticket: u64,
    /// Those who were not watched before.
    pub(crate) new: Vec<UserId>,
}

impl PresenceHandle {
    /// The socket.
    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Whether somebody is in front of the page.
    pub fn turn(&self, active: bool) {
        self.hub.presence().turned(&self.socket, active);
    }

    /// Watches these people, in place of those before. Nothing of who is new is seen before
    /// [`Presences::allow`](crate::presence::Presences::allow) has found out what may be.
    pub fn subscribe(&self, people: Vec<UserId>) -> SubscribeRequest {
        let (ticket, new) = self.hub.presence().subscribe(&self.socket, people);
        SubscribeRequest { lookout: self.clone(), ticket, new }
    }
}

impl SubscribeRequest {
    /// Whether nobody is new: there is nothing to find out.
    pub const fn is_known(&self) -> bool {
        self.new.is_empty()
    }

    /// Shows those who may be seen.
    pub(crate) fn allow(self, may: impl Fn(UserId) -> bool) {
        self.lookout.hub.presence().answer(&self.lookout.socket, self.ticket, &self.new, may);
    }

    /// Gives up, as if they had not been named.
    pub(crate) fn forget(self) {
        self.lookout.hub.presence().unanswered(self.ticket, &self.new);
    }
}
