//! Programs that the system or npm provides: finding them, and installing them where that is possible.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::process::{self, Result, say};

/// The oldest Node.js that all npm packages of the project run on.
const OLDEST_NODE: u32 = 20;

/// Something the tests or the build need from the system.
pub struct SystemPackage {
    /// What it is, for people.
    pub name: &'static str,
    /// Debian's packages for it.
    pub debian: &'static [&'static str],
    /// How to get it where there is no apt.
    pub elsewhere: &'static str,
    /// Looks for it.
    pub find: fn() -> Option<PathBuf>,
}

/// A browser for the end-to-end tests, with letters and emoji to draw.
pub const CHROMIUM: SystemPackage = SystemPackage {
    name: "Chromium",
    debian: &["chromium", "fonts-liberation", "fonts-noto-color-emoji"],
    elsewhere: "install Chromium or Chrome, or name its binary in CHROMIUM",
    find: || {
        named("CHROMIUM")
            .or_else(|| ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| on_path(name)))
    },
};

/// The server's programs, not the client's.
pub const POSTGRES: SystemPackage = SystemPackage {
    name: "PostgreSQL",
    debian: &["postgresql"],
    elsewhere: "install the PostgreSQL server, or set TEST_POSTGRES_URL to a superuser of one that runs",
    find: postgres_bin,
};

/// Redis, which the tests start and stop themselves.
pub const REDIS: SystemPackage = SystemPackage {
    name: "Redis",
    debian: &["redis-server"],
    elsewhere: "install the Redis server, or name its binary in TEST_REDIS_SERVER",
    find: || named("TEST_REDIS_SERVER").or_else(|| on_path("redis-server")),
};

/// PgBouncer, which the tests start and stop themselves.
pub const PGBOUNCER: SystemPackage = SystemPackage {
    name: "PgBouncer",
    debian: &["pgbouncer"],
    elsewhere: "install PgBouncer, or name its binary in TEST_PGBOUNCER",
    // Where Debian puts it, also for somebody whose PATH has no such folder.
    find: || {
        let usual = PathBuf::from("/usr/sbin/pgbouncer");
        named("TEST_PGBOUNCER").or_else(|| on_path("pgbouncer")).or_else(|| usual.is_file().then_some(usual))
    },
};

const NODE: SystemPackage = SystemPackage {
    name: "Node.js with npm",
    debian: &["nodejs", "npm"],
    elsewhere: "install Node.js, which runs Tailwind and wasm-opt",
    find: || on_path("npm").and_then(|_| on_path("node")),
};

impl SystemPackage {
    /// Where it is, after installing it if need be.
    pub fn get(&self) -> Result<PathBuf> {
        if let Some(path) = (self.find)() {
            return Ok(path);
        }
        let Self { name, debian, elsewhere, .. } = self;
        let by_hand = format!("{name} is missing: {elsewhere} (Debian: `apt-get install {}`)", debian.join(" "));
        if on_path("apt-get").is_none() {
            return Err(by_hand);
        }
        say(format_args!("{name} is missing and is installed now"));
        apt(&["update", "-qq"])
            .and_then(|()| apt(&[&["install", "-y", "-qq", "--no-install-recommends"], *debian].concat()))
            .map_err(|e| format!("{by_hand}. {e}"))?;
        (self.find)().ok_or(by_hand)
    }
}

/// Makes sure of Node.js.
pub fn node() -> Result<PathBuf> {
    let node = NODE.get()?;
    let version = process::output(Command::new(&node).arg("--version"))?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < OLDEST_NODE) {
        return Err(format!("Node.js {} is too old: version {OLDEST_NODE} or newer is needed", version.trim()));
    }
    Ok(node)
}

/// Installs exactly what the lock file of a folder says, unless that is what is there.
pub fn npm_ci(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json")).map_err(|e| format!("{}: {e}", folder.display()))?;
    let done = folder.join("node_modules").join(".installed-lock.json");
    if fs::read(&done).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    // No package of ours needs its install script, and Playwright's would look for browsers to download.
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    process::run(&mut npm)?;
    fs::write(&done, lock).map_err(|e| format!("{}: {e}", done.display()))
}

/// The first folder of the PATH that has the program.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A numeric user id of the system, without a name that of the current one.
pub fn user_id(flag: &str, name: Option<&str>) -> Result<u32> {
    let id = process::output(Command::new("id").arg(flag).args(name))?;
    id.trim().parse().map_err(|_| format!("`id {flag}` says {}", id.trim()))
}

fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|file| file.is_file())
}

/// Debian keeps the server's programs off the PATH, in a folder a major version.
fn postgres_bin() -> Option<PathBuf> {
    let has_server = |folder: &PathBuf| folder.join("initdb").is_file();
    let major = |folder: &PathBuf| folder.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let newest = debian.filter(has_server).max_by_key(major);
    newest.or_else(|| on_path("initdb")?.parent().map(Path::to_owned))
}

fn apt(args: &[&str]) -> Result<()> {
    let is_root = user_id("-u", None)? == 0;
    let mut command = if is_root {
        Command::new("env")
    } else if on_path("sudo").is_some() {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    } else {
        return Err("There is no sudo here to install it with".to_owned());
    };
    // Not `process::run`: in a process group of its own, sudo could not ask for a password.
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(args);
    let line = process::line_of(&command);
    say(&line);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` failed ({status})")),
        Err(e) => Err(format!("`{line}` cannot be started: {e}")),
    }
}
