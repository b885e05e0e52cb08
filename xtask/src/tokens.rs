//! Rust sources as words, signs and texts, without comments, characters and tests.

/// A part of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// A name or a keyword.
    Word(&'a str),
    /// The content of a string literal, with its escapes.
    Text(&'a str),
    /// One character of anything else.
    Sign(char),
}

/// Splits a source. Modules under `#[cfg(test)]` are left out.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = skip(rest, first);
        if after.len() < rest.len() {
            rest = after;
        } else if let Some((content, after)) = string(rest) {
            all.push(Token::Text(content));
            rest = after;
        } else if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            all.push(Token::Word(word));
            rest = after;
        } else {
            if !first.is_whitespace() {
                all.push(Token::Sign(first));
            }
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    without_tests(&all)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns the text after the comment or the character that it begins with; the text itself if it begins with neither.
fn skip(text: &str, first: char) -> &str {
    let from = |at: usize| text.get(at..).unwrap_or_default();
    if text.starts_with("//") {
        return from(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return from(text.find("*/").map_or(text.len(), |at| at + 2));
    }
    if first != '\'' {
        return text;
    }
    // A lifetime has no second quotation mark right after its first character.
    let mut inside = text.chars().skip(1);
    match (inside.next(), inside.next()) {
        (Some('\\'), _) => from(1 + end_of(from(1), '\'')),
        (Some(c), Some('\'')) => from(2 + c.len_utf8()),
        _ => text,
    }
}

/// Returns the content of the string literal that a text begins with, and the text after it.
fn string(text: &str) -> Option<(&str, &str)> {
    if let Some(raw) = text.strip_prefix("br").or_else(|| text.strip_prefix('r')) {
        let quoted = raw.trim_start_matches('#');
        if let Some(inside) = quoted.strip_prefix('"') {
            let end = format!("\"{}", "#".repeat(raw.len() - quoted.len()));
            return Some(inside.split_once(&end).unwrap_or((inside, "")));
        }
    }
    let inside = text.strip_prefix('"')?;
    let (literal, after) = inside.split_at(end_of(inside, '"'));
    Some((literal.strip_suffix('"').unwrap_or(literal), after))
}

/// How long a literal is up to and with its closing mark.
fn end_of(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            c if c == mark && !escaped => return at + c.len_utf8(),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn without_tests<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    use Token::{Sign, Word};
    let mut kept = Vec::new();
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        if let [Sign('#'), Sign('['), Word("cfg"), Sign('('), Word("test"), Sign(')'), Sign(']'), item @ ..] = rest {
            rest = after_item(item);
        } else {
            kept.push(*token);
            rest = after;
        }
    }
    kept
}

/// Returns the tokens after an item: after its `;`, or the brace that closes it.
fn after_item<'a, 't>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    let mut depth = 0_u32;
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        match token {
            Token::Sign('{') => depth += 1,
            Token::Sign('}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            Token::Sign(';') if depth == 0 => break,
            _ => {}
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let words = tokens(text).into_iter().filter_map(|token| match token {
            Token::Word(word) => Some(word),
            Token::Text(_) | Token::Sign(_) => None,
        });
        words.collect()
    }

    #[test]
    fn literals_are_texts() {
        let texts =
            tokens(r##"a("b \" c", b"d", r#"e " f"#, 'g', "h \\") // "i""##).into_iter().filter_map(
                |token| match token {
                    Token::Text(text) => Some(text),
                    Token::Word(_) | Token::Sign(_) => None,
                },
            );
        assert_eq!(texts.collect::<Vec<_>>(), [r#"b \" c"#, "d", r#"e " f"#, r"h \\"]);
    }

    #[test]
    fn comments_and_literals_are_no_words() {
        assert_eq!(words("a // b\nc /* d */ e"), ["a", "c", "e"]);
        assert_eq!(words(r##"a "b \" c" d r#"e " f"# g"##), ["a", "d", "g"]);
        assert_eq!(words(r"fn a<'b>(c: &'b str) { 'd' '\'' e }"), ["fn", "a", "b", "c", "b", "str", "e"]);
    }

    #[test]
    fn tests_are_left_out() {
        assert_eq!(words("a\n#[cfg(test)]\nmod tests { use b; fn c() { d } }\ne"), ["a", "e"]);
        assert_eq!(words("#[cfg(test)]\nmod tests;\na"), ["a"]);
    }
}
