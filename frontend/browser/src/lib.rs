//! The only crate for browser APIs: socket, storage, clock, page, forms, local time.
//!
//! `app` is compiled for the server too, so everything here also compiles there. On the server there is no page:
//! queries return what an idle page would (visible, online, nothing stored), actions do nothing, and times are UTC.

pub mod clipboard;
pub mod clock;
pub mod form;
mod listener;
mod number;
pub mod page;
pub mod picture;
pub mod socket;
pub mod start;
pub mod storage;
pub mod time;
pub mod timer;
pub mod view;
pub mod worker;

pub use listener::Listener;
pub use web_sys::Element;
