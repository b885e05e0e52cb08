//! The sockets of this server.

use std::sync::Arc;

use tokio::sync::watch;

use super::room::Room;

/// The sockets of this server, which can be closed together.
#[derive(Clone, Debug)]
pub struct Sockets {
    stop: Arc<watch::Sender<bool>>,
    pub(super) room: Room,
}

impl Sockets {
    /// Creates an empty set, with places for `max` sockets.
    pub fn new(max: usize) -> Self {
        Self { stop: Arc::new(watch::Sender::new(false)), room: Room::new(max) }
    }

    /// Returns the stop signal for one socket. The socket is counted while the receiver exists.
    pub(super) fn stop(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Asks all sockets to close.
    pub fn close(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until the last socket is gone.
    pub async fn closed(&self) {
        self.stop.closed().await;
    }
}
