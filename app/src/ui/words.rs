//! Words that change in place, and words of two directions beside each other.

use leptos::prelude::*;

/// A text that changes.
///
/// Each text is an element of its own, and another text another element. A page that a browser or an extension
/// translates has wrappers in the place of its text nodes: what is written into a node that was taken out is seen by
/// nobody. What is no language, such as a number, says `translate="no"` instead.
pub fn words(text: impl Fn() -> Option<String> + Send + Sync + 'static) -> AnyView {
    lines(Box::new(move || text().map(|text| (text.clone(), text)).into_iter().collect()))
}

/// Texts that come and go, each with a key that it is told from the others by. All of them are of one type, see
/// [`ShowIf`](super::ShowIf).
pub fn lines(lines: Box<dyn Fn() -> Vec<(String, String)> + Send + Sync>) -> AnyView {
    view! { <For each=lines key=|(key, _)| key.clone() children=|(_, text)| view! { <span>{text}</span> }/> }.into_any()
}

/// FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE, see <https://www.unicode.org/reports/tr9/>.
const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];

/// Begins a line at the right, as a letter of such a script would.
const RIGHT_TO_LEFT_MARK: &str = "\u{200f}";

/// What somebody wrote, to stand inside of a sentence or beside another text: its direction is its own. Where nothing
/// in it is written from right to left, it is as it was.
pub fn isolated(text: &str) -> String {
    let [open, close] = ISOLATE;
    if text.contains(has_direction) { format!("{open}{text}{close}") } else { text.to_owned() }
}

/// The author of a text and the text, as one line. Where one of them is written from right to left, neither moves a
/// part of the other, and the line begins where the author's name begins: rule P2 of the algorithm skips isolates, so
/// a mark before them says where.
pub fn beside(author: &str, text: &str) -> String {
    if ![author, text].into_iter().any(|text| text.contains(has_direction)) {
        return format!("{author}: {text}");
    }
    let [open, close] = ISOLATE;
    let mark = if is_right_to_left(author) { RIGHT_TO_LEFT_MARK } else { "" };
    format!("{mark}{open}{author}{close}: {open}{text}{close}")
}

/// Whether a text's first letter is one of a script that is written from right to left.
fn is_right_to_left(text: &str) -> bool {
    text.chars().find(|c| c.is_alphabetic()).is_some_and(has_direction)
}

/// Whether a character may be written from right to left or makes others be. Whole blocks: too many is no harm.
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
        // The number would be drawn as a part of the name, and the word before it.
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
