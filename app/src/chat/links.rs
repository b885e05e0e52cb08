//! Finds web addresses in a message's text.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Plain text.
    Text(&'a str),
    /// A web address.
    Link(&'a str),
}

/// Splits a text into plain pieces and web addresses. Joined again, the pieces are the text.
///
/// Only `http://` and `https://` count: what is made a link is what the author wrote as one, and never a script.
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
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("http")?;
        let (before, candidate) = text.split_at_checked(start)?;
        let scheme = ["https://", "http://"].into_iter().find(|scheme| candidate.starts_with(scheme));
        let at_word = before.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        if let (Some(scheme), true) = (scheme, at_word) {
            let end = candidate.find(|c: char| c.is_whitespace() || "<>\"`".contains(c)).unwrap_or(candidate.len());
            let link = trim_end(candidate.get(..end)?);
            if link.chars().nth(scheme.len()).is_some_and(char::is_alphanumeric) {
                return Some((before, link, candidate.get(link.len()..)?));
            }
        }
        from = start + 4;
    }
}

/// Without the punctuation that ends the sentence rather than the address; a closing bracket belongs to the address
/// when it was opened there.
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
    }

    #[test]
    fn what_is_no_address_stays_text() {
        for text in ["http://", "javascript:alert(1)", "xhttps://a.b", "https:// a", "ftp://a.b", "http", "httphttp"] {
            assert!(links(text).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in r"(https?://|[a-z.()\[\] ]|é|\PC){0,40}") {
            let joined: String =
                pieces(&text).into_iter().map(|p| match p { Piece::Text(t) | Piece::Link(t) => t }).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
