//! A load client that speaks the real protocol.
//!
//! Everything runs on one thread. A socket's frames are counted by their revisions; only an auditor reads every
//! message, because the server encodes a frame once and sends the same bytes to all.

mod audit;
mod crowd;
mod seat;
mod socket;
mod track;
mod wire;

pub use audit::Fault;
pub use crowd::Load;
pub use seat::{Behavior, Place};
pub use socket::connect;
