//! The rules against a real SQLite file and a real PostgreSQL. One binary, so that it is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected fails, and says where"
)]

#[macro_use]
mod common;

mod accounts;
mod conversations;
mod delete;
mod export;
mod jobs;
mod keys;
mod live;
mod messages;
mod pictures;
mod policy;
mod presence;
mod profiles;
mod rate_limits;
mod relationships;
mod reset;
mod second_factor;
mod sessions;
mod sign_in;
mod update;
mod upgrade;
