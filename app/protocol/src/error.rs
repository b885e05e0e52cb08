//! The error type that the server and the browser exchange.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An error, and the field that it concerns.
///
/// Its [`Display`](fmt::Display) is a sentence for the user. Code decides by [`kind`](Self::kind), never by that text.
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

impl Field {
    /// Returns the noun that names the field in a sentence.
    const fn noun(self) -> &'static str {
        match self {
            Self::Email => "e-mail address",
            Self::Username => "username",
            Self::Password => "password",
            Self::CurrentPassword => "current password",
            Self::Code => "code",
            Self::Confirmation => "confirmation",
            Self::DisplayName => "name",
            Self::Bio => "bio",
            Self::Pronouns => "pronouns",
            Self::Picture => "picture",
            Self::Status => "status",
            Self::Emoji => "emoji",
            Self::Search => "name",
            Self::Login => "e-mail address or username",
            Self::Room => "room name",
            Self::Body => "message",
            Self::Request => "request",
        }
    }
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
        let noun = self.field.map_or("entry", Field::noun);
        match (&self.kind, self.field) {
            (ErrorKind::Required, Some(Field::Body)) => f.write_str("Write something first."),
            (ErrorKind::Required, Some(Field::Search)) => f.write_str("Enter a name to look for."),
            (ErrorKind::Required, Some(Field::Confirmation)) => f.write_str("Tick the box to say that you mean it."),
            (ErrorKind::Required, Some(Field::Picture)) => f.write_str("Choose a picture first."),
            (ErrorKind::Required, _) => write!(f, "Enter your {noun}."),
            (ErrorKind::TooShort { min }, _) => write!(f, "The {noun} needs at least {min} characters."),
            (ErrorKind::TooLong { max }, _) => write!(f, "The {noun} can have at most {max} characters."),
            (ErrorKind::Malformed, Some(Field::Email)) => f.write_str("This is not an e-mail address."),
            (ErrorKind::Malformed, Some(Field::Username)) => f.write_str(
                "Use letters a to z, digits, dots, hyphens and underscores; start and end with a letter or digit.",
            ),
            (ErrorKind::Malformed, Some(Field::Room)) => {
                f.write_str(r"A room name needs a letter or a digit, and can't contain / \ < or >.")
            }
            (ErrorKind::Malformed, Some(Field::Emoji)) => f.write_str("Choose one emoji."),
            (ErrorKind::Malformed, _) => write!(f, "The {noun} could not be understood."),
            (ErrorKind::Taken, Some(Field::Username)) => {
                f.write_str("This username is taken, or looks like one that is.")
            }
            (ErrorKind::Taken, _) => write!(f, "This {noun} is taken."),
            (ErrorKind::Weak, _) => {
                f.write_str("This password is easy to guess. Make it longer, or use several unrelated words.")
            }
            (ErrorKind::Unauthenticated, _) => f.write_str("Sign in to go on."),
            (ErrorKind::WrongCredentials, Some(Field::CurrentPassword)) => f.write_str("This is not your password."),
            (ErrorKind::WrongCredentials, Some(Field::Code)) => {
                f.write_str("This code is wrong, or was used already. Wait for the next one.")
            }
            (ErrorKind::WrongCredentials, _) => f.write_str("The name or the password is wrong."),
            (ErrorKind::Unverified, _) => {
                f.write_str("Confirm your e-mail address first: follow the link in the mail we sent you.")
            }
            (ErrorKind::Forbidden, Some(Field::Username)) => f.write_str("This is you. Look for somebody else."),
            // One text for every reason (settings, a block, a deleted account), so that it does not disclose which one.
            (ErrorKind::Forbidden, Some(Field::Body)) => {
                f.write_str("This person takes messages from certain people only.")
            }
            (ErrorKind::Forbidden, _) => f.write_str("You can't do this."),
            (ErrorKind::NotFound, Some(Field::Username)) => f.write_str("Nobody here has this username."),
            (ErrorKind::NotFound, _) => f.write_str("This does not exist, or you can't see it."),
            (ErrorKind::Conflict, Some(Field::Username)) => f.write_str("You have asked them already, or are friends."),
            (ErrorKind::Conflict, _) => f.write_str("This contradicts what is already stored."),
            (ErrorKind::OtherAccount { username }, _) => write!(
                f,
                "You are now signed in as @{username} in this browser. Nothing was changed; reload the page to go on as \
                 @{username}."
            ),
            (ErrorKind::Expired, Some(Field::Code)) => f.write_str("That took too long. Begin again."),
            (ErrorKind::Expired, _) => f.write_str("This link was used already or is too old."),
            (ErrorKind::LimitReached { .. }, Some(Field::Username)) => {
                f.write_str("This person has as many friends as there can be.")
            }
            (ErrorKind::LimitReached { max }, _) => write!(f, "There can be {max} at most. Remove some first."),
            (ErrorKind::Undeliverable, _) => {
                f.write_str("No mail gets through to this address. Look for a typing mistake in it.")
            }
            (ErrorKind::Unsupported, _) => {
                f.write_str("This file is no picture that can be used here. Take a JPEG, PNG, WebP or GIF.")
            }
            (ErrorKind::TooLarge { .. }, Some(Field::Request)) => {
                f.write_str("This is too long to be sent. Go back, and shorten it there.")
            }
            (ErrorKind::TooLarge { max }, _) => {
                write!(f, "This file is too large. It can have {} MB at most.", max / (1024 * 1024))
            }
            (ErrorKind::TooManyPixels { max }, _) => {
                write!(f, "This picture has too many pixels. It can have {max} megapixels at most.")
            }
            (ErrorKind::RateLimited { retry_after }, _) if *retry_after > 90 => {
                write!(f, "Too many tries. Try again in {} minutes.", retry_after.div_ceil(60))
            }
            (ErrorKind::RateLimited { retry_after }, _) => {
                write!(f, "Too many tries. Try again in {retry_after} seconds.")
            }
            (ErrorKind::Unavailable, _) => {
                f.write_str("The server can't do this right now. Nothing was lost; try again in a moment.")
            }
            (ErrorKind::Internal { id }, _) => write!(f, "Something went wrong. Its number is {id}."),
        }
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
    fn sentences_name_the_field_and_the_limit() {
        let said = ErrorKind::TooShort { min: 3 }.on(Field::Username).to_string();
        assert_eq!(said, "The username needs at least 3 characters.");
    }
}
