//! The client's live state: connection, outgoing queue, timeline, sidebar.
//!
//! The logic is pure: [`revision_tracker`], [`timeline`], [`rows`], [`unread`], [`sidebar`], [`relationships`],
//! [`presence_view`], [`idle`], [`outbox`] and [`reconnect`] use no browser, no clock and no signals, and are tested,
//! some of them against a model of the server. `state` and `state::persistence` combine them; `client::connection` runs
//! the socket, and [`client`] exposes it all as signals.

pub mod client;
pub mod idle;
mod members;
pub mod outbox;
pub mod presence_view;
pub mod reconnect;
pub mod relationships;
pub mod revision_tracker;
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
