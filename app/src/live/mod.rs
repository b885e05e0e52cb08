//! The client's live state: connection, outgoing queue, timeline, sidebar.
//!
//! What can be wrong is pure: [`timeline`], [`rows`], [`unread`], [`sidebar`], [`people`], [`sightings`], [`attention`],
//! [`outbox`] and [`reconnect`] know no browser, no clock and no signals, and are tested, the first against a model of the
//! server. `state` and `kept` join them; `connection` holds the socket, and [`client`], [`open`] and [`presence`] show it
//! all as signals.

pub mod client;
pub mod idle;
pub mod outbox;
pub mod presence_view;
pub mod reconnect;
pub mod relationships;
pub mod rows;
pub mod sidebar;
mod state;
pub mod timeline;
pub mod unread;
mod window;

#[cfg(test)]
mod tests;

pub use self::client::timeline::{Loading, OpenTimeline, TimelineRow};
pub use self::state::persistence::DRAFT_START;
pub use client::{Connection, LiveClient, provide_live, use_live};
