//! Every sentence that people read: labels, headings, hints, notices and errors, one file for each place.
//!
//! A sentence is a constant or, with parameters, a function. It is always whole: none is put together from parts, since
//! the order of words differs between languages. A text that changes with a number gives both forms. Errors cross the
//! wire as codes with parameters, and [`error`] chooses their sentences. The mails are in `domain::mail`, as they are
//! sent without a page.
//!
//! `end2end/support/words.json` holds the same sentences for the specs that run in a browser, so that another wording
//! breaks none of them, and `public/sw.js` repeats those that it shows without a connection. `cargo xtask words` writes
//! both, and a test holds them up to date.

#[macro_use]
mod sentences;
pub(crate) mod auth;
pub(crate) mod chat;
pub(crate) mod common;
pub(crate) mod connection;
mod direction;
mod error_text;
mod errors;
#[cfg(test)]
mod json;
pub(crate) mod layout;
#[cfg(test)]
#[expect(dead_code, reason = "the test that writes the service worker's sentences reads them as a list")]
mod offline_page;
pub(crate) mod people;
pub(crate) mod presence;
pub(crate) mod profile;
pub(crate) mod second_factor;
pub mod server;
pub(crate) mod settings;
pub(crate) mod status;
pub(crate) mod time;
pub(crate) mod ui;

pub use common::{SAVED, page_title};
pub use direction::{beside, isolated};
pub use error_text::error;
