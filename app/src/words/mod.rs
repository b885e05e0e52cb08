//! Every sentence that people read: labels, headings, hints, notices and errors, one file for each place.
//!
//! A sentence is a constant or, with parameters, a function. It is always whole: none is put together from parts, since
//! the order of words differs between languages. A text that changes with a number gives both forms. The mails are in
//! `domain::mail`, as they are sent without a page.
//!
//! `end2end/support/words.json` holds the same sentences for the specs that run in a browser, so that another wording
//! breaks none of them, and `public/sw.js` repeats those that it shows without a connection. `cargo xtask words` writes
//! both, and a test holds them up to date.

#[macro_use]
mod sentences;
pub mod chat;
pub mod common;
pub mod connection;
mod direction;
#[cfg(test)]
mod json;
pub mod layout;
#[cfg(test)]
#[expect(dead_code, reason = "the test that writes the service worker's sentences reads them as a list")]
mod offline_page;
pub mod people;
pub mod presence;
pub mod time;
pub mod ui;

pub use direction::{beside, isolated};
