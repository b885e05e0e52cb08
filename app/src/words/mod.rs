//! Every sentence that people read: labels, headings, hints, notices and errors, one file for each place.
//!
//! A sentence is a constant or, with parameters, a function. It is always whole: none is put together from parts, since
//! the order of words differs between languages. A text that changes with a number gives both forms. The mails are in
//! `domain::mail`, as they are sent without a page.
//!
//! `end2end/support/words.json` holds the same sentences for the specs that run in a browser, so that another wording
//! breaks none of them. `cargo xtask words` writes it, and a test holds it up to date.

#[macro_use]
mod sentences;
pub mod chat;
mod direction;
#[cfg(test)]
mod json;

pub use direction::{beside, isolated};
