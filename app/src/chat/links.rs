//! Finds web addresses in a message's text.

/// A piece of a message's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Plain text.
    Text(&'a str),
    /// A web address.
    Link(&'a str),
}

/// Splits a text into plain text and web addresses. The pieces, joined in order, are the text.
///
/// Only `http://` and `https://` are recognised, in any letter case: only text that the author wrote as an address
/// becomes a link, and a script never does. In languages that are written without spaces, an address may follow a
/// letter directly, and ends at a full-width punctuation mark.
///
/// The result is that of `linkify`, which the tests compare with, except that `linkify` does not end addresses at
/// full-width marks. It is not used here because the browser would have to download it.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, link, after)) = next_link(rest) {
        if !before.is_empty() {
            found.push(Piece::Text(before));
        }
        found.push(Piece::Link(link));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

fn next_link(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices("://").find_map(|(at, _)| {
        let (before, rest) = text.split_at_checked(at)?;
        // The longer scheme first; neither is the end of the other.
        let before = ["https", "http"].into_iter().find_map(|scheme| {
            let start = before.len().checked_sub(scheme.len())?;
            before.get(start..)?.eq_ignore_ascii_case(scheme).then(|| before.get(..start))?
        })?;
        // `xhttps` is another scheme.
        let is_part = before.ends_with(|c: char| c.is_ascii_alphanumeric());
        let host = rest.get("://".len()..)?;
        if is_part || !host.starts_with(char::is_alphanumeric) {
            return None;
        }
        let candidate = text.get(before.len()..)?;
        let link = trim_end(candidate.get(..candidate.find(ends).unwrap_or(candidate.len()))?);
        Some((before, link, candidate.get(link.len()..)?))
    })
}

/// Returns whether a character is never part of an address as people write it: white space, invisible characters,
/// quotes, angle brackets, and the punctuation of Chinese, Japanese and Korean.
fn ends(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '<' | '>' | '"' | '`' | '|' | '«' | '»' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '“'..='‟' | '\u{2060}'
            | '、'..='〃' | '〈'..='】' | '〔'..='〟' | '！' | '（' | '）' | '，' | '．' | '：' | '；' | '？' | '［' | '］'
            | '｛'..='､' | '\u{feff}')
}

/// Removes punctuation that ends the sentence rather than the address. A closing bracket belongs to the address if it
/// was opened there.
fn trim_end(link: &str) -> &str {
    let mut link = link;
    while let Some(last) = link.chars().next_back() {
        let is_ours = match last {
            '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' => false,
            ')' => link.matches('(').count() >= link.matches(')').count(),
            ']' => link.matches('[').count() >= link.matches(']').count(),
            _ => true,
        };
        if is_ours {
            break;
        }
        link = link.get(..link.len() - last.len_utf8()).unwrap_or("");
    }
    link
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links(text: &str) -> Vec<&str> {
        pieces(text).into_iter().filter_map(|p| if let Piece::Link(l) = p { Some(l) } else { None }).collect()
    }

    #[test]
    fn addresses_end_where_a_reader_would_end_them() {
        assert_eq!(links("see https://example.org/a?b=c#d."), ["https://example.org/a?b=c#d"]);
        assert_eq!(links("(https://en.wikipedia.org/wiki/Tea_(meal))"), ["https://en.wikipedia.org/wiki/Tea_(meal)"]);
        assert_eq!(links("http://a.b, https://c.d!"), ["http://a.b", "https://c.d"]);
        assert_eq!(links("<https://a.b>"), ["https://a.b"]);
        assert_eq!(links("HTTPS://Example.ORG/a hTTp://a.b"), ["HTTPS://Example.ORG/a", "hTTp://a.b"]);
        assert_eq!(links("http://a.b?next=https://c.d"), ["http://a.b?next=https://c.d"]);
    }

    #[test]
    fn addresses_stand_between_letters_without_spaces() {
        for (text, link) in [
            ("你好https://example.org/a", "https://example.org/a"),
            ("ดูที่https://example.org/a", "https://example.org/a"),
            ("éhttp://example.org", "http://example.org"),
            ("見てhttps://example.org/a。次", "https://example.org/a"),
            ("https://example.org/a，b", "https://example.org/a"),
            ("https://example.org/a、b", "https://example.org/a"),
            ("（https://example.org/a）", "https://example.org/a"),
            ("「https://example.org/a」です", "https://example.org/a"),
            ("https://example.org/a！？", "https://example.org/a"),
            ("https://example.org/a\u{3000}b", "https://example.org/a"),
            ("https://example.org/a｡b", "https://example.org/a"),
            ("“https://example.org/a”", "https://example.org/a"),
            ("https://example.org/a\u{200b}b", "https://example.org/a"),
            ("https://example.org/你好", "https://example.org/你好"),
            ("https://例え.jp/パス。", "https://例え.jp/パス"),
        ] {
            assert_eq!(links(text), [link], "{text}");
        }
    }

    #[test]
    fn what_is_no_address_stays_text() {
        for text in [
            "http://",
            "javascript:alert(1)",
            "xhttps://a.b",
            "1https://a.b",
            "https:// a",
            "ftp://a.b",
            "http",
            "httphttp",
            "://a.b",
            "https：／／a.b",
            "https://。",
        ] {
            assert!(links(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn linkify_finds_the_same() {
        let mut finder = linkify::LinkFinder::new();
        finder.kinds(&[linkify::LinkKind::Url]);
        for text in [
            "see https://example.org/a?b=c#d.",
            "(https://en.wikipedia.org/wiki/Tea_(meal))",
            "http://example.org, https://example.com!",
            "<https://example.org>",
            "你好https://example.org/a",
            "HTTPS://Example.ORG/a",
            "éhttps://example.org",
            "1https://example.org",
            "http://localhost:3000/x and http://127.0.0.1/",
            "**https://example.org/a**",
            "https://example.org/*a*",
            "https://example.org/a|b",
            "https://example.org/{x}?y=[1]",
            "[https://example.org/a]",
            "https://user:pw@example.org/~me/;v=1",
            "https://example.org/a's",
            "https://example.org/你好",
            "https://-a",
            "https://example.org/a?b=https://example.com/",
            "a https://example.org\tb\nhttps://example.com",
        ] {
            let theirs: Vec<&str> = finder.links(text).map(|link| link.as_str()).collect();
            assert_eq!(links(text), theirs, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in r"(https?://|HTTP://|[a-z.()\[\] ]|é|。|\PC){0,40}") {
            let joined: String =
                pieces(&text).into_iter().map(|p| match p { Piece::Text(t) | Piece::Link(t) => t }).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
