//! HTML as far as a test must understand it: which elements and attributes a page has, and what it says.

use std::collections::BTreeSet;

use html_escape::decode_html_entities;

/// What a page is made of.
#[derive(Debug, Default)]
pub struct Html {
    /// The names of its elements.
    pub elements: BTreeSet<String>,
    /// The names of their attributes.
    pub attributes: BTreeSet<String>,
    /// What can be read in it: text, the title, the contents of fields. Not what is in scripts.
    pub text: String,
    /// How many elements there are of the kind of which a page has one.
    pub titles: usize,
}

/// Elements whose content is text up to their end tag. In the first two, character references count.
const TEXT_ONLY: [&str; 4] = ["title", "textarea", "script", "style"];

impl Html {
    /// Takes a page apart as a browser does (HTML, section 13.2.5).
    pub fn of(page: &str) -> Self {
        let (mut html, mut rest) = (Self::default(), page);
        while let Some(at) = rest.find('<') {
            html.text.push_str(&decode_html_entities(&rest[..at]));
            rest = &rest[at..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
                rest = html.element(rest);
            } else if rest[1..].starts_with(['/', '!', '?']) {
                rest = rest.split_once('>').map_or("", |(_, rest)| rest);
            } else {
                html.text.push('<');
                rest = &rest[1..];
            }
        }
        html.text.push_str(&decode_html_entities(rest));
        html
    }

    /// Takes a start tag, and the content of an element that holds text alone. Returns what comes after.
    fn element<'a>(&mut self, tag: &'a str) -> &'a str {
        let end = tag.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(tag.len());
        let end = if end == 0 { 1 } else { end };
        let name = tag[1..end].to_ascii_lowercase();
        let mut rest = self.attributes(&tag[end..]);
        self.titles += usize::from(name == "title");
        if TEXT_ONLY.contains(&name.as_str()) {
            let close = rest.to_ascii_lowercase().find(&format!("</{name}")).unwrap_or(rest.len());
            if name == "title" || name == "textarea" {
                self.text.push_str(&decode_html_entities(&rest[..close]));
            }
            rest = &rest[close..];
        }
        self.text.push(' ');
        self.elements.insert(name);
        rest
    }

    /// Takes attributes up to the end of the tag.
    fn attributes<'a>(&mut self, mut rest: &'a str) -> &'a str {
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                return rest;
            }
            if let Some(after) = rest.strip_prefix('>') {
                return after;
            }
            let end = rest.find(|c: char| c.is_ascii_whitespace() || "=>/".contains(c)).unwrap_or(rest.len()).max(1);
            self.attributes.insert(rest[..end].to_ascii_lowercase());
            rest = rest[end..].trim_start();
            let Some(value) = rest.strip_prefix('=') else { continue };
            let value = value.trim_start();
            let (value, after) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len())),
            };
            self.text.push_str(&format!(" {} ", decode_html_entities(value)));
            rest = after;
        }
    }
}

#[test]
fn pages_are_taken_apart() {
    let html = Html::of(
        "<!DOCTYPE html><title>a&lt;b</title><p class=x id='y>z' hidden/>1 < 2<!-- <i> --><script>\"<b>\"</script>",
    );
    assert_eq!(html.elements.iter().map(String::as_str).collect::<Vec<_>>(), ["p", "script", "title"]);
    assert_eq!(html.attributes.iter().map(String::as_str).collect::<Vec<_>>(), ["class", "hidden", "id"]);
    assert!(html.text.contains("a<b") && html.text.contains("y>z") && html.text.contains("1 < 2"), "{}", html.text);
    let broken = Html::of("<title></title><b onx=\"1\"></title><input value=\"\"hostile='x\">");
    assert!(
        broken.elements.contains("b") && broken.attributes.contains("onx") && broken.attributes.contains("hostile")
    );
}
