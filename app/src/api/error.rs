//! [`protocol::Error`] as the error of server functions.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use protocol::{ErrorKind, Field};
use serde::{Deserialize, Serialize};

use super::{form_values::IS_SERVER, json::TextJson};
use crate::words;

/// The error of a server function.
///
/// Converted from a domain failure on the server with `?`, which logs what must be logged and sets the HTTP status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiError(pub protocol::Error);

impl ApiError {
    /// Returns the sentence for the user.
    pub fn sentence(&self) -> String {
        words::error(&self.0).into_owned()
    }

    /// Returns the sentence, if the error is about this field.
    pub fn on(&self, field: Field) -> Option<String> {
        (self.0.field == Some(field)).then(|| self.sentence())
    }

    /// Returns the sentence, if the error is about none of these fields, so that a form shows it as a whole.
    pub fn beside(&self, fields: &[Field]) -> Option<String> {
        let elsewhere = self.0.field.is_none_or(|field| !fields.contains(&field));
        elsewhere.then(|| self.sentence())
    }
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
    fn fields_and_the_rest() {
        let taken = ApiError(ErrorKind::Taken.on(Field::Username));
        assert!(taken.on(Field::Username).is_some());
        assert!(taken.on(Field::Email).is_none());
        assert!(taken.beside(&[Field::Username]).is_none());
        assert!(taken.beside(&[Field::Login]).is_some());
    }
}
