//! Checks that several fields share.

use crate::{Error, ErrorKind, Field};

/// The number of characters (Unicode scalar values), as every limit counts them.
pub fn length(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// Checks a length against both ends; an empty text is [`ErrorKind::Required`].
///
/// # Errors
/// [`ErrorKind::Required`], [`ErrorKind::TooShort`] or [`ErrorKind::TooLong`] on `field`.
pub fn check_length(text: &str, min: u32, max: u32, field: Field) -> Result<(), Error> {
    match length(text) {
        0 => Err(ErrorKind::Required.on(field)),
        n if n < min => Err(ErrorKind::TooShort { min }.on(field)),
        n if n > max => Err(ErrorKind::TooLong { max }.on(field)),
        _ => Ok(()),
    }
}

/// The text on one line: runs of white space as one space, without surrounding white space and without characters that
/// hide or reorder text. What draws nothing at all is nothing.
pub fn one_line(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_deceptive(*c)).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().all(is_blank) { String::new() } else { line }
}

/// Whether a character draws nothing: white space, joiners and fillers.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200c}' | '\u{200d}' | '\u{2800}' | '\u{3164}' | '\u{115f}' | '\u{1160}')
}

/// Whether a character can hide, reorder or forge text: control characters other than line feed and tab, and the
/// bidirectional and invisible formatting characters of Unicode (UAX #9, section 2; "Trojan Source").
///
/// The zero-width joiner stays allowed: emoji and several scripts need it.
pub const fn is_deceptive(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fff9}'..='\u{fffb}' => true,
        c => c.is_ascii_control() || matches!(c, '\u{80}'..='\u{9f}'),
    }
}
