//! Users: their summaries and profiles, and the pictures in them.

pub(crate) mod columns;
pub(crate) mod lookup;
pub mod pictures;
mod profile;
mod summary;

pub use self::profile::Profiles;
pub(crate) use self::summary::{joined_user_summary, user_summaries, user_summary};
