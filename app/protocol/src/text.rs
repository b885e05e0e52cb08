//! Checks that several fields share.
//!
//! The checks are approximate: without Unicode tables, which the browser would have to download, they accept some texts
//! that the server refuses, but never refuse a text that the server accepts. The server runs them first, and then its
//! own checks.

use crate::{Error, ErrorKind, Field};

/// Returns the number of characters (Unicode scalar values), the unit of all length limits.
pub fn length(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// Returns the fewest characters that a text can have once it is composed (NFC). The server counts composed characters:
/// `é` may be typed as one character or as two.
pub fn least_length(text: &str) -> u32 {
    let alone = text.chars().filter(|c| !may_join(*c)).count();
    // A composed character replaces at most four (U+1FA7 does).
    u32::try_from(alone.max(text.chars().count().div_ceil(4))).unwrap_or(u32::MAX)
}

/// Returns whether a character may combine with those before it when a text is composed. Also true of some that never
/// do.
pub const fn may_join(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{345}' | '\u{653}'..='\u{655}' | '\u{93c}' | '\u{9be}'..='\u{ddf}' | '\u{102e}'
        | '\u{1161}'..='\u{11c2}' | '\u{1b35}' | '\u{3099}' | '\u{309a}' | '\u{11000}'..='\u{16fff}')
}

/// Checks a length against both limits; an empty text is [`ErrorKind::Required`].
///
/// # Errors
/// Returns [`ErrorKind::Required`], [`ErrorKind::TooShort`] or [`ErrorKind::TooLong`] on `field`.
pub fn check_length(text: &str, min: u32, max: u32, field: Field) -> Result<(), Error> {
    match length(text) {
        0 => Err(ErrorKind::Required.on(field)),
        n if n < min => Err(ErrorKind::TooShort { min }.on(field)),
        n if n > max => Err(ErrorKind::TooLong { max }.on(field)),
        _ => Ok(()),
    }
}

/// Checks a text that may be empty against its longest length, as far as that is possible before it is composed.
///
/// # Errors
/// Returns [`ErrorKind::TooLong`] on `field`.
pub fn check_at_most(text: &str, max: u32, field: Field) -> Result<(), Error> {
    if least_length(text) > max { Err(ErrorKind::TooLong { max }.on(field)) } else { Ok(()) }
}

/// Returns the text on one line: with runs of white space as one space, without surrounding white space and without
/// characters that reorder text. A text that draws nothing becomes empty.
pub fn one_line(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_deceptive(*c)).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().all(is_blank) { String::new() } else { line }
}

/// Returns the text with line ends as `\n`, without surrounding white space and without characters that reorder text. A
/// text that draws nothing becomes empty.
pub fn lines(text: &str) -> String {
    let plain: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|c| if matches!(c, '\r' | '\u{85}' | '\u{2028}' | '\u{2029}') { '\n' } else { c })
        .filter(|c| !is_deceptive(*c))
        .collect();
    let plain = plain.trim();
    if plain.chars().all(is_blank) { String::new() } else { plain.to_owned() }
}

/// Returns whether a character draws nothing by itself: white space, joiners, fillers and direction marks. Only the
/// common ones are listed.
///
/// Within a text they are useful: they join emoji, shape words and mark where a word may break.
pub const fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns whether a character can reorder or forge text, and has no other use: control characters other than line feed
/// and tab; embeddings, overrides and isolates of the Unicode bidirectional algorithm (UAX #9, section 2; "Trojan
/// Source"); line separators; a byte order mark in the middle; and annotations.
///
/// The left-to-right and right-to-left marks are kept: they move only the signs beside them, and people who write in
/// both directions need them.
pub const fn is_deceptive(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' => true,
        c => c.is_ascii_control() || matches!(c, '\u{80}'..='\u{9f}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_may_be_composed_is_counted_leniently() {
        assert_eq!(least_length("café"), 4);
        assert_eq!(least_length("cafe\u{301}"), 4);
        // A letter with three marks may be one character.
        assert_eq!(least_length("\u{3c9}\u{314}\u{342}\u{345}"), 1);
        assert_eq!(least_length(&"e\u{301}".repeat(50)), 50);
    }

    #[test]
    fn marks_of_direction_stay_and_overrides_go() {
        assert_eq!(one_line("\u{200f}שלום\u{200e} a\u{202e}b\u{2066}c\u{2069}"), "\u{200f}שלום\u{200e} abc");
        assert_eq!(lines("a\u{2028}b\u{85}c\rd\r\ne"), "a\nb\nc\nd\ne");
    }

    #[test]
    fn what_draws_nothing_is_nothing_but_joins_within_a_text() {
        for blank in ["", " \t", "\u{ad}", "\u{ffa0}\u{3164}", "\u{200b} \u{200e}", "\u{2800}\u{fe0f}", "\u{e0041}"] {
            assert_eq!((one_line(blank), lines(blank)), (String::new(), String::new()), "{blank:?}");
        }
        for text in ["👩\u{200d}👧", "می\u{200c}خواهم", "❤\u{fe0f}", "co\u{ad}operate", "ភាសា\u{200b}ខ្មែរ"]
        {
            assert_eq!((one_line(text), lines(text)), (text.to_owned(), text.to_owned()));
        }
    }
}
