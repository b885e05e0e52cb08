//! All sockets of this server.

use std::sync::Arc;

use tokio::sync::watch;

use super::room::Room;

/// All sockets of this server, to be closed together.
#[derive(Clone, Debug)]
pub struct Sockets {
    stop: Arc<watch::Sender<bool>>,
    pub(super) room: Room,
}

impl Sockets {
    /// None yet, of so many that there may be.
    pub fn new(max: usize) -> Self {
        Self { stop: Arc::new(watch::Sender::new(false)), room: Room::new(max) }
    }

    /// What one socket listens to, and is counted by as long as it exists.
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
