//! A field for several lines of text.

use leptos::{html::Textarea, prelude::*};
use protocol::text::length;

use super::FieldNote;

/// Escapes a text for use as HTML between tags. Leptos writes the text of text areas and of the title as it is.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns a text as the content of a text area, or `None` if it is empty. HTML drops a line end at the start of a text
/// area (HTML, section 13.2.6.4.7), so a text that begins with one gets a second.
pub fn content(text: &str) -> Option<String> {
    let line_end = if text.starts_with('\n') { "\n" } else { "" };
    (!text.is_empty()).then(|| format!("{line_end}{}", escape(text)))
}

/// A field for a few lines of text, with a character count. It may be left empty.
///
/// The input owns its text, as in [`TextField`](super::TextField), and the error takes the place of the hint.
#[component]
pub fn TextArea(
    /// The label of the field.
    #[prop(into)]
    label: String,
    /// The name of the field in the form, and its id.
    name: &'static str,
    /// The initial text.
    #[prop(into)]
    value: String,
    /// The largest number of characters.
    max: u32,
    /// The hint.
    #[prop(into)]
    hint: String,
    /// The error of the server about the text. It is hidden as soon as the text changes.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let note = format!("{name}-note");
    let input = NodeRef::<Textarea>::new();
    let count = RwSignal::new(length(&value));
    let edited = RwSignal::new(false);
    let shown = Memo::new(move |_| if edited.get() { None } else { error.get() });
    let is_over = Memo::new(move |_| count.get() > max);

    // Counts text that was typed before hydration.
    Effect::new(move |known: Option<()>| {
        if let (None, Some(input)) = (known, input.get()) {
            count.set(length(&input.value()));
        }
    });
    Effect::new(move |before: Option<Option<String>>| {
        let now = error.get();
        edited.set(false);
        if now.is_some()
            && before.is_some()
            && let Some(input) = input.get_untracked()
        {
            // The focus is a convenience; it fails only for an element that just left the page.
            drop(input.focus());
        }
        now
    });
    view! {
        <div class="flex flex-col gap-1">
            <label for=name class="font-medium">
                {label}
            </label>
            <textarea
                node_ref=input
                id=name
                name=name
                class="input"
                rows="4"
                dir="auto"
                autocomplete="off"
                inner_html=content(&value)
                aria-invalid=move || (is_over.get() || shown.with(Option::is_some)).then_some("true")
                aria-describedby=note.clone()
                on:input=move |ev| {
                    edited.set(true);
                    count.set(length(&event_target_value(&ev)));
                }
            ></textarea>
            <div class="flex gap-4 text-sm">
                <FieldNote id=note hint=hint error=shown/>
                // Hidden from screen readers, which would announce it at every key. The error states the limit.
                <p
                    class=move || if is_over.get() { "text-danger" } else { "text-quiet" }
                    translate="no"
                    aria-hidden="true"
                >
                    {move || count.get()} " / " {max}
                </p>
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    #[test]
    fn typed_text_cannot_end_the_field() {
        assert_eq!(super::content("</textarea><b>&").as_deref(), Some("&lt;/textarea&gt;&lt;b&gt;&amp;"));
        assert_eq!(super::content("\n1").as_deref(), Some("\n\n1"), "a first line that is empty stays");
        assert_eq!(super::content(""), None);
    }
}
