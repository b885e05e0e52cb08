//! People: their cards, what they are to each other, and what each may do with another.

mod card;
pub(crate) mod convert;
mod facts;
pub mod policy;

pub(crate) use card::{card, card_of};
pub use facts::{facts, facts_of, facts_of_pairs};
