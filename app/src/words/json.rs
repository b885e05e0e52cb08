//! The sentences as a file for the browser specs.

use std::{collections::BTreeMap, env, fs, path::Path};

use super::{auth, chat, common, errors, profile, second_factor, server, settings, status};

/// The sentences of a file, each with its name and its texts.
type Sentences = &'static [(&'static str, &'static [&'static str])];

/// The sentences of all files, by file and name.
const FILES: &[(&str, Sentences)] = &[
    ("auth", auth::ALL),
    ("chat", chat::ALL),
    ("common", common::ALL),
    ("errors", errors::ALL),
    ("profile", profile::ALL),
    ("second_factor", second_factor::ALL),
    ("server", server::ALL),
    ("settings", settings::ALL),
    ("status", status::ALL),
];

fn json() -> String {
    let files: BTreeMap<&str, BTreeMap<&str, serde_json::Value>> = FILES
        .iter()
        .map(|(file, sentences)| {
            // A sentence with two forms is a list of both.
            let value = |texts: &[&str]| match texts {
                [one] => (*one).into(),
                forms => forms.into(),
            };
            (*file, sentences.iter().map(|(name, texts)| (*name, value(texts))).collect())
        })
        .collect();
    serde_json::to_string_pretty(&files).unwrap() + "\n"
}

/// With `WRITE_WORDS=1`, writes the file instead: `cargo xtask words` does so.
#[test]
fn the_file_of_the_specs_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/support/words.json");
    if env::var_os("WRITE_WORDS").is_some() {
        fs::write(&file, json()).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == json(), "end2end/support/words.json is out of date: run `cargo xtask words`");
}
