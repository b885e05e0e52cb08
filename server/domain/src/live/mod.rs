//! The live part: the way of a frame from a service to the sockets.
//!
//! A service commits, then publishes an [`Envelope`] on the [`Bus`]. The bus delivers it to the [`Hub`] of this node
//! and, if there are several nodes, to their hubs. A hub delivers it to the sockets that it concerns. Messages are safe
//! without any of this: a client that missed a frame requests the changes from the database.
//!
//! Presence is kept in memory, in no table: [`presence`] knows the users on each node and sends the frames about them.

mod bus;
mod connection;
pub(crate) mod delta;
mod envelope;
mod hub;
mod presence;
mod redis;
mod socket;
mod subscriptions;

use std::sync::Arc;

pub(crate) use self::presence::Settled;
pub(crate) use self::presence::record::PresenceRecord;
pub(crate) use self::{socket::Socket, subscriptions::Doubt};
pub use bus::{Bus, LocalBus};
pub use connection::{Connection, Outgoing, PresenceHandle, SubscribeRequest};
pub(crate) use envelope::encode;
pub use envelope::{Envelope, To};
pub use hub::Hub;
pub use redis::RedisBus;

use crate::config::OpenError;

/// Opens the bus: within this process or, if an address is given, through Redis.
///
/// The server starts even if Redis cannot be reached: users on this node can talk, and the other nodes catch up when
/// Redis is back.
///
/// # Errors
/// Returns [`OpenError::Redis`] if the address is invalid.
pub async fn open_bus(redis_url: Option<&str>, hub: Arc<Hub>) -> Result<Arc<dyn Bus>, OpenError> {
    Ok(match redis_url {
        None => Arc::new(LocalBus::new(hub)),
        Some(url) => Arc::new(RedisBus::start(url, hub)?),
    })
}
