//! The way from a service to the hubs.

use std::{fmt, sync::Arc};

use futures::future::BoxFuture;

use super::{Envelope, Hub};

/// Carries envelopes to the hub of this node and to those of the others. Never waits.
pub trait Bus: fmt::Debug + Send + Sync {
    /// Hands the envelope over. What can't reach another node is made up for by a resync of its sockets.
    fn publish(&self, envelope: Envelope);

    /// Whether there may be other nodes.
    fn is_shared(&self) -> bool;

    /// Says goodbye to the other nodes, and waits until they have all that was published before, or know that
    /// something is missing. Without end while they can't be reached: a node that ends without a goodbye is missed.
    fn leave(&self) -> BoxFuture<'static, ()>;
}

/// The bus of a single node.
#[derive(Debug)]
pub struct LocalBus(Arc<Hub>);

impl LocalBus {
    /// A bus that ends at this hub.
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
