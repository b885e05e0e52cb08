//! Sentences that people read are in `app/src/words`: literal text for people is found everywhere else.

use std::{fs, path::Path};

use crate::{
    build,
    process::Result,
    tokens::{
        Token::{self, Sign, Text, Word},
        tokens,
    },
};

/// Files and folders that are searched …
const WITHIN: [&str; 5] = [VIEWS, "app/protocol/src", "frontend", "server/src", "server/domain/src"];
/// … and those below them that are not.
const EXCEPT: [&str; 2] = [
    "app/src/words",
    // A mail is sent without a page, in words of its own.
    "server/domain/src/mail",
];

/// The folder of the views. In it, a single word with a capital letter is for people, too.
const VIEWS: &str = "app/src";

/// The texts that look like sentences but stay where they are: the file, the text, and the reason.
const ALLOWED: [(&str, &str, &str); 7] = [
    ("server/src/cli.rs", "WeConnect <weconnect@localhost>", "the operator chooses the sender of mails"),
    ("server/domain/src/accounts/delete.rs", "Deleted account", "it is stored in place of a name"),
    ("server/domain/src/accounts/device_cookie.rs", "WeConnect: a browser of ", "the hash of a cookie begins with it"),
    (
        "server/domain/src/accounts/export.rs",
        "All that this server keeps about this account. Times are milliseconds since 1970-01-01 UTC.",
        "whoever reads the file needs it, and programs do",
    ),
    ("server/domain/src/db/transaction.rs", "SQLite did not commit what was said to be committed", "it is logged"),
    ("server/domain/src/live/redis.rs", "Redis can't be reached; other nodes catch up when it is back", "it is logged"),
    ("server/domain/src/sessions/agent.rs", "Samsung Internet", "it is a browser's name"),
];

/// The attributes and props whose text people read; of a name such as `aria-label`, the last word.
const READ: [&str; 11] = [
    "alt",
    "description",
    "heading",
    "hint",
    "label",
    "placeholder",
    "roledescription",
    "subtitle",
    "text",
    "title",
    "valuetext",
];

/// Checks that no source contains a text for people.
///
/// # Errors
/// The texts, each with the name of its file.
pub fn check(root: &Path) -> Result<()> {
    let mut searched = 0;
    let mut found = Vec::new();
    for file in WITHIN.iter().flat_map(|within| build::files_in(&root.join(within))) {
        let name = file.strip_prefix(root).map_err(|e| e.to_string())?;
        if name.extension().is_none_or(|extension| extension != "rs") || is_excepted(name) {
            continue;
        }
        searched += 1;
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let tokens = tokens(&text);
        let literals =
            literals(&tokens, name.starts_with(VIEWS)).into_iter().filter(|literal| !is_allowed(name, literal));
        found.extend(literals.map(|literal| format!("{}: {literal:?}", name.display())));
    }
    match (searched, found.is_empty()) {
        (0, _) => Err(format!("there are no sources in {}", WITHIN.join(", "))),
        (_, true) => Ok(()),
        (_, false) => Err(format!("texts that belong into app/src/words:\n{}", found.join("\n"))),
    }
}

fn is_excepted(name: &Path) -> bool {
    let is_test = |part: &std::ffi::OsStr| part == "tests" || part == "tests.rs";
    EXCEPT.iter().any(|except| name.starts_with(except)) || name.iter().any(is_test)
}

fn is_allowed(name: &Path, literal: &str) -> bool {
    ALLOWED.iter().any(|(file, text, _)| name == Path::new(file) && literal == *text)
}

/// The place of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Between the tags of a `view!`.
    Children,
    /// Inside a tag, where the attributes are.
    Tag,
    /// Inside brackets of a `view!`. The value of a block among the children is shown.
    Code { is_shown: bool },
}

/// Returns the literals of a source that are for people; single words only if `has_views`.
fn literals<'a>(tokens: &[Token<'a>], has_views: bool) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut places: Vec<Place> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let (before, after) = (tokens.get(..at).unwrap_or_default(), tokens.get(at + 1..).unwrap_or_default());
        let place = places.last().copied();
        match token {
            Text(text) if is_shown(text, place, before, after) => found.push(*text),
            Text(text) if has_views && is_word(text) && !is_compared(before, after) => found.push(*text),
            Sign(sign) => step(&mut places, *sign, before, after),
            Text(_) | Word(_) => {}
        }
    }
    found
}

/// Enters or leaves a place at a sign.
fn step(places: &mut Vec<Place>, sign: char, before: &[Token<'_>], after: &[Token<'_>]) {
    let place = places.last().copied();
    let is_opened = matches!(sign, '{' | '(' | '[');
    match (place, sign) {
        _ if is_opened && matches!(before, [.., Word("view"), Sign('!')]) => places.push(Place::Children),
        (None, _) => {}
        (Some(Place::Children), '<') if matches!(after, [Word(_) | Sign('/' | '!' | '>'), ..]) => {
            places.push(Place::Tag)
        }
        // Arrows are no ends of tags.
        (Some(Place::Tag), '>') if !matches!(before, [.., Sign('=' | '-')]) => {
            places.pop();
        }
        _ if is_opened => {
            let is_shown = sign == '{' && !matches!(place, Some(Place::Tag | Place::Code { is_shown: false }));
            places.push(Place::Code { is_shown });
        }
        (_, '}' | ')' | ']') => {
            places.pop();
        }
        _ => {}
    }
}

/// Returns whether a text is shown where it stands, or looks like a sentence.
fn is_shown(text: &str, place: Option<Place>, before: &[Token<'_>], after: &[Token<'_>]) -> bool {
    let is_read = match place {
        Some(Place::Children) => true,
        Some(Place::Tag) => matches!(before, [.., Word(name), Sign('=')] if READ.contains(name)),
        Some(Place::Code { is_shown }) => is_shown && matches!((before, after), ([.., Sign('{')], [Sign('}'), ..])),
        None => false,
    };
    if is_read { text.contains(char::is_alphabetic) } else { is_sentence(text) }
}

/// Returns whether a text looks like a sentence: it begins with a capital letter, and has several words or a mark at
/// its end. A first word of capitals is a keyword of SQL, and a path of SVG begins with a letter and a number.
fn is_sentence(text: &str) -> bool {
    let first: Vec<char> = text.chars().take_while(|c| c.is_alphabetic()).collect();
    let is_keyword = first.len() > 1 && first.iter().all(|c| c.is_uppercase());
    let is_path = text.chars().nth(first.len()).is_some_and(|c| c.is_ascii_digit() || c == '{');
    first.first().is_some_and(|c| c.is_uppercase())
        && !is_keyword
        && !is_path
        && (text.contains(' ') || text.ends_with(['.', '?', '!', '…']))
}

/// Returns whether a text is one word with a capital letter, such as a label.
fn is_word(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(char::is_uppercase) && text.len() > 1 && letters.all(char::is_lowercase)
}

/// Returns whether a literal is only compared, such as the name of a key.
fn is_compared(before: &[Token<'_>], after: &[Token<'_>]) -> bool {
    matches!(before, [.., Sign('=' | '!'), Sign('=')])
        || matches!(after, [Sign('='), Sign('>' | '='), ..] | [Sign('|'), ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<&str> {
        literals(&tokens(source), true)
    }

    #[test]
    fn text_in_views_is_found() {
        for (source, text) in [
            (r#"view! { "sent" }"#, "sent"),
            (r#"view! { <p class="a b">"one" <b>{name}</b> " two"</p> }"#, "one"),
            (r#"view! { <Field name="email" label="Mail" id="c"/> }"#, "Mail"),
            (r#"view! { <a aria-label="next" href="/d">{e}</a> }"#, "next"),
            (r#"view! { <p>{move || if is_new { "new" } else { words::OLD }}</p> }"#, "new"),
            (r#"view! { <Show when=move || a() > 1 fallback=|| view! { <p>"none"</p> }/> }"#, "none"),
            (r#"view! { <ul>{rows.map(|row| view! { <li>{row} " left"</li> })}</ul> }"#, " left"),
        ] {
            assert_eq!(found(source).first(), Some(&text), "{source}");
        }
        assert_eq!(literals(&tokens("a(\"Online\", \"Go on\")"), false), ["Go on"], "words are names elsewhere");
        assert_eq!(found(r#"view! { <p>"a"</p> "b" <br/> "c" }; d("e")"#), ["a", "b", "c"]);
    }

    #[test]
    fn sentences_are_found_elsewhere() {
        for (source, text) in [
            (r#"const A: &str = "Sign in";"#, "Sign in"),
            (r#"let a = "Saved.".to_owned();"#, "Saved."),
            (r#"write!(f, "Enter your {noun}.")"#, "Enter your {noun}."),
            (r#"view! { <p class=b title=c("Go on")>{d}</p> }"#, "Go on"),
            (r#"fn a() -> &'static str { "I have one" }"#, "I have one"),
            (r#"match a { "Escape" => "Online", _ => b }"#, "Online"),
        ] {
            assert_eq!(found(source), [text], "{source}");
        }
    }

    #[test]
    fn other_texts_are_not_found() {
        for source in [
            r#"view! { <p class="btn btn-plain" type="text" role="alert">{words::A} " " {words::b(c)} " · "</p> }"#,
            r#"view! { <p class=move || if d { "text-danger" } else { "text-quiet" } on:click=move |_| e.set("f")/> }"#,
            r#"view! { <button on:keydown=move |ev| if ev.key() == "Enter" { g() }>{h("messages", i)}</button> }"#,
            r#"view! { <A f=|a: &B| -> C { d } e=|()| "x"/> <p>{f}</p> }; g("h i")"#,
            r#"sql("SELECT a FROM b"); tracing::warn!("a session could not be read"); get("Content-Type")"#,
            r#"d("M12 5v14m-6-6 6 6"); e(format!("M{} {}h1v1z", a, b))"#,
            r#"match a { "Escape" | "Tab" => b == "Enter", _ => c } // "A sentence.""#,
            "/// Says \"Some words\".\n#[cfg(test)]\nmod tests { const A: &str = \"Some words\"; }",
        ] {
            assert!(found(source).is_empty(), "{source}: {:?}", found(source));
        }
    }

    #[test]
    fn words_and_tests_may_have_sentences() {
        for name in ["app/src/words/chat.rs", "app/src/live/tests/rows.rs", "server/domain/src/text/tests.rs"] {
            assert!(is_excepted(Path::new(name)), "{name}");
        }
        assert!(!is_excepted(Path::new("app/src/chat/words.rs")));
        let (file, text, _) = ALLOWED[0];
        assert!(is_allowed(Path::new(file), text) && !is_allowed(Path::new("server/src/lib.rs"), text));
        assert!(check(Path::new("nowhere")).is_err(), "nothing to look at");
    }
}
