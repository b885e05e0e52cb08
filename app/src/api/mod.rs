//! Server functions: what pages ask of the server. One file a subject, each function a thin call into the domain.
//!
//! This is the only place in `app` with code for the server. Arguments are flat scalars wherever a plain HTML form
//! posts to the function.

pub mod accounts;
#[cfg(feature = "ssr")]
pub mod context;
pub mod conversations;
pub mod error;
pub mod json;
pub mod messages;
pub mod own;
pub mod page;
pub mod people;
pub mod presence;
pub mod profile;
pub mod security;
pub mod told;

pub use error::ApiError;
