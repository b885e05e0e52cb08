//! Usernames: their form, and the keys under which they are compared.

use crate::{
    Error, ErrorKind, Field,
    limits::{USERNAME_MAX, USERNAME_MIN},
    text::check_length,
};

/// Names that could be mistaken for a command or for the server itself.
const RESERVED: [&str; 8] = ["all", "channel", "deleted", "everyone", "here", "room", "system", "weconnect"];

/// Checks a username and returns it without surrounding white space.
///
/// Only ASCII is allowed, so that no two names look alike in different scripts.
///
/// # Errors
/// Returns an [`Error`] on [`Field::Username`] if the name is empty, too short, too long or malformed;
/// [`ErrorKind::Taken`] if it is reserved.
pub fn check_username(text: &str) -> Result<&str, Error> {
    let name = text.trim();
    check_length(name, USERNAME_MIN, USERNAME_MAX, Field::Username)?;
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if !name.chars().all(legal) || !edge(name.chars().next()) || !edge(name.chars().next_back()) {
        return Err(ErrorKind::Malformed.on(Field::Username));
    }
    if RESERVED.contains(&username_key(name).as_str()) {
        return Err(ErrorKind::Taken.on(Field::Username));
    }
    Ok(name)
}

/// Returns the form under which usernames are compared: `Ada` and `ada` are one name.
pub fn username_key(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

/// Returns a username with similar-looking characters made equal. Names with the same skeleton are refused, since one
/// could be mistaken for the other.
///
/// A capital `I` and a `1` look like an `l`, a `0` like an `o`, `rn` like an `m`, `vv` like a `w`. Dot, hyphen and
/// underscore are equal, because nobody remembers which one it was. The skeleton depends on the spelling: `KaI` looks
/// like `Kal`, `kai` does not.
pub fn username_skeleton(name: &str) -> String {
    let alike: String = name
        .trim()
        .chars()
        .map(|c| match c {
            'I' | '1' => 'l',
            '0' => 'o',
            '-' | '_' => '.',
            c => c.to_ascii_lowercase(),
        })
        .collect();
    alike.replace("rn", "m").replace("vv", "w")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames() {
        for good in ["ada", "Ada.Lovelace", "x_1", " ada ", "a-b"] {
            assert!(check_username(good).is_ok(), "{good}");
        }
        let kind = |name: &str| check_username(name).unwrap_err().kind;
        assert_eq!(kind(""), ErrorKind::Required);
        assert_eq!(kind("   "), ErrorKind::Required);
        assert_eq!(kind("ab"), ErrorKind::TooShort { min: 3 });
        assert_eq!(kind(&"a".repeat(33)), ErrorKind::TooLong { max: 32 });
        assert_eq!(kind("Everyone"), ErrorKind::Taken);
        for bad in ["a b", "аdа", "_ada", "ada.", "a@b", "ad\u{200b}a"] {
            assert_eq!(kind(bad), ErrorKind::Malformed, "{bad}");
        }
        assert_eq!(username_key(" Ada"), username_key("ADA"));
    }

    #[test]
    fn names_that_look_alike_have_one_skeleton() {
        for (one, other) in
            [("paul", "PauI"), ("paul", "pau1"), ("bob", "b0b"), ("marn", "mam"), ("a.b.c", "A_b-c"), ("ewa", "evva")]
        {
            assert_eq!(username_skeleton(one), username_skeleton(other), "{one} {other}");
        }
        for (one, other) in [("kai", "kal"), ("ada", "adam"), ("ab", "a.b")] {
            assert_ne!(username_skeleton(one), username_skeleton(other), "{one} {other}");
        }
    }
}
