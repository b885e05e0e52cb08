//! Errors of a program that are read by its operator only.

use std::{error::Error, fmt::Display};

/// A result whose error is read by a person.
pub type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// Adds what was being done to an error.
pub trait Context<T> {
    /// Prefixes the error's message with `doing`.
    ///
    /// # Errors
    /// Returns the same error with the longer message.
    fn context(self, doing: impl Display) -> Result<T>;
}

impl<T, E: Display> Context<T> for Result<T, E> {
    fn context(self, doing: impl Display) -> Result<T> {
        self.map_err(|error| format!("{doing}: {error}").into())
    }
}
