//! The sentences as files: for the browser specs, and for the service worker.

use std::{collections::BTreeMap, env, fs, path::Path};

use serde_json::Value;

use super::{
    auth, chat, common, connection, errors, layout, offline_page, people, presence, profile, second_factor, server,
    settings, status, time, ui,
};

/// The name of a sentence, and its forms.
type Sentence = (&'static str, &'static [&'static str]);

/// The sentences of all files, by file and name.
const FILES: &[(&str, &[Sentence])] = &[
    ("auth", auth::ALL),
    ("chat", chat::ALL),
    ("common", common::ALL),
    ("connection", connection::ALL),
    ("errors", errors::ALL),
    ("layout", layout::ALL),
    ("offline_page", offline_page::ALL),
    ("people", people::ALL),
    ("presence", presence::ALL),
    ("profile", profile::ALL),
    ("second_factor", second_factor::ALL),
    ("server", server::ALL),
    ("settings", settings::ALL),
    ("status", status::ALL),
    ("time", time::ALL),
    ("ui", ui::ALL),
];

/// The sentences of other files that the service worker's page contains.
const ALSO_ON_OFFLINE_PAGE: &[Sentence] =
    &[("TRY_AGAIN", &[common::TRY_AGAIN]), ("TO_YOUR_CONVERSATIONS", &[chat::TO_YOUR_CONVERSATIONS])];

/// The lines around the service worker's sentences.
const WORKER_WORDS: [&str; 2] = ["\nconst WORDS = {\n", "\n};\n"];

/// Returns sentences by name. A sentence with two forms is a list of both.
fn by_name(sentences: &[Sentence]) -> BTreeMap<&'static str, Value> {
    let value = |texts: &[&str]| match texts {
        [one] => (*one).into(),
        forms => forms.into(),
    };
    sentences.iter().map(|(name, texts)| (*name, value(texts))).collect()
}

fn json() -> String {
    let files: BTreeMap<&str, _> = FILES.iter().map(|(file, sentences)| (*file, by_name(sentences))).collect();
    serde_json::to_string_pretty(&files).unwrap() + "\n"
}

/// Returns the service worker's script with its sentences replaced.
fn worker(script: &str) -> String {
    let [start, end] = WORKER_WORDS;
    let (before, rest) = script.split_once(start).expect("the script has sentences");
    let (_, after) = rest.split_once(end).expect("the sentences end");
    let words = by_name(&[offline_page::ALL, ALSO_ON_OFFLINE_PAGE].concat());
    let words = serde_json::to_string_pretty(&words).unwrap();
    let words = words.trim_start_matches("{\n").trim_end_matches("\n}");
    format!("{before}{start}{words}{end}{after}")
}

/// Compares a file with what it should contain; with `WRITE_WORDS=1`, writes it instead: `cargo xtask words` does so.
fn check(name: &str, expected: impl Fn(&str) -> String) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    let written = fs::read_to_string(&file).unwrap_or_default();
    let expected = expected(&written);
    if env::var_os("WRITE_WORDS").is_some() {
        fs::write(&file, &expected).unwrap();
    } else {
        assert!(written == expected, "{name} is out of date: run `cargo xtask words`");
    }
}

#[test]
fn the_file_of_the_specs_is_up_to_date() {
    check("end2end/support/words.json", |_| json());
}

#[test]
fn the_sentences_of_the_service_worker_are_up_to_date() {
    check("public/sw.js", worker);
}

#[test]
fn the_service_worker_may_write_its_sentences_as_html() {
    for (name, texts) in [offline_page::ALL, ALSO_ON_OFFLINE_PAGE].concat() {
        assert!(!texts.concat().contains(['<', '&']), "{name}");
    }
}
