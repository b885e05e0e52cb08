//! People: their cards.

mod card;
pub(crate) mod convert;

pub(crate) use card::{card, card_of};
