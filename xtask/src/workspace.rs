//! Where things lie: the checkout, cargo's target folder and the user's cache.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::process::{self, Result};

/// The folders every command works with, all absolute.
pub struct Workspace {
    /// The checkout.
    pub root: PathBuf,
    /// Cargo's target folder, which `CARGO_TARGET_DIR` or the user's configuration may have moved.
    pub target: PathBuf,
    /// What survives a fresh clone: built tools, npm packages.
    pub cache: PathBuf,
    /// The names of all packages of the workspace.
    pub packages: Vec<String>,
}

impl Workspace {
    /// Asks cargo rather than guessing, since only cargo knows all the places the target folder can be set.
    pub fn find() -> Result<Self> {
        // Cargo sets the variable for `cargo run`; the other is for a binary started by hand.
        let manifest = env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
        let root = Path::new(&manifest).parent().ok_or("xtask is not inside a checkout")?.to_owned();
        let mut metadata = Command::new("cargo");
        metadata.args(["metadata", "--no-deps", "--format-version=1", "--manifest-path"]).arg(root.join("Cargo.toml"));
        let metadata = process::output(&mut metadata)?;
        let metadata: Value = serde_json::from_str(&metadata).map_err(|e| format!("cargo metadata: {e}"))?;
        let target = metadata.get("target_directory").and_then(Value::as_str).ok_or("cargo metadata has no target")?;
        let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
        let packages = packages.filter_map(|package| Some(package.get("name")?.as_str()?.to_owned())).collect();
        Ok(Self { root, target: PathBuf::from(target), cache: cache()?, packages })
    }

    /// A command that starts at the root of the checkout and builds into the target folder found above, even when the
    /// variable that moved it was relative to another folder.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        // `cargo run` describes xtask itself in these; a build script or test that reads them means its own package.
        for (name, _) in env::vars_os() {
            let is_of_xtask =
                name.to_str().is_some_and(|n| n.starts_with("CARGO_PKG_") || n.starts_with("CARGO_MANIFEST_"));
            if is_of_xtask {
                command.env_remove(name);
            }
        }
        command
    }

    /// A command that runs the server, or something that runs the server: with the settings that `cargo leptos` would
    /// give it, and where to find it.
    pub fn with_server(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.command(program);
        command.env("WECONNECT_BIN", self.server()).env("WECONNECT_SITE", self.site());
        command.env("LEPTOS_SITE_ROOT", self.site()).envs([
            ("LEPTOS_ENV", "PROD"),
            ("LEPTOS_OUTPUT_NAME", "weconnect"),
            ("LEPTOS_HASH_FILES", "true"),
        ]);
        command
    }

    /// The server as `cargo leptos build --release` leaves it.
    pub fn server(&self) -> PathBuf {
        self.target.join("release").join("weconnect")
    }

    /// What the browser downloads; its place in the checkout is fixed by `site-root` in Cargo.toml.
    pub fn site(&self) -> PathBuf {
        self.root.join("target").join("site")
    }
}

fn cache() -> Result<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    Ok(base.ok_or("neither XDG_CACHE_HOME nor HOME is set: no place for the tools")?.join("weconnect"))
}
