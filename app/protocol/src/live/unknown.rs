//! Frames of a newer server.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, Visitor, value::Error},
    forward_to_deserialize_any,
};

use super::ServerFrame;

/// Returns whether a text that could not be read as a [`ServerFrame`] is a frame of a kind that this version does not
/// know. The client skips such a frame: a feature that only newer clients have must not make every open page reload.
pub fn is_unknown_frame(text: &str) -> bool {
    let name = text.trim_start_matches('{').strip_prefix('"').and_then(|rest| rest.split_once('"'));
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase());
    name.is_some_and(|(name, _)| is_name(name) && !names().contains(&name))
}

/// Returns the names of all frames, as serde knows them.
fn names() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // Fails as soon as it has the names.
    let _ = ServerFrame::deserialize(Names(&mut names));
    names
}

/// A deserializer that only looks which names the type has.
struct Names<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom(NotRead))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = variants;
        Err(Error::custom(NotRead))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct NotRead;

impl fmt::Display for NotRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("only the names are read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_a_newer_server_is_told_from_a_broken_one() {
        for new in [r#"{"typing":{"conversation":"x"}}"#, r#""lunch""#, r#"{"call_offer":[1]}"#] {
            assert!(serde_json::from_str::<ServerFrame>(new).is_err());
            assert!(is_unknown_frame(new), "{new}");
        }
        for broken in
            [r#"{"pong":{"n":-1}}"#, r#""resync"#, "", "{}", "[]", "7", r#"{"":1}"#, "<html>", r#"{"Pong":1}"#]
        {
            assert!(!is_unknown_frame(broken), "{broken}");
        }
    }
}
