//! The secret in the path of the outbox page: a file in the data folder that only its owner can read.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::Path,
    sync::Arc,
};

use data_encoding::HEXLOWER;
use domain::config::OpenError;
use sha2::{Digest, Sha256};

/// The file's name in the data folder.
const FILE: &str = "outbox-secret";
/// The length of the secret: 256 random bits, in hexadecimal digits.
const DIGITS: usize = 64;

/// A secret that is part of a path.
#[derive(Clone)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Reads the secret of a data folder. Creates one if there is none or the file is damaged.
    ///
    /// # Errors
    /// Returns [`OpenError::Folder`] if the file cannot be read or written.
    pub fn of(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join(FILE);
        let secret = fs::create_dir_all(folder).and_then(|()| match fs::read_to_string(&path) {
            Ok(text) if is_secret(text.trim()) => keep_private(&path).map(|()| text.trim().to_owned()),
            Ok(_) => write(&path),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => write(&path),
            Err(error) => Err(error),
        });
        secret.map(|secret| Self(secret.into())).map_err(|source| OpenError::Folder { path, source })
    }

    /// Returns whether a text is this secret. Compares hashes, so that the time it takes reveals nothing about how much
    /// of the text is right.
    pub fn is(&self, text: &str) -> bool {
        Sha256::digest(text) == Sha256::digest(self.as_str())
    }

    /// Returns the secret as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    /// Omits the secret: what can be printed ends up in a log one day.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

fn is_secret(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Writes a new secret to a temporary file and renames it, so that an interrupted start does not leave half a secret.
fn write(path: &Path) -> io::Result<String> {
    let mut bytes = [0; DIGITS / 2];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let secret = HEXLOWER.encode(&bytes);
    let new = path.with_extension("new");
    let mut file = private_file(&new)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()?;
    keep_private(&new)?;
    fs::rename(&new, path)?;
    Ok(secret)
}

/// Opens a file for writing that is private from the beginning.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes everybody else's access to the file, as after a backup was restored with wider permissions.
#[cfg(unix)]
fn keep_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn keep_private(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_secret() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let secret = Secret::of(&data).unwrap();
        assert!(is_secret(secret.as_str()));
        assert_eq!(Secret::of(&data).unwrap().as_str(), secret.as_str(), "the same at the next start");
        assert!(secret.is(secret.as_str()) && !secret.is("") && !secret.is(&secret.as_str()[1..]));
        assert!(!format!("{secret:?}").contains(secret.as_str()));
        let other = tempfile::tempdir().unwrap();
        assert_ne!(Secret::of(other.path()).unwrap().as_str(), secret.as_str());
    }

    #[test]
    #[cfg(unix)]
    fn it_is_readable_by_the_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        let rights = || fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        let secret = Secret::of(folder.path()).unwrap();
        assert_eq!(rights(), 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(Secret::of(folder.path()).unwrap().as_str(), secret.as_str());
        assert_eq!(rights(), 0o600, "rights that became wider are taken back");
    }

    #[test]
    fn half_a_secret_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for broken in ["", "abc", &"g".repeat(DIGITS)] {
            fs::write(folder.path().join(FILE), broken).unwrap();
            assert!(is_secret(Secret::of(folder.path()).unwrap().as_str()), "{broken}");
        }
        let in_the_way = folder.path().join("file");
        fs::write(&in_the_way, "").unwrap();
        assert!(matches!(Secret::of(&in_the_way), Err(OpenError::Folder { .. })));
    }
}
