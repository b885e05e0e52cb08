//! Server functions, which pages call. One file per subject; each function is a thin call into the domain.
//!
//! This is the only place in `app` with code for the server. Arguments are flat scalars if a plain HTML form posts to
//! the function.

pub mod account;
pub mod auth;
#[cfg(feature = "ssr")]
pub mod context;
pub mod conversations;
#[cfg(feature = "ssr")]
pub mod cookies;
#[cfg(feature = "ssr")]
pub mod device;
pub mod error;
pub mod flash;
pub mod form_values;
pub mod json;
pub mod messages;
pub mod presence;
pub mod profile;
pub mod redirect;
pub mod relationships;
pub mod second_factor;
#[cfg(feature = "ssr")]
pub mod session;
pub mod sessions;

pub use error::ApiError;
