//! The client's live state: connection, outgoing queue, timeline, sidebar.
//!
//! What can be wrong is pure: [`timeline`], [`rows`], [`unread`], [`sidebar`], [`people`], [`sightings`], [`attention`],
//! [`outbox`] and [`reconnect`] know no browser, no clock and no signals, and are tested, the first against a model of the
//! server. `state` and `kept` join them; `connection` holds the socket, and [`client`], [`open`] and [`presence`] show it
//! all as signals.

pub mod attention;
pub mod client;
mod connection;
mod kept;
pub mod open;
pub mod outbox;
pub mod people;
pub mod presence;
pub mod reconnect;
pub mod rows;
pub mod sidebar;
pub mod sightings;
mod state;
pub mod timeline;
pub mod unread;
mod visit;
mod window;

#[cfg(test)]
mod tests;

pub use client::{Connection, LiveClient, provide_live, use_live};
pub use kept::DRAFT_START;
pub use open::{Loading, OpenTimeline, TimelineRow};
