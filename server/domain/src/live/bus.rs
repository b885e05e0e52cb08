//! The bus: carries envelopes from the services to the hubs.

use std::{fmt, sync::Arc};

use futures::future::BoxFuture;

use super::{Envelope, Hub};

/// Carries envelopes to the hub of this node and to the hubs of the other nodes. Never waits.
pub trait Bus: fmt::Debug + Send + Sync {
    /// Publishes an envelope. If it cannot reach another node, the sockets of that node resync later.
    fn publish(&self, envelope: Envelope);

    /// Returns whether there may be other nodes.
    fn is_shared(&self) -> bool;

    /// Announces to the other nodes that this one stops, and waits until they have received everything that was
    /// published before, or know that something is missing. Waits forever while they cannot be reached: the other nodes
    /// then notice by its silence that this node is gone.
    fn leave(&self) -> BoxFuture<'static, ()>;
}

/// The bus of a single node.
#[derive(Debug)]
pub struct LocalBus(Arc<Hub>);

impl LocalBus {
    /// Creates a bus that delivers to this hub only.
    pub const fn new(hub: Arc<Hub>) -> Self {
        Self(hub)
    }
}

impl Bus for LocalBus {
    fn publish(&self, envelope: Envelope) {
        self.0.deliver(&envelope);
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn leave(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}
