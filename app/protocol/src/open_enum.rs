//! Enums that later versions may add variants to.

/// Implements `Deserialize` for an enum with a variant `Unknown`, as which every name is read that this version does not
/// know. serde's own reading of an enum has no such variant for names with content.
macro_rules! deserialize_open_enum {
    ($enum:ident { $($name:literal => $variant:ident,)+ } $({ $($bare:literal => $unit:ident,)+ })?) => {
        impl<'de> serde::Deserialize<'de> for $enum {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Only;

                impl<'de> serde::de::Visitor<'de> for Only {
                    type Value = $enum;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a name, alone or as the only key of an object")
                    }

                    fn visit_str<E>(self, name: &str) -> Result<$enum, E> {
                        Ok(match name {
                            $($($bare => $enum::$unit,)+)?
                            _ => $enum::Unknown,
                        })
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$enum, A::Error> {
                        let name: String =
                            map.next_key()?.ok_or_else(|| serde::de::Error::custom("an object without a name"))?;
                        Ok(match name.as_str() {
                            $($name => $enum::$variant(map.next_value()?),)+
                            _ => {
                                map.next_value::<serde::de::IgnoredAny>()?;
                                $enum::Unknown
                            }
                        })
                    }
                }
                deserializer.deserialize_any(Only)
            }
        }
    };
}

pub(crate) use deserialize_open_enum;
