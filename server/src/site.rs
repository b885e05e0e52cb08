//! Scripts, styles and icons: the folder that cargo-leptos builds.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use leptos::config::LeptosOptions;
use tower_http::services::ServeDir;

/// The folder, and the file that says which names in it carry a hash of their content.
#[derive(Clone, Debug)]
pub struct Site {
    folder: PathBuf,
    hashes: Option<PathBuf>,
}

impl Site {
    /// Takes the folder that was named, or looks where builds and packages put it.
    pub fn find(named: Option<PathBuf>) -> Self {
        let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned)).unwrap_or_default();
        let folder = named
            // What `cargo leptos` tells the server that it starts.
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
        // cargo-leptos writes it beside the program; a package may keep both together.
        let hashes = [folder.join("hash.txt"), beside.join("hash.txt")].into_iter().find(|file| file.is_file());
        Self { folder, hashes }
    }

    /// What leptos must know to name scripts and styles in its pages.
    pub fn options(&self, address: SocketAddr) -> LeptosOptions {
        let hashes = self.hashes.as_ref().and_then(|file| std::path::absolute(file).ok());
        let options = LeptosOptions::builder()
            .output_name("weconnect")
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

    /// Serves the files, compressed ones where they lie beside.
    pub fn files(&self) -> ServeDir {
        ServeDir::new(&self.folder).append_index_html_on_directories(false).precompressed_br().precompressed_gzip()
    }

    /// How long browsers may keep the file at `path` without asking again.
    pub fn cache_control(&self, path: &str) -> &'static str {
        if self.hashes.is_some() && path.starts_with("/pkg/") && is_hashed(path) {
            "public, max-age=31536000, immutable"
        } else {
            // Kept, but asked about each time: the answer is a 304 as long as it is the same.
            "no-cache"
        }
    }
}

/// Whether a file's name carries a hash: `weconnect.WxYz012-_….js`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split('.').skip(1).any(|part| {
        part.len() >= 16 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    })
}

/// Where `cargo leptos watch` tells pages that the code changed.
fn reload_port() -> u32 {
    std::env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3001)
}

/// The addresses besides our own that pages connect to while `cargo leptos watch` runs; none otherwise.
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
    fn only_hashed_names_are_kept_for_ever() {
        assert!(is_hashed("/pkg/weconnect.AbCdEfGhIjKlMnOpQrSt01.js"));
        for plain in ["/pkg/weconnect.js", "/pkg/weconnect.wasm.br", "/favicon.svg", "/"] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }
}
