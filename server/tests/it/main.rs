//! The server from outside: real HTTP and WebSocket clients, real processes, a real PostgreSQL and a real Redis.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected fails, and says where"
)]

mod accounts;
mod border;
mod chat;
mod crash;
mod faults;
mod frames;
mod headers;
mod hostile;
mod likeness;
mod limits;
mod nodes;
mod observability;
mod own_account;
mod pictures;
mod pooler;
mod presence;
mod process;
mod rates;
mod same_account;
mod sockets;
mod support;
mod tls;
mod typed;
mod uploads;
