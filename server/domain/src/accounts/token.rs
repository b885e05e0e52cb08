//! Secrets that travel in a link.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::{Failure, Result};

/// 256 random bits, in hexadecimal: nobody guesses it, and no mail program breaks it.
pub fn generate() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Failure::internal)?;
    let mut token = String::with_capacity(64);
    for byte in bytes {
        write!(token, "{byte:02x}").map_err(Failure::internal)?;
    }
    Ok(token)
}

/// What is stored of a token: who reads the table can't follow the link. The token is random, so that a fast hash
/// without salt is enough, and it can be looked up by it.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.trim().as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_differ() {
        let (a, b) = (generate().unwrap(), generate().unwrap());
        assert_eq!(a.len(), 64);
        assert!(a.bytes().all(|c| c.is_ascii_hexdigit()));
        assert_ne!(a, b);
        assert_eq!(hash(&a), hash(&format!(" {a}\n")));
        assert_eq!(hash(&a).len(), 32);
    }
}
