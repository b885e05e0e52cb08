//! Several lines of text to fill in.

use leptos::{html::Textarea, prelude::*};
use protocol::text::length;

use super::FieldNote;

/// A text as HTML between tags, for the two places where leptos writes it as it is: text areas, and the title.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A text as the content of a text area. The first line end there is the tag's and not the text's (HTML, section
/// 13.2.6.4.7), so that a text which begins with one gets another.
pub fn content(text: &str) -> Option<String> {
    let line_end = if text.starts_with('\n') { "\n" } else { "" };
    (!text.is_empty()).then(|| format!("{line_end}{}", escape(text)))
}

/// A few lines of text, with how many characters there are of how many. What is entered may stay empty.
///
/// Like [`TextField`](super::TextField), it keeps its own text, and the error takes the place of the hint.
#[component]
pub fn TextArea(
    /// What to enter.
    #[prop(into)]
    label: String,
    /// The name under which a form sends it, and its id.
    name: &'static str,
    /// The text at first.
    #[prop(into)]
    value: String,
    /// Characters, at most.
    max: u32,
    /// A word of help.
    #[prop(into)]
    hint: String,
    /// What the server has against the text. It is hidden as soon as the text changes.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let note = format!("{name}-note");
    let input = NodeRef::<Textarea>::new();
    let count = RwSignal::new(length(&value));
    let edited = RwSignal::new(false);
    let shown = Memo::new(move |_| if edited.get() { None } else { error.get() });
    let is_over = Memo::new(move |_| count.get() > max);

    // What was typed before the page came to life.
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
            // Focus is a courtesy; an element that just left the page is no error.
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
                // Not read out at every key; how long it may be is in the error.
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
