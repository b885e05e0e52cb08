//! The suites that look at the source only.

use crate::{
    process::{self, Result},
    session::Session,
    tools::{self, WASM},
    workspace::Workspace,
};

/// The packages of the browser side. All others are the server's; `app` is both.
pub const BROWSER_SIDE: [&str; 2] = ["browser", "frontend"];

/// What the WASM may not contain. A name that ends in `*` stands for all that begin like it.
const KEPT_OUT: [&str; 15] = [
    "axum",
    "chrono",
    "comrak",
    "domain",
    "icondata*",
    "leptos_icons",
    "markdown",
    "markdown-it",
    "migrations",
    "pulldown-cmark",
    "regex",
    "reqwest",
    "sea-orm*",
    "sqlx*",
    "tokio",
];

/// Who may bring one of them all the same: Leptos itself, in code that the linker drops. The suite `budgets` looks
/// whether it did.
const EXCEPT: [(&str, &str); 1] = [("regex", "leptos_config")];

/// The formatting.
pub fn fmt(session: &mut Session) {
    session.check("fmt", "rustfmt", |workspace| {
        process::run(workspace.command("cargo").args(["fmt", "--all", "--check"]))
    });
}

/// The lints. Two calls: the whole workspace in one would unify `ssr` and `hydrate`, and a call a package would check
/// the dependencies anew for each set of features.
pub fn clippy(session: &mut Session) {
    let lint = |workspace: &Workspace, args: &[&str], packages: &[&str]| {
        let mut clippy = workspace.command("cargo");
        clippy.args(["clippy", "--keep-going"]).args(args);
        clippy.args(packages.iter().flat_map(|package| ["-p", package]));
        process::run(clippy.args(["--", "-D", "warnings"]))
    };
    session.check("clippy", "server side", |workspace| {
        lint(workspace, &["--all-targets", "--features=app/ssr"], &server_side(workspace))
    });
    session.check("clippy", "browser side", |workspace| {
        tools::wasm_target(workspace)?;
        let packages = [BROWSER_SIDE.as_slice(), &["app"]].concat();
        lint(workspace, &["--target", WASM, "--features=app/hydrate"], &packages)
    });
}

/// All packages that compile for the server.
pub fn server_side(workspace: &Workspace) -> Vec<&str> {
    workspace.packages.iter().map(String::as_str).filter(|package| !BROWSER_SIDE.contains(package)).collect()
}

/// Nothing heavy and nothing of the server's in the WASM.
pub fn wasm_tree(session: &mut Session) {
    session.check("wasm-tree", "cargo tree", |workspace| {
        let tree = tree(workspace, &[])?;
        let mut found = Vec::new();
        for package in tree.iter().filter(|package| KEPT_OUT.iter().any(|pattern| is_like(package, pattern))) {
            let users = tree_of_users(workspace, package)?;
            let is_excepted = |user: &String| EXCEPT.contains(&(package, user));
            let users: Vec<_> = users.into_iter().filter(|user| !is_excepted(user)).collect();
            if !users.is_empty() {
                found.push(format!("{package} (through {})", users.join(", ")));
            }
        }
        if found.is_empty() { Ok(()) } else { Err(format!("the WASM depends on {}", found.join(", "))) }
    });
}

fn tree_of_users(workspace: &Workspace, package: &str) -> Result<Vec<String>> {
    let users = tree(workspace, &["--depth=1", "--invert", package])?;
    Ok(users.into_iter().filter(|user| user != package).collect())
}

/// The names in the tree. Procedural macros run on the host, so what they use is left out.
fn tree(workspace: &Workspace, args: &[&str]) -> Result<Vec<String>> {
    let mut tree = workspace.command("cargo");
    tree.args(["tree", "--package=frontend", "--target", WASM, "--edges=normal,no-proc-macro", "--prefix=none"]);
    let tree = process::output(tree.args(["--format={p}"]).args(args))?;
    let mut names: Vec<_> = tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

fn is_like(name: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(name == pattern, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names_or_beginnings() {
        assert!(is_like("regex", "regex") && is_like("icondata_lu", "icondata*"));
        assert!(!is_like("regex-lite", "regex") && !is_like("axum-core", "axum"));
    }
}
