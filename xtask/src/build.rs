//! Builds what ships: the server and, compressed, what the browser downloads.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    packages,
    process::{self, Result},
    tools::Tools,
    workspace::Workspace,
};

/// Sets up the tools and builds server and browser side.
pub fn app(workspace: &Workspace, is_release: bool) -> Result<()> {
    let tools = Tools::set_up(workspace)?;
    let mut build = tools.leptos(workspace)?;
    // The pages that `app::chunks` names become files of their own.
    build.args(["build", "--split"]);
    if is_release {
        build.arg("--release");
    }
    process::run(&mut build)?;
    if is_release { compress(workspace) } else { Ok(()) }
}

/// Writes a `.br` and a `.gz` beside each file that gains from it, once and as small as can be, so that the server
/// need not compress at each request. By node, whose brotli is native code: the same option of cargo-leptos takes
/// minutes in the unoptimised build that we make of it.
fn compress(workspace: &Workspace) -> Result<()> {
    let files = files_in(&workspace.site()).into_iter().filter(|file| {
        let extension = file.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("wasm" | "js" | "css" | "svg" | "json" | "webmanifest" | "txt"))
    });
    let script = "const fs = require('fs'), zlib = require('zlib');
        for (const file of process.argv.slice(1)) {
            const bytes = fs.readFileSync(file);
            fs.writeFileSync(file + '.br', zlib.brotliCompressSync(bytes));
            fs.writeFileSync(file + '.gz', zlib.gzipSync(bytes, { level: 9 }));
        }";
    let mut node = Command::new(packages::node()?);
    process::say("compressing what the browser downloads");
    process::output(node.arg("-e").arg(script).args(files)).map(|_| ())
}

/// All files below a folder.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let (folders, mut files): (Vec<_>, Vec<_>) =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| files_in(folder)));
    files.sort();
    files
}
