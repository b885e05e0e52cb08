//! Imports point down: the modules of a crate lie in layers, and a module imports only from layers below its own.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    build,
    process::Result,
    tokens::{Token, tokens},
};

/// The top-level modules of a crate, from the uppermost layer to the lowest.
pub struct Layers {
    /// The folder of the crate's sources.
    pub folder: &'static str,
    /// The modules of each layer. Those of one layer do not import each other.
    pub layers: &'static [&'static [&'static str]],
}

/// The layers of the crates that are large enough to have some. ARCHITECTURE.md says what is in each.
pub const LAYERS: [Layers; 2] = [
    Layers {
        folder: "app/src",
        layers: &[
            &["shell"],
            &["routes"],
            &["layout"],
            &["chunks"],
            &["auth", "chat", "people", "settings"],
            &["forms"],
            &["session"],
            &["live"],
            &["api", "ui"],
            &["words"],
        ],
    },
    Layers {
        folder: "server/domain/src",
        layers: &[
            &["work"],
            &["accounts", "connect", "messages"],
            &["conversations", "presence"],
            &["jobs", "keys", "relationships"],
            &["mail", "sessions", "users"],
            &["live"],
            &["db", "pooler", "rate_limit"],
            &["email"],
            &["config"],
            &["clock", "entities", "error", "sql", "text", "token"],
        ],
    },
];

/// Checks that no module imports one of its own layer or of a layer above.
///
/// # Errors
/// The imports that do, each with the names of both files; modules that are in no layer.
pub fn check(root: &Path, crate_: &Layers) -> Result<()> {
    let folder = root.join(crate_.folder);
    let mut found = BTreeSet::new();
    let mut seen = 0_usize;
    for file in build::files_in(&folder) {
        let Ok(name) = file.strip_prefix(&folder) else { continue };
        let module = module_of(name);
        // The root names all modules, and tests may use what they test from anywhere.
        let Some(own) = module.first().filter(|_| !module.iter().any(|part| part == "tests")) else { continue };
        if name.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        seen += 1;
        let Some(level) = level(crate_, own) else {
            found.insert(format!("{} is in no layer", name.display()));
            continue;
        };
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        for path in imports(&tokens(&text), &module) {
            let Some(other) = path.first().filter(|other| *other != own) else { continue };
            if self::level(crate_, other).is_some_and(|other| other <= level) {
                let target = file_of(&folder, &path);
                found.insert(format!("{} imports {}", name.display(), target.display()));
            }
        }
    }
    match (seen, found.is_empty()) {
        (0, _) => Err(format!("there are no sources in {}", crate_.folder)),
        (_, true) => Ok(()),
        (_, false) => Err(found.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

fn level(crate_: &Layers, module: &str) -> Option<usize> {
    crate_.layers.iter().position(|layer| layer.contains(&module))
}

/// The path of the module that a file is, relative to the crate; empty for the crate's root.
fn module_of(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

/// The file, relative to the crate's sources, of the innermost module on a path.
fn file_of(folder: &Path, path: &[String]) -> PathBuf {
    let prefixes = (1..=path.len()).rev().filter_map(|length| path.get(..length));
    let files = prefixes.flat_map(|parts| {
        let module: PathBuf = parts.iter().collect();
        [module.with_extension("rs"), module.join("mod.rs")]
    });
    let mut there = files.filter(|file| folder.join(file).is_file());
    there.next().unwrap_or_else(|| path.iter().take(1).collect())
}

/// The paths that a module names from the crate's root on: of its `use` declarations, and those that begin with
/// `crate` elsewhere.
fn imports(tokens: &[Token<'_>], module: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        match token {
            Token::Word("use") => {
                let (paths, end) = use_tree(after);
                found.extend(paths.into_iter().filter_map(|path| absolute(&path, module)));
                rest = end;
            }
            Token::Word("crate") => {
                let (path, end) = path(rest);
                found.push(path);
                rest = end;
            }
            _ => {}
        }
    }
    found
}

/// Resolves a path of a `use` declaration; none for another crate or a module's own child.
fn absolute(path: &[&str], module: &[String]) -> Option<Vec<String>> {
    let (first, mut rest) = path.split_first()?;
    let mut base = match *first {
        "crate" => return Some(rest.iter().map(|part| (*part).to_owned()).collect()),
        "self" => module.to_vec(),
        "super" => module.split_last()?.1.to_vec(),
        _ => return None,
    };
    while let Some((&"super", more)) = rest.split_first() {
        base.pop();
        rest = more;
    }
    base.extend(rest.iter().map(|part| (*part).to_owned()));
    Some(base)
}

/// Reads `::a::b`, as it follows on `crate`.
fn path<'a, 't>(tokens: &'t [Token<'a>]) -> (Vec<String>, &'t [Token<'a>]) {
    let mut path = Vec::new();
    let mut rest = tokens;
    while let [Token::Sign(':'), Token::Sign(':'), Token::Word(word), after @ ..] = rest {
        path.push((*word).to_owned());
        rest = after;
    }
    (path, rest)
}

/// Reads the tree of a `use` declaration and returns its paths.
fn use_tree<'a, 't>(tokens: &'t [Token<'a>]) -> (Vec<Vec<&'a str>>, &'t [Token<'a>]) {
    let mut prefix = Vec::new();
    let mut rest = tokens;
    loop {
        match rest {
            [Token::Sign(':'), Token::Sign(':'), after @ ..] => rest = after,
            [Token::Word("as"), Token::Word(_), after @ ..] => rest = after,
            [Token::Word(word), after @ ..] => {
                prefix.push(*word);
                rest = after;
            }
            [Token::Sign('*'), after @ ..] => rest = after,
            [Token::Sign('{'), after @ ..] => {
                let (inner, end) = use_group(after);
                let paths = inner.into_iter().map(|path| prefix.iter().copied().chain(path).collect());
                return (paths.collect(), end);
            }
            _ => return (vec![prefix], rest),
        }
    }
}

/// Reads the trees between braces.
fn use_group<'a, 't>(tokens: &'t [Token<'a>]) -> (Vec<Vec<&'a str>>, &'t [Token<'a>]) {
    let mut paths = Vec::new();
    let mut rest = tokens;
    loop {
        match rest {
            [Token::Sign(','), after @ ..] => rest = after,
            [Token::Sign('}'), after @ ..] => return (paths, after),
            [] => return (paths, rest),
            _ => {
                let (inner, end) = use_tree(rest);
                paths.extend(inner);
                // Anything but a tree ends the group: it would be read for ever.
                if end.len() == rest.len() {
                    return (paths, &[]);
                }
                rest = end;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUSE: Layers = Layers { folder: "src", layers: &[&["attic"], &["hall", "kitchen"], &["cellar"]] };

    /// Checks a house with these files in it.
    fn house(files: &[(&str, &str)]) -> Result<()> {
        let root = std::env::temp_dir().join(format!("layers-{}-{:p}", std::process::id(), files));
        for (name, text) in files {
            let file = root.join("src").join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let result = check(&root, &HOUSE);
        fs::remove_dir_all(&root).unwrap();
        result
    }

    #[test]
    fn imports_may_point_down() {
        let attic = "use crate::{cellar, hall::Door};\nuse std::fmt;\nfn f() { crate::kitchen::cook() }";
        let hall = "mod door;\npub use self::door::Door;\n#[cfg(test)]\nmod tests {\n    use crate::attic;\n}";
        let files = [
            ("lib.rs", "mod attic; mod cellar; mod hall; mod kitchen;"),
            ("attic.rs", attic),
            ("hall/mod.rs", hall),
            ("hall/door.rs", "use super::super::cellar; // use crate::attic;\nconst A: &str = \"crate::attic\";"),
            ("kitchen.rs", ""),
            ("cellar.rs", ""),
        ];
        house(&files).unwrap();
    }

    #[test]
    fn an_import_upwards_is_found_with_both_files() {
        for (file, text, other) in [
            ("cellar.rs", "use crate::attic;", "attic.rs"),
            ("cellar.rs", "use super::{hall::{door::Door as D}};", "hall/door.rs"),
            ("hall/door.rs", "use super::super::kitchen::*;", "kitchen.rs"),
            ("kitchen.rs", "fn f() { crate::hall::open() }", "hall/mod.rs"),
            ("kitchen.rs", "view! { <Door to=crate::attic::up()/> }", "attic.rs"),
        ] {
            let mut files = vec![("attic.rs", ""), ("kitchen.rs", ""), ("cellar.rs", ""), ("hall/mod.rs", "")];
            files.push(("hall/door.rs", ""));
            files.retain(|(name, _)| *name != file);
            files.push((file, text));
            assert_eq!(house(&files).unwrap_err(), format!("{file} imports {other}"));
        }
    }

    #[test]
    fn a_module_without_a_layer_is_found() {
        assert_eq!(house(&[("garage.rs", "")]).unwrap_err(), "garage.rs is in no layer");
        assert!(house(&[("lib.rs", "")]).is_err(), "nothing to look at");
    }
}
