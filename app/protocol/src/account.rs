//! People, as others see them, and the fields of an account.

use serde::{Deserialize, Serialize};

use crate::{
    Error, ErrorKind, Field, Millis, PictureId, SessionHandle, UserId,
    limits::{EMAIL_MAX, USERNAME_MAX, USERNAME_MIN},
    people::Privacy,
    presence::{Availability, Status},
    text::check_length,
};

/// What others see of a person wherever a name is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UserSummary {
    /// Whose card this is.
    pub id: UserId,
    /// The unique name, as its owner spells it.
    pub username: String,
    /// The name that they go by, if it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Their picture, if they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureId>,
}

impl UserSummary {
    /// The card of somebody who has nothing but a username.
    pub const fn new(id: UserId, username: String) -> Self {
        Self { id, username, display_name: None, picture: None }
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.username)
    }
}

/// Where somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// By which it is ended.
    pub handle: SessionHandle,
    /// The browser and the system, such as "Firefox on Linux".
    pub device: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// When somebody signed in there.
    pub since: Millis,
    /// When it was last used, to the hour.
    pub used: Millis,
}

/// How it stands with somebody's second factor: codes that an app makes from a secret and the time (RFC 6238).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// Signing in takes the password alone.
    Off,
    /// The app is to be told the secret, and a code to show that it was.
    SettingUp {
        /// The secret in Base32, in groups, to be typed.
        secret: String,
        /// The same as an address that apps understand.
        uri: String,
        /// The address as a picture.
        qr: QrCode,
    },
    /// Signing in takes a code as well.
    On {
        /// Recovery codes that were not used yet.
        recovery_codes: u32,
    },
}

/// A QR code, to be drawn as one dark shape on a light ground.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// Modules of an edge, with the margin that readers need.
    pub size: u32,
    /// The dark modules as the `d` of an SVG path, a module being a unit.
    pub path: String,
}

/// What a signed-in person sees of their own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The card others see.
    pub user: UserSummary,
    /// The confirmed e-mail address.
    pub email: String,
    /// Whether this person administers the server.
    pub is_admin: bool,
    /// Whether signing in asks for a code besides the password.
    pub has_second_factor: bool,
    /// Friend requests that wait for an answer.
    pub requests: u32,
    /// Those whom this person blocked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<UserId>,
    /// What this person chose to be seen as.
    pub availability: Availability,
    /// What they say about it.
    pub status: Option<Status>,
    /// What they let others do.
    pub privacy: Privacy,
}

/// Names that would read as a command or as the server itself.
const RESERVED: [&str; 8] = ["all", "channel", "deleted", "everyone", "here", "room", "system", "weconnect"];

/// Checks a username and returns it without surrounding white space.
///
/// ASCII only, so that no two names look alike in different scripts.
///
/// # Errors
/// An [`Error`] on [`Field::Username`]: required, too short, too long, malformed, or taken when it is reserved.
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

/// The form under which usernames are compared: `Ada` and `ada` are one name.
pub fn username_key(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

/// What is left of a username when what looks alike is made alike: names with the same skeleton are refused, since one
/// could be taken for the other.
///
/// A capital `I` and a `1` look like an `l`, a `0` like an `o`, `rn` like an `m`, `vv` like a `w`; and nobody
/// remembers which of dot, hyphen and underscore it was. It depends on how the name is spelt: `KaI` looks like `Kal`,
/// `kai` does not.
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

/// Checks an e-mail address and returns it without surrounding white space.
///
/// Only the form that matters is checked (one `@`, something before it, a dotted domain after it, no white space):
/// whether it exists is found out by sending a mail.
///
/// # Errors
/// An [`Error`] on [`Field::Email`]: required, too long or malformed.
pub fn check_email(text: &str) -> Result<&str, Error> {
    let email = text.trim();
    check_length(email, 1, EMAIL_MAX, Field::Email)?;
    let malformed = || ErrorKind::Malformed.on(Field::Email);
    let (local, domain) = email.split_once('@').ok_or_else(malformed)?;
    let local_is_fine = !local.is_empty()
        && local.len() <= 64
        && local.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"".contains(c));
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            // Marks and joiners belong to the letters of many scripts; the server knows which of them a domain may have.
            && l.chars().all(|c| c.is_alphanumeric() || c == '-' || !(c.is_ascii() || c.is_whitespace() || c.is_control()))
    };
    let domain_is_fine = domain.contains('.') && domain.split('.').all(label);
    if local_is_fine && domain_is_fine { Ok(email) } else { Err(malformed()) }
}

/// The form under which e-mail addresses are compared. Lower case throughout: the local part is case-sensitive by
/// RFC 5321, but no provider in use tells `Ada@` and `ada@` apart, and people do not either.
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
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

    #[test]
    fn emails() {
        for good in ["a@b.c", "ada+chat@mail.example.org", "Ada@EXAMPLE.org", "ü@müller.de", "a@हिन्दी.example"]
        {
            assert!(check_email(good).is_ok(), "{good}");
        }
        for bad in ["a", "a@b", "@b.c", "a@b.", "a b@c.d", "a@b@c.d", "a@-b.c", "<a>@b.c", "a@b..c", "a\n@b.c"] {
            assert_eq!(check_email(bad).unwrap_err().kind, ErrorKind::Malformed, "{bad}");
        }
        assert_eq!(check_email("").unwrap_err().kind, ErrorKind::Required);
        assert_eq!(email_key("Ada@Example.ORG "), "ada@example.org");
    }
}
