//! The one error type that crosses the wire.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What went wrong, and with which field.
///
/// Its [`Display`](fmt::Display) is a sentence for the person who sees it. Decide by [`kind`](Self::kind), never by
/// that text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The field of the form or command that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Nothing was entered.
    Required,
    /// Shorter than `min` characters.
    TooShort {
        /// Characters, at least.
        min: u32,
    },
    /// Longer than `max` characters.
    TooLong {
        /// Characters, at most.
        max: u32,
    },
    /// Not of the form that the field asks for.
    Malformed,
    /// Somebody else has that name, or it is reserved.
    Taken,
    /// A password that is easily guessed.
    Weak,
    /// Nobody is signed in, or the session ended.
    Unauthenticated,
    /// The name or the password is wrong; it is not said which.
    WrongCredentials,
    /// The password is right, but the e-mail address was never confirmed.
    Unverified,
    /// This person may not do that.
    Forbidden,
    /// There is no such thing, or this person may not know of it.
    NotFound,
    /// It contradicts what is already stored, such as another message under the same id.
    Conflict,
    /// The page was drawn for one account, and the browser is signed in to another by now. Nothing was done.
    OtherAccount {
        /// The one that the browser is signed in to.
        username: String,
    },
    /// A link or token that is used up, too old or was never given out.
    Expired,
    /// There are as many as there may be.
    LimitReached {
        /// At most.
        max: u32,
    },
    /// An e-mail address that no mail reaches.
    Undeliverable,
    /// A file of a sort that can't be used.
    Unsupported,
    /// A file that is too large.
    TooLarge {
        /// Bytes, at most.
        max: u32,
    },
    /// A picture with too many pixels.
    TooManyPixels {
        /// Millions of pixels, at most.
        max: u32,
    },
    /// Too many tries.
    RateLimited {
        /// Seconds until the next try can succeed.
        retry_after: u32,
    },
    /// The server cannot do it now; trying again later may help. Nothing was stored.
    Unavailable,
    /// Something that should not happen. The operator finds it in the log by its id.
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
    /// The password as it is now, asked for before something is changed.
    CurrentPassword,
    /// The code of the second factor, or a recovery code.
    Code,
    /// The box that is ticked to say that one means it.
    Confirmation,
    /// The name to show.
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
    /// What to look for.
    Search,
    /// E-mail address or username, as the sign-in form asks.
    Login,
    /// A room's name.
    Room,
    /// A message's text.
    Body,
    /// A frame or argument as a whole.
    Request,
}

impl Field {
    /// How a sentence names the field.
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

/// The result of what may be refused.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl ErrorKind {
    /// This kind, about that field.
    #[must_use]
    pub const fn on(self, field: Field) -> Error {
        Error { kind: self, field: Some(field) }
    }

    /// Whether the same request may succeed later without being changed.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable | Self::Internal { .. })
    }

    /// The HTTP status (RFC 9110, section 15; 429 from RFC 6585) that says the same.
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
            // The same whatever the reason: settings, a block, an account that is gone.
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
