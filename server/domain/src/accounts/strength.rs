//! Password strength.

use protocol::{
    ErrorKind, Field,
    limits::{PASSWORD_MAX, PASSWORD_MIN},
    password::{Strength, check_password_length},
    text::{check_length, length},
};
use tokio::task::spawn_blocking;
use zxcvbn::{Score, zxcvbn};

use super::Accounts;
use crate::{Result, rate_limit::LimitedAction, text::composed};

/// The most hints that are used. The caller chooses them, so their number has to be limited.
const HINTS: usize = 8;

impl Accounts<'_> {
    /// Estimates how hard a password is to guess for somebody who knows these hints, such as the username and the
    /// address.
    ///
    /// # Errors
    /// An error on [`Field::Password`] if its length is not accepted.
    pub async fn strength(&self, password: &str, hints: &[&str]) -> Result<Strength> {
        self.domain.limit_of(self.client, LimitedAction::Search, None)?;
        check_password_length(password)?;
        let password = composed(password);
        check_length(&password, PASSWORD_MIN, u32::MAX, Field::Password)?;
        let hints: Vec<String> = hints.iter().take(HINTS).flat_map(|hint| words(hint)).collect();
        // Takes milliseconds for a long password, too long for an async thread.
        Ok(spawn_blocking(move || estimate(&password, &hints)).await?)
    }

    /// Checks a new password.
    ///
    /// # Errors
    /// On [`Field::Password`]: required, too short, too long, or [`ErrorKind::Weak`].
    pub(super) async fn check_password(&self, password: &str, hints: &[&str]) -> Result<()> {
        if self.strength(password, hints).await? < Strength::Good {
            return Err(ErrorKind::Weak.on(Field::Password).into());
        }
        Ok(())
    }
}

/// Returns the hint as a whole, the parts of an address around the `@`, and each word of them, without those shorter
/// than three characters.
fn words(hint: &str) -> Vec<String> {
    let hint: String = hint.chars().take(usize::try_from(PASSWORD_MAX).unwrap_or(usize::MAX)).collect();
    let parts = hint.split(|c: char| !c.is_alphanumeric()).chain(hint.split('@'));
    let parts = parts.chain(std::iter::once(hint.as_str())).filter(|part| length(part) >= 3);
    parts.map(str::to_lowercase).collect()
}

fn estimate(password: &str, hints: &[String]) -> Strength {
    let hints: Vec<&str> = hints.iter().map(String::as_str).chain(["weconnect"]).collect();
    match zxcvbn(password, &hints).score() {
        // Fewer than 10^6 guesses.
        Score::Zero | Score::One => Strength::Weak,
        // Fewer than 10^8 guesses: a month of one core, with the slow hash.
        Score::Two => Strength::Fair,
        // Fewer than 10^10 guesses.
        Score::Three => Strength::Good,
        _ => Strength::Strong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(password: &str, hints: &[&str]) -> Strength {
        estimate(password, &hints.iter().flat_map(|hint| words(hint)).collect::<Vec<_>>())
    }

    #[test]
    fn what_attackers_try_is_refused() {
        for guessed in [
            "Summer2026!",
            "P@ssw0rd2026",
            "password123",
            "1234567890",
            "aaaaaaaaaaaa",
            "qwertyqwerty",
            "abcdefghijkl",
            "Password1!",
            "Welcome2WeConnect",
            "iloveyou2026",
            "0000000000000",
            "lovelace18",
        ] {
            assert!(of(guessed, &[]) < Strength::Good, "{guessed}");
        }
        assert_eq!(of("Summer2026!", &[]), Strength::Fair);
        assert_eq!(of("password123", &[]), Strength::Weak);
    }

    #[test]
    fn unrelated_words_and_random_characters_are_good() {
        assert_eq!(of("correct horse battery staple", &[]), Strength::Strong);
        assert_eq!(of("plum tricycle 9", &[]), Strength::Strong);
        assert!(of("u4Kd9-xLq2", &[]) >= Strength::Good);
        assert!(of("三毛猫は窓辺で眠っている", &[]) >= Strength::Good);
    }

    #[test]
    fn what_is_known_of_somebody_does_not_count() {
        let (name, email) = ("zyx.quorbin", "florptangle@example.org");
        assert!(of("quorbinflorptangle", &[]) >= Strength::Good);
        assert!(of("quorbinflorptangle", &[name, email]) < Strength::Good);
    }
}
