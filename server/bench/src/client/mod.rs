//! A load client that speaks the real protocol.
//!
//! Everything runs on one thread. Frames are counted by their revisions; only an auditor parses every message, because
//! the server encodes a frame once and sends the same bytes to all.

mod audit;
mod cursor;
mod load;
mod socket;
mod virtual_user;
mod wire;

pub use self::load::Load;
pub use self::virtual_user::{Behavior, Place};
pub use audit::Fault;
pub use socket::connect;
