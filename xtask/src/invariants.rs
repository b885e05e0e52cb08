//! Which room of the house may name what; see ARCHITECTURE.md. Reads sources and manifests, builds nothing.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    build,
    layers::{self, LAYERS},
    literals,
    process::{self, Result},
    session::Session,
    workspace::Workspace,
};

/// Which packages may depend on what. A name that ends in `*` stands for all that begin like it. What only tests use
/// does not count.
const DEPENDENCIES: [(&str, &[&str]); 20] = [
    ("argon2", &["domain"]),
    ("axum*", &["app", "bench", "server"]),
    ("browser", &["app", "frontend"]),
    ("domain", &["app", "bench", "server"]),
    ("emojis", &["domain"]),
    ("gloo*", &["browser"]),
    ("icu*", &["domain"]),
    ("image", &["domain"]),
    ("js-sys", &["browser"]),
    ("leptos*", &["app", "frontend", "server"]),
    ("lettre", &["domain"]),
    ("migrations", &["domain"]),
    ("redis", &["domain"]),
    ("sea-orm*", &["bench", "domain", "migrations"]),
    ("tokio*", &["bench", "domain", "server"]),
    ("tower*", &["app", "server"]),
    ("unicode-normalization", &["domain"]),
    ("unicode-security", &["domain"]),
    ("web-sys", &["browser"]),
    ("zxcvbn", &["domain"]),
];

/// What may depend on nothing else: everybody shares it, so what it brings in is everywhere.
const ALONE: (&str, &[&str]) = ("protocol", &["serde", "serde_json", "thiserror", "uuid"]);

/// Words that code may not contain, comments aside.
struct Rule {
    /// What the rule keeps.
    what: &'static str,
    words: &'static [&'static str],
    /// Files and folders that are searched …
    within: &'static [&'static str],
    /// … and those below them that are not.
    except: &'static [&'static str],
}

const RULES: [Rule; 7] = [
    Rule {
        what: "browser APIs are named in `browser` only",
        words: &["web_sys", "js_sys", "gloo_", "target_arch"],
        within: &["app", "frontend", "server", "migrations"],
        except: &["frontend/browser"],
    },
    Rule {
        what: "views contain no code for one side only",
        words: &["feature = \"ssr\"", "feature = \"hydrate\"", "cfg!("],
        within: &["app/src"],
        // The document around the app, which only the server draws, is left out of the WASM as a module.
        except: &["app/src/api", "app/src/lib.rs"],
    },
    Rule {
        what: "only server functions call the rules, and know of HTTP",
        words: &["domain::", "axum::", "leptos_axum", "tower_sessions"],
        within: &["app/src"],
        except: &["app/src/api"],
    },
    Rule {
        what: "server functions write no SQL, and entities stay in `domain`",
        words: &["sea_orm", "entities::"],
        within: &["app", "server/src", "frontend"],
        except: &[],
    },
    Rule {
        what: "what crosses the wire asks no clock, disk or network",
        words: &["SystemTime", "Instant", "std::env", "std::fs", "std::net", "std::process", "std::thread"],
        within: &["app/protocol/src"],
        except: &[],
    },
    Rule {
        what: "the live state's logic knows no browser, clock or signal",
        words: &["browser::", "leptos::", "SystemTime", "Instant"],
        within: &[
            "app/src/live/idle.rs",
            "app/src/live/members.rs",
            "app/src/live/outbox.rs",
            "app/src/live/relationships.rs",
            "app/src/live/reconnect.rs",
            "app/src/live/rows.rs",
            "app/src/live/sidebar.rs",
            "app/src/live/presence_view.rs",
            "app/src/live/revision_tracker.rs",
            "app/src/live/timeline.rs",
            "app/src/live/unread.rs",
            "app/src/live/window.rs",
        ],
        except: &[],
    },
    Rule {
        what: "views write no HTML of their own",
        words: &["inner_html", "set_inner_html"],
        within: &["app/src", "frontend"],
        // A text area's content, which `ui::content` escapes: Leptos would not.
        except: &["app/src/chat/composer.rs", "app/src/ui/text_area.rs"],
    },
];

/// Looks at all of them.
pub fn check(session: &mut Session) {
    session.check("invariants", "who depends on what", dependencies);
    for crate_ in &LAYERS {
        let what = format!("imports point down in {}", crate_.folder);
        session.check("invariants", &what, |workspace| layers::check(&workspace.root, crate_));
    }
    session.check("invariants", "sentences are in `words` only", |workspace| literals::check(&workspace.root));
    for rule in &RULES {
        session.check("invariants", rule.what, |workspace| sources(&workspace.root, rule));
    }
}

fn dependencies(workspace: &Workspace) -> Result<()> {
    let mut metadata = workspace.command("cargo");
    let metadata = process::output(metadata.args(["metadata", "--no-deps", "--format-version=1"]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|e| format!("cargo metadata: {e}"))?;
    let found: Vec<String> = pairs(&metadata)
        .into_iter()
        .filter(|(package, dependency)| !may_depend(package, dependency))
        .map(|(package, dependency)| format!("{package} on {dependency}"))
        .collect();
    if found.is_empty() { Ok(()) } else { Err(format!("may not depend: {}", found.join(", "))) }
}

/// Each package of the workspace with each of its dependencies, tests' aside.
fn pairs(metadata: &Value) -> Vec<(&str, &str)> {
    let all = list(metadata, "packages").flat_map(|package| {
        let dependencies = list(package, "dependencies").filter(|dependency| text(dependency, "kind") != "dev");
        dependencies.map(|dependency| (text(package, "name"), text(dependency, "name")))
    });
    all.collect()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn may_depend(package: &str, dependency: &str) -> bool {
    let (alone, its_own) = ALONE;
    let is_like = |pattern: &str| {
        pattern.strip_suffix('*').map_or(dependency == pattern, |beginning| dependency.starts_with(beginning))
    };
    (package != alone || its_own.contains(&dependency))
        && DEPENDENCIES.iter().all(|(pattern, who)| !is_like(pattern) || who.contains(&package))
}

fn sources(root: &Path, rule: &Rule) -> Result<()> {
    let mut searched = 0;
    let mut found = Vec::new();
    for within in rule.within {
        let place = root.join(within);
        let files = if place.is_file() { vec![place] } else { build::files_in(&place) };
        for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
            let name = file.strip_prefix(root).map_err(|e| e.to_string())?;
            if rule.except.iter().any(|except| name.starts_with(except)) {
                continue;
            }
            searched += 1;
            let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
            found.extend(words_in(&text, rule.words).map(|(line, word)| format!("{}:{line}: {word}", name.display())));
        }
    }
    match (searched, found.is_empty()) {
        // A rule about files that were moved away would hold for ever.
        (0, _) => Err(format!("there are no sources in {}", rule.within.join(", "))),
        (_, true) => Ok(()),
        (_, false) => Err(found.join(", ")),
    }
}

/// The lines, from 1, whose code has one of the words.
fn words_in<'a>(text: &'a str, words: &'a [&'a str]) -> impl Iterator<Item = (usize, &'a str)> {
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.filter_map(move |(n, line)| words.iter().find(|word| line.contains(**word)).map(|word| (n + 1, *word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_depended_on_is_found() {
        assert!(may_depend("browser", "web-sys") && may_depend("server", "axum") && may_depend("domain", "serde"));
        assert!(!may_depend("app", "web-sys") && !may_depend("domain", "axum-extra") && !may_depend("app", "tokio"));
        assert!(may_depend("protocol", "uuid") && !may_depend("protocol", "futures"));
    }

    #[test]
    fn dependencies_of_tests_do_not_count() {
        let metadata = r#"{"packages": [{"name": "server", "dependencies": [
            {"name": "axum", "kind": null}, {"name": "sea-orm", "kind": "dev"}, {"name": "cc", "kind": "build"}]}]}"#;
        assert_eq!(pairs(&serde_json::from_str(metadata).unwrap()), [("server", "axum"), ("server", "cc")]);
    }

    #[test]
    fn comments_may_name_everything() {
        let text = "//! No axum:: here.\nuse std::fmt;\n    // axum::\nlet a = axum::b;\n";
        assert_eq!(words_in(text, &["axum::"]).collect::<Vec<_>>(), [(4, "axum::")]);
    }

    #[test]
    fn a_rule_that_finds_nothing_to_read_is_broken() {
        let rule = Rule { what: "", words: &["x"], within: &["nowhere"], except: &[] };
        assert!(sources(Path::new(env!("CARGO_MANIFEST_DIR")), &rule).is_err());
    }
}
