//! Random tokens, and the hashes under which they are stored.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// Returns 256 random bits as 64 hexadecimal digits: impossible to guess, and no mail program breaks them.
///
/// # Errors
/// Returns [`Error::Internal`] if the system has no random bytes.
pub fn generate() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(HEXLOWER.encode(&bytes))
}

/// Returns the hash of a token that is stored: somebody who reads the table cannot use it. The token is random, so a
/// fast hash without a salt is enough, and the token can be looked up by it.
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
