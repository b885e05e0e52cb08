//! The sizes that must not be exceeded, of what `cargo leptos build --release` left.

use std::{fs, path::PathBuf};

use crate::{
    build,
    process::{Result, say},
    workspace::Workspace,
};

/// One budget: what it is, and its check.
type Budget = (&'static str, fn(&Workspace) -> Result<()>);

/// All of them. Sizes are those after brotli, in bytes; a kilobyte has 1,000.
pub const ALL: [Budget; 4] = [
    // All that is downloaded before a conversation is live: WASM, scripts and styles.
    ("a conversation's page", |workspace| within(400_000, shipped(workspace, is_of_first_page)?)),
    // Each by itself: a page needs one of them, and what they share.
    ("lazy WASM", |workspace| {
        shipped(workspace, is_lazy_wasm)?.into_iter().try_for_each(|part| within(100_000, vec![part]))
    }),
    ("CSS", |workspace| within(20_000, shipped(workspace, |name| name.ends_with(".css"))?)),
    ("no regex in the WASM", no_regex),
];

/// The file's name is `weconnect.<hash>.wasm`; the lazily loaded parts are called otherwise.
fn is_main_wasm(name: &str) -> bool {
    name.starts_with("weconnect.") && name.ends_with(".wasm")
}

fn is_of_first_page(name: &str) -> bool {
    is_main_wasm(name) || name.ends_with(".js") || name.ends_with(".css")
}

fn is_lazy_wasm(name: &str) -> bool {
    name.ends_with(".wasm") && !is_main_wasm(name)
}

fn within(budget: u64, files: Vec<PathBuf>) -> Result<()> {
    let sizes = files.iter().map(|file| {
        let compressed = format!("{}.br", file.display());
        fs::metadata(&compressed).map(|data| data.len()).map_err(|e| format!("{compressed}: {e}"))
    });
    let size = sizes.sum::<Result<u64>>()?;
    say(format_args!("{size} of {budget} bytes in {} files", files.len()));
    if size > budget { Err(format!("{} bytes over the budget of {budget}", size - budget)) } else { Ok(()) }
}

/// `leptos_config` brings the crate into the tree for reading Cargo.toml, which a browser never does; the linker must
/// have dropped it. Code that can panic carries the path of its source file.
fn no_regex(workspace: &Workspace) -> Result<()> {
    for file in shipped(workspace, |name| name.ends_with(".wasm"))? {
        let bytes = fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        if bytes.windows(b"regex-automata-".len()).any(|window| window == b"regex-automata-") {
            return Err(format!("{} contains regex", file.display()));
        }
    }
    Ok(())
}

fn shipped(workspace: &Workspace, is_meant: fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let folder = workspace.site().join("pkg");
    let mut files = build::files_in(&folder);
    files.retain(|file| file.file_name().and_then(|name| name.to_str()).is_some_and(is_meant));
    if files.is_empty() { Err(format!("there is nothing of that kind in {}", folder.display())) } else { Ok(files) }
}
