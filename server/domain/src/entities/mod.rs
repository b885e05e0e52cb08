//! The tables as sea-orm sees them. They stay inside this crate.

pub mod conversation;
pub mod job;
pub mod member;
pub mod message;
pub mod outbox_mail;
pub mod session;
pub mod sign_up;
pub mod user;
