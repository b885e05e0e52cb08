//! What a build needs beyond the Rust toolchain: which version, where it comes from, and getting it.
//!
//! Each tool is taken from where it already is. What is missing goes into the user's cache folder, nothing into the
//! system: `tools/bin` holds all commands, so that one folder on the PATH is enough for `cargo leptos watch` by hand.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    packages,
    process::{self, Result, say},
    workspace::Workspace,
};

/// The browser's target.
pub const WASM: &str = "wasm32-unknown-unknown";

/// A tool that cargo builds. These are the pinned versions; those of the npm packages are in `xtask/tools/package.json`.
struct CargoTool {
    package: &'static str,
    command: &'static str,
    version: &'static str,
    features: &'static [&'static str],
}

const CARGO_TOOLS: [CargoTool; 2] = [
    // Has to be the version of the wasm-bindgen crate in Cargo.toml: the two share an unversioned format.
    CargoTool { package: "wasm-bindgen-cli", command: "wasm-bindgen", version: "0.2.128", features: &[] },
    // Without downloads: a tool it misses becomes a clear message instead of a wait for the network.
    CargoTool { package: "cargo-leptos", command: "cargo-leptos", version: "0.3.10", features: &["no_downloads"] },
];

/// How the tools are built. They work for seconds and are built once a machine: with cargo-leptos's own profile (fat
/// LTO, one codegen unit) two cores are busy for half an hour.
const BUILD_FAST: [(&str, &str); 6] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_STRIP", "true"),
    ("CARGO_INCREMENTAL", "0"),
];

/// The tools, ready.
pub struct Tools {
    bin: PathBuf,
}

impl Tools {
    /// Finds or installs everything a build of the app needs.
    pub fn set_up(workspace: &Workspace) -> Result<Self> {
        wasm_target(workspace)?;
        let home = workspace.cache.join("tools");
        let bin = home.join("bin");
        fs::create_dir_all(&bin).map_err(|e| format!("{}: {e}", bin.display()))?;
        // Two runs at once must not write the same files; the lock goes with the file.
        let lock = File::create(home.join(".lock")).map_err(|e| e.to_string())?;
        if lock.try_lock().is_err() {
            say("waiting for another `cargo xtask` that sets up the tools");
            lock.lock().map_err(|e| e.to_string())?;
        }
        let tools = Self { bin };
        let mut has_built = false;
        for tool in &CARGO_TOOLS {
            has_built |= tools.cargo_tool(workspace, &home, tool)?;
        }
        if has_built {
            // Kept until here so that a set-up that was interrupted goes on where it was.
            fs::remove_dir_all(build_folder(workspace)).ok();
        }
        tools.npm_tools(&home)?;
        Ok(tools)
    }

    /// The folder of the commands.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// Runs `cargo leptos` with the tools at hand.
    pub fn leptos(&self, workspace: &Workspace) -> Result<Command> {
        let mut command = workspace.command("cargo");
        // The tool is built without optimisation, whose stack frames are several times larger; its JavaScript minifier
        // is a deep recursion.
        command.arg("leptos").env("PATH", self.path()?).env("RUST_MIN_STACK", (64 << 20).to_string());
        Ok(command)
    }

    fn path(&self) -> Result<OsString> {
        let old = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.bin.clone()).chain(env::split_paths(&old));
        env::join_paths(folders).map_err(|e| format!("PATH: {e}"))
    }

    /// Whether it had to be built.
    fn cargo_tool(&self, workspace: &Workspace, home: &Path, tool: &CargoTool) -> Result<bool> {
        let CargoTool { package, command, version, features } = tool;
        let is_pinned = |program: &Path| reports(program, version);
        if is_pinned(&self.bin.join(command)) || is_pinned(Path::new(command)) {
            return Ok(false);
        }
        say(format_args!("{package} {version} is missing and is built now, once for this machine"));
        let mut install = Command::new("cargo");
        install.current_dir(home).args([
            "install",
            "--locked",
            "--force",
            "--bin",
            command,
            "--version",
            &format!("={version}"),
            "--root",
        ]);
        install.arg(home).arg(package).env("CARGO_TARGET_DIR", build_folder(workspace)).envs(BUILD_FAST);
        for feature in *features {
            install.args(["--features", feature]);
        }
        process::run(&mut install)?;
        Ok(true)
    }

    /// wasm-opt and Tailwind's command, from the npm packages that carry them whole.
    fn npm_tools(&self, home: &Path) -> Result<()> {
        packages::node()?;
        let npm = home.join("npm");
        fs::create_dir_all(&npm).map_err(|e| format!("{}: {e}", npm.display()))?;
        let sources = [
            ("package.json", include_str!("../tools/package.json")),
            ("package-lock.json", include_str!("../tools/package-lock.json")),
        ];
        for (name, text) in sources {
            fs::write(npm.join(name), text).map_err(|e| format!("{}: {e}", npm.display()))?;
        }
        packages::npm_ci(&npm)?;
        self.wrapper("wasm-opt", "binaryen/bin/wasm-opt")?;
        self.wrapper("tailwindcss", "@tailwindcss/cli/dist/index.mjs")
    }

    /// A command that runs a script of an npm package. NODE_PATH is where Tailwind finds `@import "tailwindcss"`: it
    /// looks beside the stylesheet first, and the checkout has no `node_modules`.
    fn wrapper(&self, name: &str, script: &str) -> Result<()> {
        let text = format!(
            "#!/bin/sh\n# Written by `cargo xtask`.\n\
             modules=$(cd \"$(dirname \"$0\")/../npm/node_modules\" && pwd) || exit 1\n\
             NODE_PATH=\"$modules${{NODE_PATH:+:$NODE_PATH}}\" exec node \"$modules/{script}\" \"$@\"\n"
        );
        let path = self.bin.join(name);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return Ok(());
        }
        let write = || {
            // By a new file and a rename: the old one may be running.
            let new = path.with_extension("new");
            fs::write(&new, &text)?;
            fs::set_permissions(&new, fs::Permissions::from_mode(0o755))?;
            fs::rename(&new, &path)
        };
        write().map_err(|e: std::io::Error| format!("{}: {e}", path.display()))
    }
}

/// Adds the browser's target to the toolchain, if it lacks it.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    let mut folder = workspace.command("rustc");
    let folder = process::output(folder.args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    say(format_args!("the Rust target {WASM} is missing"));
    process::run(workspace.command("rustup").args(["target", "add", WASM])).map_err(|e| {
        format!(
            "{e}: this toolchain cannot compile for the browser. Let rustup reach its server (RUSTUP_DIST_SERVER names a \
             mirror), or put the rust-std component of {WASM}, of exactly this rustc's version, into {}",
            folder.trim()
        )
    })
}

fn build_folder(workspace: &Workspace) -> PathBuf {
    workspace.cache.join("tools-target")
}

/// Whether a program is there and says it is of this version.
fn reports(program: &Path, version: &str) -> bool {
    let said = process::output(Command::new(program).arg("--version"));
    said.is_ok_and(|said| said.split_whitespace().any(|word| word == version))
}
