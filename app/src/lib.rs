//! What people see: views, and the server functions behind them.
//!
//! Compiled twice: with `ssr` into the server, which draws the pages, and with `hydrate` into the WASM that takes them
//! over in the browser. Browser APIs are in `browser`, rules in `domain`; of the two, only server functions in
//! [`api`] touch the latter.

// Views are deeply nested types.
#![recursion_limit = "256"]

pub mod api;
mod auth;
pub mod chat;
pub mod chunks;
mod forms;
mod layout;
pub mod live;
pub mod people;
pub mod routes;
pub mod session;
mod settings;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod ui;

pub use routes::App;
