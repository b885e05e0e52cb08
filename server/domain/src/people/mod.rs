//! People: their cards, what they say about themselves, their pictures.

mod card;
pub(crate) mod convert;
pub mod pictures;
mod profile;

pub(crate) use card::{card, card_of};
pub use profile::Profiles;
