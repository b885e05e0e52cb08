//! JSON as the encoding of server functions.
//!
//! Like the encoding of `server_fn`, but read as text: the data that a page was rendered with is read as text too. If
//! both ways were used, the browser would download two parsers for every type.

use leptos::server_fn::{
    ContentType, Decodes, Encodes, Format, FormatType,
    codec::{JsonEncoding, Post},
};
use serde::{Serialize, de::DeserializeOwned};
use server_fn::Bytes;

/// JSON, read as text.
#[derive(Debug)]
pub struct TextJson;

/// Arguments or a response as JSON, by `POST`.
pub type Json = Post<TextJson>;

impl ContentType for TextJson {
    const CONTENT_TYPE: &'static str = JsonEncoding::CONTENT_TYPE;
}

impl FormatType for TextJson {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for TextJson {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        JsonEncoding::encode(value)
    }
}

impl<T: DeserializeOwned> Decodes<T> for TextJson {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        serde_json::from_str(std::str::from_utf8(&bytes).map_err(serde::de::Error::custom)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let bytes = <TextJson as Encodes<_>>::encode(&("ü".to_owned(), 7)).unwrap();
        assert_eq!(<TextJson as Decodes<(String, u32)>>::decode(bytes).unwrap(), ("ü".to_owned(), 7));
        assert!(<TextJson as Decodes<String>>::decode(Bytes::from_static(b"\"\xff\"")).is_err());
        assert!(<TextJson as Decodes<String>>::decode(Bytes::from_static(b"<html>")).is_err());
    }
}
