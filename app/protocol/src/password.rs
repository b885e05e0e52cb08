//! How good a password is.
//!
//! A rough estimate that costs the browser nothing: a dictionary good enough to tell more would weigh more than the
//! whole client. It refuses what attackers try first; the slow hash and the rate limits do the rest.

use crate::{
    Error, ErrorKind, Field,
    limits::{PASSWORD_MAX, PASSWORD_MIN},
    text::{check_length, length},
};

/// How hard a password is to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Among what an attacker tries first. Refused.
    Weak,
    /// Accepted.
    Fair,
    /// Better.
    Good,
    /// A long passphrase or a random string.
    Strong,
}

/// What many people choose, in lower case, and rows of the keyboard.
const COMMON: [&str; 24] = [
    "password",
    "passwort",
    "123456",
    "qwerty",
    "qwertz",
    "azerty",
    "letmein",
    "welcome",
    "iloveyou",
    "admin",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "sunshine",
    "princess",
    "secret",
    "changeme",
    "asdfgh",
    "1q2w3e",
    "abc123",
    "abcdef",
    "111111",
    "weconnect",
];

/// Estimates the strength of `password`; `hints` are words that an attacker knows, such as the username and e-mail.
pub fn strength(password: &str, hints: &[&str]) -> Strength {
    let mut rest = password.to_lowercase();
    let known = hints.iter().flat_map(|h| h.split('@')).map(str::to_lowercase).filter(|h| length(h) >= 3);
    for word in known.chain(COMMON.map(str::to_owned)) {
        // A known word adds about as much as one character.
        rest = rest.replace(&word, "\u{0}");
    }
    let kinds = [
        password.chars().any(char::is_lowercase),
        password.chars().any(char::is_uppercase),
        password.chars().any(|c| c.is_ascii_digit()),
        password.chars().any(|c| !c.is_alphanumeric()),
    ];
    let variety = kinds.iter().filter(|k| **k).count();
    // Characters that repeat or continue the one before (aaaa, 1234, dcba) are worth little.
    let chars: Vec<char> = rest.chars().collect();
    let fresh = chars.windows(3).filter(|w| !is_run(w)).count() + chars.len().min(2);
    let distinct = chars.iter().collect::<std::collections::HashSet<_>>().len();
    match fresh.min(distinct * 2) + 2 * variety.saturating_sub(1) {
        0..=9 => Strength::Weak,
        10..=14 => Strength::Fair,
        15..=19 => Strength::Good,
        _ => Strength::Strong,
    }
}

/// Whether three characters repeat or count up or down.
fn is_run(window: &[char]) -> bool {
    let [a, b, c] = window else { return false };
    let (a, b, c) = (i64::from(u32::from(*a)), i64::from(u32::from(*b)), i64::from(u32::from(*c)));
    b - a == c - b && (b - a).abs() <= 1
}

/// Checks a new password.
///
/// # Errors
/// An [`Error`] on [`Field::Password`]: required, too short, too long or weak.
pub fn check_password(password: &str, hints: &[&str]) -> Result<(), Error> {
    check_length(password, PASSWORD_MIN, PASSWORD_MAX, Field::Password)?;
    if strength(password, hints) == Strength::Weak {
        return Err(ErrorKind::Weak.on(Field::Password));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_attackers_try_first_is_weak() {
        for weak in
            ["password123", "1234567890", "aaaaaaaaaaaa", "qwertyqwerty", "abcdefghijkl", "Password1!", "0000000000000"]
        {
            assert_eq!(strength(weak, &[]), Strength::Weak, "{weak}");
        }
    }

    #[test]
    fn the_own_name_does_not_count() {
        assert!(strength("lovelace18", &[]) > Strength::Weak);
        assert_eq!(strength("lovelace18", &["lovelace", "x@example.org"]), Strength::Weak);
    }

    #[test]
    fn length_makes_strong() {
        assert!(strength("correct horse battery staple", &[]) == Strength::Strong);
        assert!(strength("u4Kd9-xLq2", &[]) >= Strength::Good);
    }

    #[test]
    fn limits() {
        assert_eq!(check_password("", &[]).unwrap_err().kind, ErrorKind::Required);
        assert_eq!(check_password("short", &[]).unwrap_err().kind, ErrorKind::TooShort { min: PASSWORD_MIN });
        let long = "x7".repeat(101);
        assert_eq!(check_password(&long, &[]).unwrap_err().kind, ErrorKind::TooLong { max: PASSWORD_MAX });
        assert_eq!(check_password("password123", &[]).unwrap_err().kind, ErrorKind::Weak);
        assert!(check_password("plum tricycle 9", &[]).is_ok());
    }
}
