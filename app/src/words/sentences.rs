//! The macro that declares sentences.

use std::borrow::Cow;

use super::isolated;

/// Declares sentences, each as a constant or as a function.
///
/// ```ignore
/// sentences! {
///     SIGN_IN = "Sign in";
///     about(name: &str) = "About {name}";
///     /// Of the composer.
///     characters_left(count: u32) = "{count} character left" | "{count} characters left";
/// }
/// ```
///
/// Each is documented by its text. A comment before it, for translators, says what the text does not.
///
/// A parameter of type `&str` gets a direction of its own, so that a name in another script does not reorder the
/// sentence. With two texts, the first is the singular, used if the first parameter is 1.
macro_rules! sentences {
    ($($(#[$note:meta])* $name:ident $(($($param:ident: $type:ty),+))? = $one:literal $(| $many:literal)?;)+) => {
        $(sentences!(@define $(#[$note])* $name $(($($param: $type),+))? = $one $(| $many)?);)+

        /// The names and the texts of all sentences in this file.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &[&str])] = &[$((stringify!($name), &[$one $(, $many)?])),+];
    };
    (@define $(#[$note:meta])* $name:ident = $text:literal) => {
        #[doc = $text]
        $(#[$note])*
        pub const $name: &str = $text;
    };
    (@define $(#[$note:meta])* $name:ident($($param:ident: $type:ty),+) = $text:literal) => {
        #[doc = $text]
        $(#[$note])*
        pub fn $name($($param: $type),+) -> String {
            $(let $param = $crate::words::sentences::Parameter::shown($param);)+
            format!($text)
        }
    };
    (@define $(#[$note:meta])* $name:ident($count:ident: $u32:ty $(, $param:ident: $type:ty)*) =
        $one:literal | $many:literal
    ) => {
        #[doc = $many]
        $(#[$note])*
        pub fn $name($count: $u32 $(, $param: $type)*) -> String {
            let is_one = $count == 1;
            let $count = $crate::words::sentences::Parameter::shown($count);
            $(let $param = $crate::words::sentences::Parameter::shown($param);)*
            if is_one { format!($one) } else { format!($many) }
        }
    };
}

/// A value that a sentence contains.
pub(super) trait Parameter<'a> {
    fn shown(self) -> Cow<'a, str>;
}

impl<'a> Parameter<'a> for &'a str {
    fn shown(self) -> Cow<'a, str> {
        isolated(self)
    }
}

impl Parameter<'static> for u32 {
    fn shown(self) -> Cow<'static, str> {
        self.to_string().into()
    }
}

#[cfg(test)]
mod tests {
    sentences! {
        HELLO = "Hello";
        about(name: &str) = "About {name}";
        left(count: u32, name: &str) = "{count} character left of {name}" | "{count} characters left of {name}";
    }

    #[test]
    fn sentences_are_constants_or_functions() {
        assert_eq!(HELLO, "Hello");
        assert_eq!(about("ada"), "About ada");
        assert_eq!(about("דנה"), "About \u{2068}דנה\u{2069}");
        assert_eq!(left(1, "a"), "1 character left of a");
        assert_eq!(left(0, "a"), "0 characters left of a");
        assert_eq!(ALL.len(), 3);
        assert_eq!(ALL[1], ("about", ["About {name}"].as_slice()));
    }
}
