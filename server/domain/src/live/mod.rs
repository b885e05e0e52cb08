//! What happens between the database and the sockets.
//!
//! A service commits, then publishes an [`Envelope`] on the [`Bus`]. The bus hands it to the [`Hub`] of this node and,
//! when there are several, to those of the others. The hub hands it to the sockets it concerns. Nothing here is needed
//! for a message to be safe: a client that missed something asks the database.
//!
//! Presence is here alone, and in no table: [`presence`] knows who is where, `people` who is told.

mod bus;
mod connection;
mod envelope;
mod hub;
mod presence;
mod rates;
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
pub use rates::Ask;
pub(crate) use rates::Rates;
pub use redis::RedisBus;

use crate::config::OpenError;

/// Opens the bus: in this process, or through Redis when an address is given.
///
/// A Redis server that can't be reached is no reason not to start: people on this node can talk, and the others catch
/// up when it is there.
///
/// # Errors
/// [`OpenError::Redis`] for an address that can't be understood.
pub async fn open_bus(redis_url: Option<&str>, hub: Arc<Hub>) -> Result<Arc<dyn Bus>, OpenError> {
    Ok(match redis_url {
        None => Arc::new(LocalBus::new(hub)),
        Some(url) => Arc::new(RedisBus::start(url, hub)?),
    })
}
