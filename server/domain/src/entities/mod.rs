//! The sea-orm entities of the database's tables. They are private to this crate.

pub mod account_token;
pub mod block;
pub mod conversation;
pub mod friendship;
pub mod invite;
pub mod job;
pub mod member;
pub mod message;
pub mod outbox_mail;
pub mod picture;
pub mod recovery_code;
pub mod session;
pub mod sign_up;
pub mod user;
