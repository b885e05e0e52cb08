//! The user interface: views, and the server functions behind them.
//!
//! The crate is compiled twice: with `ssr` into the server, which renders the pages, and with `hydrate` into the WASM,
//! which hydrates them in the browser. Browser APIs are in `browser`, rules in `domain`; only the server functions in
//! [`api`] use `domain`.

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
pub mod words;

pub use routes::App;
