//! Sentences of which a part is emphasized.

use leptos::prelude::*;

/// Returns a view of a sentence in which its first `part`, such as an address, is emphasized.
pub fn emphasized(sentence: &str, part: &str) -> impl IntoView + use<> {
    let (before, after) = around(sentence, part).unwrap_or((sentence, ""));
    let part = (before.len() < sentence.len()).then(|| view! { <strong class="text-ink">{part.to_owned()}</strong> });
    view! {
        {before.to_owned()}
        {part}
        {after.to_owned()}
    }
}

/// Returns the texts before and after the first `part`; none if it is empty or not there.
fn around<'a>(sentence: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    if part.is_empty() { None } else { sentence.split_once(part) }
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn the_part_is_found_where_it_is_first() {
        assert_eq!(around("It is ada. Ask ada.", "ada"), Some(("It is ", ". Ask ada.")));
        assert_eq!(around("It is ada.", "ben"), None);
        assert_eq!(around("It is yours.", ""), None);
    }
}
