//! Texts of two directions next to each other.

use std::borrow::Cow;

/// The characters FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE, see <https://www.unicode.org/reports/tr9/>.
const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];

/// The character RIGHT-TO-LEFT MARK. It makes a line begin at the right, as a letter of a right-to-left script does.
const RIGHT_TO_LEFT_MARK: &str = "\u{200f}";

/// Returns a user's text with a direction of its own, for use inside a sentence or next to another text. A text without
/// right-to-left characters is returned unchanged.
pub fn isolated(text: &str) -> Cow<'_, str> {
    let [open, close] = ISOLATE;
    if text.contains(has_direction) { format!("{open}{text}{close}").into() } else { text.into() }
}

/// Returns the author of a text and the text as one line. If one of them is written from right to left, neither moves a
/// part of the other, and the line begins where the author's name begins: rule P2 of the algorithm skips isolates, so a
/// mark before them sets the direction.
pub fn beside(author: &str, text: &str) -> String {
    if ![author, text].into_iter().any(|text| text.contains(has_direction)) {
        return format!("{author}: {text}");
    }
    let [open, close] = ISOLATE;
    let mark = if is_right_to_left(author) { RIGHT_TO_LEFT_MARK } else { "" };
    format!("{mark}{open}{author}{close}: {open}{text}{close}")
}

/// Returns whether the first letter of a text belongs to a script that is written from right to left.
fn is_right_to_left(text: &str) -> bool {
    text.chars().find(|c| c.is_alphabetic()).is_some_and(has_direction)
}

/// Returns whether a character may be written from right to left or makes others be. The ranges are whole blocks,
/// because isolating too often does no harm.
const fn has_direction(c: char) -> bool {
    matches!(c,
        // Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbours; presentation forms.
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        // The right-to-left part of the supplementary plane.
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
        // Marks, embeddings, overrides, isolates.
        | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{beside, isolated};

    #[test]
    fn a_name_and_a_text_do_not_mix() {
        assert_eq!(beside("ada", "Hello"), "ada: Hello");
        // Without isolates, the number would be displayed as a part of the name, and the word before it.
        assert_eq!(beside("דנה", "12 cups"), "\u{200f}\u{2068}דנה\u{2069}: \u{2068}12 cups\u{2069}");
        assert_eq!(beside("12 דנה", "a"), "\u{200f}\u{2068}12 דנה\u{2069}: \u{2068}a\u{2069}");
        assert_eq!(beside("You", "שלום!"), "\u{2068}You\u{2069}: \u{2068}שלום!\u{2069}");
    }

    #[test]
    fn what_is_written_from_right_to_left_is_isolated() {
        for text in ["שלום", "ada ܐܒܓ", "x\u{202e}y", "مرحبا!", "𐤀"] {
            assert_eq!(isolated(text), format!("\u{2068}{text}\u{2069}"));
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in ["", "ada", "Łukasz 🍵", "日本語", "Tea house, 12:30"] {
            assert_eq!(isolated(text), text);
        }
    }
}
