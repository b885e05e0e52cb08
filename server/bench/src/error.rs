//! Errors of a program that has nobody to tell but its operator.

use std::{error::Error, fmt::Display};

/// A result whose error is read by a person.
pub type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// Says what was being done when something failed.
pub trait Context<T> {
    /// Puts `doing` before the error's own words.
    ///
    /// # Errors
    /// The same, with more words.
    fn context(self, doing: impl Display) -> Result<T>;
}

impl<T, E: Display> Context<T> for Result<T, E> {
    fn context(self, doing: impl Display) -> Result<T> {
        self.map_err(|error| format!("{doing}: {error}").into())
    }
}
