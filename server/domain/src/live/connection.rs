//! A socket's end of the hub.

use std::sync::{Arc, atomic::Ordering};

use bytes::Bytes;
use protocol::ConversationId;
use tokio::sync::mpsc;

use super::{Hub, envelope::RESYNC, hub::Socket};

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

    pub(crate) fn follow(&self, conversations: &[ConversationId]) {
        self.hub.follow(&self.socket, conversations);
    }

    /// Waits for the next thing to send. Safe to cancel.
    pub async fn recv(&mut self) -> Option<Outgoing> {
        match self.try_recv() {
            Some(next) => Some(next),
            None => self.queue.recv().await,
        }
    }

    /// The next thing to send, if there is one now.
    pub fn try_recv(&mut self) -> Option<Outgoing> {
        if let Ok(next) = self.queue.try_recv() {
            return Some(next);
        }
        // Only now that the queue is drained: what is asked for after the resync must be newer than what was left out.
        self.socket.lagged.swap(false, Ordering::AcqRel).then(|| Outgoing::Text(Bytes::from_static(RESYNC)))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.hub.unregister(&self.socket);
    }
}
