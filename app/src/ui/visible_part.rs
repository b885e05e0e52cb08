//! Sentences of which a part is visible.

use leptos::prelude::*;

use super::{VisuallyHidden, changing_text};

/// A sentence of which only a part is visible, such as the label of a button or a number. Screen readers read all of
/// it.
#[component]
pub fn VisiblePart(
    /// The whole sentence.
    #[prop(into)]
    sentence: Signal<String>,
    /// The text of the visible part, as it is in the sentence.
    #[prop(into)]
    part: Signal<String>,
    /// The view of the visible part.
    children: Children,
) -> impl IntoView {
    let around = move || sentence.with(|sentence| part.with(|part| around(sentence, part)));
    view! {
        <VisuallyHidden>{changing_text(move || around().0)}</VisuallyHidden>
        {children()}
        <VisuallyHidden>{changing_text(move || around().1)}</VisuallyHidden>
    }
    .into_any()
}

/// Returns the texts before and after the first `part`, unless they are empty. A sentence without the part follows it.
fn around(sentence: &str, part: &str) -> (Option<String>, Option<String>) {
    let (before, after) = sentence.split_once(part).unwrap_or(("", sentence));
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (text(before), text(after))
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn the_rest_is_around_the_visible_part() {
        let texts =
            |before: &str, after: &str| [before, after].map(|text| (!text.is_empty()).then(|| text.to_owned())).into();
        assert_eq!(around("Block ada", "Block"), texts("", " ada"));
        assert_eq!(around("You have 3 unread.", "3"), texts("You have ", " unread."));
        assert_eq!(around("3", "3"), texts("", ""));
        assert_eq!(around("Ada's messages", "Write"), texts("", "Ada's messages"));
    }
}
