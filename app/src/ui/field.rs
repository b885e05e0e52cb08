//! A labelled field with a hint and an error.

use leptos::{html::Input, prelude::*};
use protocol::Error;

use crate::words;

use super::{Icon, IconName, ShowIf, changing_text};

/// A check of a text, such as [`protocol::email::check_email`].
pub type Check = fn(&str) -> Result<(), Error>;

/// A field for one line of text.
///
/// The input owns its text, because hydration must not overwrite what was typed before the WASM arrived. `bind` follows
/// the text. One line under the input holds the hint or, in its place, the error, so that nothing shifts.
#[component]
pub fn TextField(
    /// The label of the field.
    #[prop(into)]
    label: String,
    /// The name of the field in the form; also its id, unless `id` is given.
    name: &'static str,
    /// The id, if a page has two fields of one name.
    #[prop(optional, into)]
    id: Option<&'static str>,
    /// The `type` of the input. `text` is used for e-mail too, because the browser's own check would show its message
    /// over ours.
    #[prop(default = Signal::stored("text"), into)]
    kind: Signal<&'static str>,
    /// The initial text.
    #[prop(optional, into)]
    value: String,
    /// The hint.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// The error of the server or the form about the text. It is hidden as soon as the text changes.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// A signal that follows the text.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
    /// A check of the text, made when the field loses the focus.
    #[prop(optional)]
    check: Option<Check>,
    /// The content that a password manager or the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The keyboard that a phone shows.
    #[prop(default = "text")]
    inputmode: &'static str,
    /// Whether the field may be left empty.
    #[prop(optional)]
    optional: bool,
    /// Whether the page starts with the focus in this field.
    #[prop(optional)]
    autofocus: bool,
    /// The element at the right end inside the field.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let id = id.unwrap_or(name);
    let note = format!("{id}-note");
    let input = NodeRef::<Input>::new();
    let text = bind.unwrap_or_else(|| RwSignal::new(value.clone()));
    let edited = RwSignal::new(false);
    let complaint = RwSignal::new(None::<String>);

    let judge =
        move |text: &str| check.and_then(|check| check(text).err()).map(|error| words::error(&error).into_owned());
    let shown = Memo::new(move |_| {
        let own = complaint.get();
        if edited.get() { own } else { error.get().or(own) }
    });

    // Takes over text that was typed, or filled in by a password manager, before hydration.
    Effect::new(move |known: Option<()>| {
        if let (None, Some(input)) = (known, input.get()) {
            text.set(input.value());
        }
    });
    // Shows a new error of the server, and moves the focus to the field.
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

    let on_input = move |ev| {
        let now = event_target_value(&ev);
        if complaint.get_untracked().is_some() {
            complaint.set(judge(&now));
        }
        edited.set(true);
        text.set(now);
    };
    let on_change = move |ev| {
        let now = event_target_value(&ev);
        complaint.set(if now.is_empty() { None } else { judge(&now) });
    };

    let adorned = children.is_some();
    let autofocus = autofocus || error.get_untracked().is_some();
    view! {
        <div class="flex flex-col gap-1">
            <label for=id class="font-medium">
                {label}
            </label>
            <div class="relative">
                <input
                    node_ref=input
                    id=id
                    name=name
                    type=move || kind.get()
                    value=value
                    class="input"
                    class:pr-12=adorned
                    autocomplete=autocomplete
                    inputmode=inputmode
                    autofocus=autofocus
                    // The field takes the direction of its text; an empty field takes that of the page.
                    dir="auto"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-required=(!optional).then_some("true")
                    aria-invalid=move || shown.with(Option::is_some).then_some("true")
                    aria-describedby=note.clone()
                    on:input=on_input
                    on:change=on_change
                />
                {children.map(|children| children())}
            </div>
            <FieldNote id=note hint=hint error=shown/>
        </div>
    }
    .into_any()
}

/// The line below a field: its error or, as long as there is none, its hint. The line always exists, so that nothing
/// shifts.
#[component]
pub fn FieldNote(
    /// The id by which the field refers to the line.
    id: String,
    /// The hint.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// The error.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <p id=id class="min-h-5 flex-1 text-sm" aria-live="polite">
            <ShowIf
                is=move || error.with(Option::is_some)
                otherwise=move || view! { <span class="text-quiet">{changing_text(move || hint.get())}</span> }
            >
                <span class="flex items-start gap-1.5 text-danger">
                    <Icon name=IconName::Warning class="!size-4 mt-0.5"/>
                    <span>{changing_text(move || error.get())}</span>
                </span>
            </ShowIf>
        </p>
    }
    .into_any()
}
