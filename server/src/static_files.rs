//! Scripts, styles and icons: the folder that cargo-leptos builds.

use std::{
    collections::HashSet,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use leptos::config::LeptosOptions;
use tower_http::services::ServeDir;

/// The name of the files, before the hash and the extension.
const NAME: &str = "weconnect";

/// The reason why scripts and styles cannot be served, worded for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteError {
    /// File names contain hashes, and the list of hashes is missing.
    NoList {
        /// The site's folder.
        folder: PathBuf,
    },
    /// The list names files that do not exist.
    OtherList {
        /// The list.
        list: PathBuf,
        /// The site's folder.
        folder: PathBuf,
    },
}

impl fmt::Display for SiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoList { folder } => write!(
                f,
                "hash.txt is missing, the list of the scripts and styles in {}: without it, pages would have neither. \
                 Copy it from the build that made them, into that folder or beside the program",
                folder.display()
            ),
            Self::OtherList { list, folder } => write!(
                f,
                "{} is of another build than the scripts and styles in {}: pages would have neither. Copy both from \
                 one build",
                list.display(),
                folder.display()
            ),
        }
    }
}

impl std::error::Error for SiteError {}

/// The folder, and the file that lists the hashes in its file names.
#[derive(Clone, Debug)]
pub struct StaticFiles {
    folder: PathBuf,
    hashes: Option<PathBuf>,
}

impl StaticFiles {
    /// Uses the given folder, or searches the places where builds and packages put it.
    ///
    /// # Errors
    /// Returns [`SiteError`] if pages would name scripts and styles that do not exist.
    pub fn find(named: Option<PathBuf>) -> Result<Self, SiteError> {
        let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned)).unwrap_or_default();
        let folder = named
            // Set by `cargo leptos` for the server that it starts.
            .or_else(|| std::env::var_os("LEPTOS_SITE_ROOT").map(PathBuf::from))
            .or_else(|| {
                let places = [beside.join("site"), beside.join("../site"), PathBuf::from("target/site")];
                places.into_iter().find(|place| place.is_dir())
            })
            .unwrap_or_else(|| PathBuf::from("target/site"));
        if !folder.join("pkg").is_dir() {
            tracing::warn!(
                folder = %folder.display(),
                "there are no scripts and styles: pages work, but plainly. `cargo xtask serve` builds them, SITE_DIR \
                 says where they are"
            );
        }
        // cargo-leptos writes it next to the program; a package may keep both in one folder.
        let hashes = [folder.join("hash.txt"), beside.join("hash.txt")].into_iter().find(|file| file.is_file());
        let site = Self { folder, hashes };
        // While `cargo leptos watch` runs, the files may temporarily be a mix of two builds.
        if std::env::var_os("LEPTOS_WATCH").is_none() {
            site.check()?;
        }
        Ok(site)
    }

    /// Checks that the list of hashes exists if file names contain any, and belongs to them.
    fn check(&self) -> Result<(), SiteError> {
        let pkg = self.folder.join("pkg");
        // A folder that cannot be read has nothing to serve; `find` has already logged a warning.
        let Ok(files) = std::fs::read_dir(&pkg) else { return Ok(()) };
        let names: HashSet<String> = files.flatten().filter_map(|file| file.file_name().into_string().ok()).collect();
        let Some(list) = &self.hashes else {
            let is_listed = names.iter().any(|name| is_hashed(name)) && !names.contains(&format!("{NAME}.js"));
            return if is_listed { Err(SiteError::NoList { folder: self.folder.clone() }) } else { Ok(()) };
        };
        let text = std::fs::read_to_string(list).unwrap_or_default();
        let named = text.lines().filter_map(|line| line.split_once(':'));
        let mut named = named.map(|(kind, hash)| (kind.trim(), hash.trim()));
        // Later versions may list other files in it.
        let is_missing = |(kind, hash): (&str, &str)| {
            matches!(kind, "js" | "css" | "wasm") && !names.contains(&format!("{NAME}.{hash}.{kind}"))
        };
        if named.any(is_missing) {
            return Err(SiteError::OtherList { list: list.clone(), folder: self.folder.clone() });
        }
        Ok(())
    }

    /// Returns the options with which leptos names scripts and styles in its pages.
    pub fn options(&self, address: SocketAddr) -> LeptosOptions {
        let hashes = self.hashes.as_ref().and_then(|file| std::path::absolute(file).ok());
        let options = LeptosOptions::builder()
            .output_name(NAME)
            .site_root(self.folder.to_string_lossy())
            .site_pkg_dir("pkg")
            .site_addr(address)
            .reload_port(reload_port())
            .hash_files(hashes.is_some());
        match hashes {
            Some(file) => options.hash_file(file.to_string_lossy().into()).build(),
            None => options.build(),
        }
    }

    /// Returns the service of the files. It serves compressed ones if they exist.
    pub fn files(&self) -> ServeDir {
        ServeDir::new(&self.folder).append_index_html_on_directories(false).precompressed_br().precompressed_gzip()
    }

    /// Returns the value of `Cache-Control` for the file at `path`.
    pub fn cache_control(&self, path: &str) -> &'static str {
        if self.hashes.is_some() && path.starts_with("/pkg/") && is_hashed(path) {
            "public, max-age=31536000, immutable"
        } else {
            // Cached, but revalidated each time: the response is 304 while the file is unchanged.
            "no-cache"
        }
    }
}

/// Returns whether a file's name contains a hash: `weconnect.WxYz012-_….js`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split('.').skip(1).any(|part| {
        part.len() >= 16 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    })
}

/// Returns the port on which `cargo leptos watch` tells pages that the code changed.
fn reload_port() -> u32 {
    std::env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3001)
}

/// Returns the other origins that pages connect to while `cargo leptos watch` runs; `None` otherwise.
pub fn watch_origins() -> Option<String> {
    std::env::var_os("LEPTOS_WATCH").map(|_| {
        let port = reload_port();
        format!("ws://127.0.0.1:{port} ws://localhost:{port}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_with_hashes_need_their_list() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().to_owned();
        let find = || StaticFiles::find(Some(site.clone())).map(drop);
        let write = |name: &str, text: &str| std::fs::write(site.join(name), text).unwrap();
        assert_eq!(find(), Ok(()), "nothing to serve");
        std::fs::create_dir(site.join("pkg")).unwrap();
        write("pkg/weconnect.AbCdEfGhIjKlMnOpQrSt01.css", "");
        write("pkg/weconnect.AbCdEfGhIjKlMnOpQrSt02.js", "");
        assert_eq!(find(), Err(SiteError::NoList { folder: site.clone() }));
        write("hash.txt", "css: AbCdEfGhIjKlMnOpQrSt01\njs: AbCdEfGhIjKlMnOpQrSt02\n");
        assert_eq!(find(), Ok(()));
        write("hash.txt", "css: AbCdEfGhIjKlMnOpQrSt03\njs: AbCdEfGhIjKlMnOpQrSt02\n");
        assert_eq!(find(), Err(SiteError::OtherList { list: site.join("hash.txt"), folder: site.clone() }));
        std::fs::remove_file(site.join("hash.txt")).unwrap();
        write("pkg/weconnect.js", "");
        assert_eq!(find(), Ok(()), "a build without hashes");
    }

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(is_hashed("/pkg/weconnect.AbCdEfGhIjKlMnOpQrSt01.js"));
        for plain in ["/pkg/weconnect.js", "/pkg/weconnect.wasm.br", "/favicon.svg", "/"] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }
}
