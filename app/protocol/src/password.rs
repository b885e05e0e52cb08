//! Password strength. The server rates passwords: a dictionary good enough for that would weigh more than the whole
//! client.

use serde::{Deserialize, Serialize};

use crate::{
    Error, Field,
    limits::{PASSWORD_MAX, PASSWORD_MIN},
    text::check_length,
};

/// The strength of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Among the first guesses of an attacker. Refused.
    Weak,
    /// Guessed by an attacker with its hash and some patience. Refused.
    Fair,
    /// Accepted.
    Good,
    /// A long passphrase or a random string.
    Strong,
}

/// Checks the length of a new password. The server checks its strength.
///
/// # Errors
/// Returns an [`Error`] on [`Field::Password`] if the password is empty, too short or too long.
pub fn check_password_length(password: &str) -> Result<(), Error> {
    check_length(password, PASSWORD_MIN, PASSWORD_MAX, Field::Password)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn limits() {
        let kind = |password: &str| check_password_length(password).unwrap_err().kind;
        assert_eq!(kind(""), ErrorKind::Required);
        assert_eq!(kind("short"), ErrorKind::TooShort { min: PASSWORD_MIN });
        assert_eq!(kind(&"x7".repeat(101)), ErrorKind::TooLong { max: PASSWORD_MAX });
        assert!(check_password_length("plum tricycle 9").is_ok());
    }
}
