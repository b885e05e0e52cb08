//! The server from outside: real HTTP and WebSocket clients, real processes, a real PostgreSQL and a real Redis.

mod accounts;
mod chat;
mod crash;
mod frames;
mod headers;
mod nodes;
mod process;
mod sockets;
mod support;
