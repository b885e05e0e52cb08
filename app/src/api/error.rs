//! [`protocol::Error`] as the error of server functions.

use std::fmt;

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use protocol::{ErrorKind, Field, username::check_username};
use serde::{Deserialize, Serialize};

use super::{form_values::IS_SERVER, json::TextJson};

/// The error of a server function.
///
/// Converted from a domain failure on the server with `?`, which logs what must be logged and sets the HTTP status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiError(pub protocol::Error);

impl ApiError {
    /// Returns the sentence, if the error is about this field.
    pub fn on(&self, field: Field) -> Option<String> {
        (self.0.field == Some(field)).then(|| self.to_string())
    }

    /// Returns the sentence, if the error is about none of these fields, so that a form shows it as a whole.
    pub fn beside(&self, fields: &[Field]) -> Option<String> {
        let elsewhere = self.0.field.is_none_or(|field| !fields.contains(&field));
        elsewhere.then(|| self.to_string())
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            // Without WASM the error comes from the address, into which anybody can write words of their own.
            ErrorKind::Internal { id } if !is_id(id) => f.write_str("Something went wrong."),
            ErrorKind::OtherAccount { username } if check_username(username).is_err() => {
                f.write_str("This browser is signed in to another account now. Reload the page to go on.")
            }
            _ => self.0.fmt(f),
        }
    }
}

impl std::error::Error for ApiError {}

/// Returns whether it looks like an id that the server writes into its log.
fn is_id(id: &str) -> bool {
    id.len() <= 36 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

impl FromServerFnError for ApiError {
    type Encoder = TextJson;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Serialization(_) => {
                ErrorKind::Malformed.on(Field::Request).into()
            }
            // On the server, the request could not be read. In the browser, it is the response.
            ServerFnErrorErr::Deserialization(_) if IS_SERVER => ErrorKind::Malformed.on(Field::Request).into(),
            // The network failed, or an intermediary answered in the server's place.
            _ => protocol::Error::from(ErrorKind::Unavailable).into(),
        }
    }
}

impl From<protocol::Error> for ApiError {
    fn from(error: protocol::Error) -> Self {
        #[cfg(feature = "ssr")]
        {
            super::context::set_status(error.kind.http_status());
            if let ErrorKind::RateLimited { retry_after } = error.kind {
                super::context::set_retry_after(retry_after);
            }
        }
        Self(error)
    }
}

#[cfg(feature = "ssr")]
impl From<domain::Error> for ApiError {
    fn from(failure: domain::Error) -> Self {
        failure.into_wire().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_its_encoding() {
        let error = ApiError(ErrorKind::TooShort { min: 3 }.on(Field::Username));
        assert_eq!(ApiError::de(error.ser()), error);
    }

    #[test]
    fn what_is_not_ours_is_unavailable() {
        let page = ApiError::de("<html>502 Bad Gateway</html>".into());
        // On the server, it is the request that can't be read.
        assert_eq!(page.0.kind, if IS_SERVER { ErrorKind::Malformed } else { ErrorKind::Unavailable });
    }

    #[test]
    fn an_address_cannot_put_words_into_our_mouth() {
        let forged = ApiError(ErrorKind::Internal { id: "1. Call +1 555 0100 now".into() }.into());
        assert_eq!(forged.to_string(), "Something went wrong.");
        let forged = ApiError(ErrorKind::OtherAccount { username: "us. Call +1 555 0100 now".into() }.into());
        assert!(!forged.to_string().contains("555"), "{forged}");
    }

    #[test]
    fn fields_and_the_rest() {
        let taken = ApiError(ErrorKind::Taken.on(Field::Username));
        assert!(taken.on(Field::Username).is_some());
        assert!(taken.on(Field::Email).is_none());
        assert!(taken.beside(&[Field::Username]).is_none());
        assert!(taken.beside(&[Field::Login]).is_some());
    }
}
