//! The error type that the server and the browser exchange.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An error, and the field that it concerns.
///
/// It holds no text: whoever shows it to a user chooses the sentence. Its [`Display`](fmt::Display) is for logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// The kind of error.
    pub kind: ErrorKind,
    /// The field of the form or command that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
}

/// The kind of an [`Error`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Nothing was entered.
    Required,
    /// Shorter than `min` characters.
    TooShort {
        /// The minimum number of characters.
        min: u32,
    },
    /// Longer than `max` characters.
    TooLong {
        /// The maximum number of characters.
        max: u32,
    },
    /// Not in the form that the field requires.
    Malformed,
    /// The name belongs to somebody else, or is reserved.
    Taken,
    /// The password is easy to guess.
    Weak,
    /// Nobody is signed in, or the session ended.
    Unauthenticated,
    /// The name or the password is wrong; the error does not say which.
    WrongCredentials,
    /// The password is right, but the e-mail address was never confirmed.
    Unverified,
    /// The user may not do that.
    Forbidden,
    /// The object does not exist, or the user may not know of it.
    NotFound,
    /// The request contradicts stored data, such as another message with the same id.
    Conflict,
    /// The page was rendered for one account, and the browser is now signed in to another. Nothing was done.
    OtherAccount {
        /// The username of the account that the browser is signed in to.
        username: String,
    },
    /// The link or token was used, is too old, or never existed.
    Expired,
    /// The maximum number is reached.
    LimitReached {
        /// The maximum number.
        max: u32,
    },
    /// Mail to the e-mail address cannot be delivered.
    Undeliverable,
    /// The type of the file is not supported.
    Unsupported,
    /// The file is too large.
    TooLarge {
        /// The maximum number of bytes.
        max: u32,
    },
    /// The picture has too many pixels.
    TooManyPixels {
        /// The maximum number of pixels, in millions.
        max: u32,
    },
    /// Too many attempts.
    RateLimited {
        /// Seconds until the next attempt can succeed.
        retry_after: u32,
    },
    /// The server cannot do it now; a later retry may succeed. Nothing was stored.
    Unavailable,
    /// An unexpected failure. The operator finds it in the log by its id.
    Internal {
        /// The id under which it was logged.
        id: String,
    },
}

/// A field of a form or of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The e-mail address.
    Email,
    /// The username.
    Username,
    /// The password, or a new one.
    Password,
    /// The current password, required before something is changed.
    CurrentPassword,
    /// The code of the second factor, or a recovery code.
    Code,
    /// The check box that confirms an action.
    Confirmation,
    /// The display name.
    DisplayName,
    /// The bio.
    Bio,
    /// The pronouns.
    Pronouns,
    /// The picture.
    Picture,
    /// The text of the status.
    Status,
    /// The emoji of the status.
    Emoji,
    /// The search text.
    Search,
    /// The e-mail address or username in the sign-in form.
    Login,
    /// A room's name.
    Room,
    /// A message's text.
    Body,
    /// A frame or the arguments as a whole.
    Request,
}

/// The result of an operation that can fail with an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl ErrorKind {
    /// Creates an error of this kind on a field.
    #[must_use]
    pub const fn on(self, field: Field) -> Error {
        Error { kind: self, field: Some(field) }
    }

    /// Returns whether the same request may succeed later without being changed.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable | Self::Internal { .. })
    }

    /// Returns the corresponding HTTP status (RFC 9110, section 15; 429 from RFC 6585).
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::Required
            | Self::TooShort { .. }
            | Self::TooLong { .. }
            | Self::Malformed
            | Self::Taken
            | Self::Weak
            | Self::LimitReached { .. }
            | Self::Undeliverable
            | Self::Unsupported
            | Self::TooManyPixels { .. }
            | Self::Expired => 422,
            Self::TooLarge { .. } => 413,
            Self::Unauthenticated | Self::WrongCredentials => 401,
            Self::Forbidden | Self::Unverified => 403,
            Self::NotFound => 404,
            Self::Conflict | Self::OtherAccount { .. } => 409,
            Self::RateLimited { .. } => 429,
            Self::Internal { .. } => 500,
            Self::Unavailable => 503,
        }
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, field: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)?;
        self.field.map_or(Ok(()), |field| write!(f, " ({field:?})"))
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_wire() {
        for error in [
            ErrorKind::TooLong { max: 5 }.on(Field::Body),
            ErrorKind::Internal { id: "7f".into() }.into(),
            ErrorKind::RateLimited { retry_after: 3 }.into(),
        ] {
            let wire = serde_json::to_string(&error).unwrap();
            assert_eq!(serde_json::from_str::<Error>(&wire).unwrap(), error);
        }
    }

    #[test]
    fn logs_name_the_kind_and_the_field() {
        assert_eq!(ErrorKind::TooShort { min: 3 }.on(Field::Username).to_string(), "TooShort { min: 3 } (Username)");
        assert_eq!(Error::from(ErrorKind::NotFound).to_string(), "NotFound");
    }
}
