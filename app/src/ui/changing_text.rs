//! Texts that change in place.

use leptos::prelude::*;

/// Returns a view of a text that changes.
///
/// Each version of the text is a new element. A browser or an extension that translates a page replaces its text nodes
/// with wrappers, and changes to a removed node are not visible. Text that is not language, such as a number, uses
/// `translate="no"` instead.
pub fn changing_text(text: impl Fn() -> Option<String> + Send + Sync + 'static) -> AnyView {
    changing_lines(Box::new(move || text().map(|text| (text.clone(), text)).into_iter().collect()))
}

/// Returns a view of texts that come and go, each identified by a key. All such views are of one type, see
/// [`ShowIf`](super::ShowIf).
pub fn changing_lines(lines: Box<dyn Fn() -> Vec<(String, String)> + Send + Sync>) -> AnyView {
    view! { <For each=lines key=|(key, _)| key.clone() children=|(_, text)| view! { <span>{text}</span> }/> }.into_any()
}
