//! The start of the app: the page that the server rendered is hydrated, or rendered again if something else changed it
//! before.
//!
//! Extensions put elements into pages, and translators wrap every text. Hydration of such a page connects elements to
//! the wrong code, or ends the program, which does not survive a panic. So the elements are counted first, as the
//! server did (`server::whole`), and a page with another count is rendered again. A change that the count misses ends
//! the program; the page is then reloaded once, and rendered again from the beginning. If that fails too, or the
//! program ends later, the page says so.

#[cfg(target_arch = "wasm32")]
use web_sys::{Document, Element};

/// The id of the element after the app: the dialog that says that the page does not react.
#[cfg(target_arch = "wasm32")]
const END: &str = "lifeless";
/// The key under which the tab stores, for one load, that the page must be rendered again, and the typed text.
#[cfg(target_arch = "wasm32")]
const ANEW: &str = "weconnect:anew";
/// The separator of the stored texts. Users cannot type it into a field.
#[cfg(target_arch = "wasm32")]
const SEPARATOR: char = '\u{1f}';
/// The selector of fields that users type into.
#[cfg(target_arch = "wasm32")]
const FIELDS: &str = "textarea[name], input[name]:not([type=hidden], [type=file], [type=checkbox], [type=radio])";

/// The stage of the start.
#[cfg(target_arch = "wasm32")]
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    TakingOver,
    DrawingAnew,
    Alive,
}

#[cfg(target_arch = "wasm32")]
thread_local! {
    static STAGE: std::cell::Cell<Stage> = const { std::cell::Cell::new(Stage::TakingOver) };
}

/// The text that the user typed before the app started, and the field with the focus.
#[derive(Debug, Default)]
pub struct Typed {
    /// The selectors of the fields, and their texts.
    #[cfg(target_arch = "wasm32")]
    fields: Vec<(String, String)>,
    #[cfg(target_arch = "wasm32")]
    focused: Option<String>,
}

/// Starts the app. Returns `None` if the page can be hydrated. Otherwise removes the app's elements, and returns the
/// text that was typed into them.
pub fn begin() -> Option<Typed> {
    #[cfg(target_arch = "wasm32")]
    {
        let document = web_sys::window()?.document()?;
        let end = document.get_element_by_id(END)?;
        let remembered = take_remembered();
        if remembered.is_none() && (counted(&document).is_none_or(|count| count == elements_before(&end))) {
            return None;
        }
        STAGE.set(Stage::DrawingAnew);
        let mut typed = Typed::read(&document, |_| true);
        typed.fields.extend(remembered.unwrap_or_default());
        while let Some(node) = end.previous_sibling() {
            let Ok(_) = end.parent_node()?.remove_child(&node) else { break };
        }
        Some(typed)
    }
    #[cfg(not(target_arch = "wasm32"))]
    None
}

/// Marks the app as started.
pub fn done() {
    #[cfg(target_arch = "wasm32")]
    STAGE.set(Stage::Alive);
}

/// Handles the end of the program: reloads the page, to be rendered again, or opens the dialog that says that the page
/// does not react.
pub fn failed() {
    #[cfg(target_arch = "wasm32")]
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        let typed = Typed::read(&document, |field| field.get_attribute("type").as_deref() != Some("password"));
        // Without storage, the page would be reloaded again and again.
        if STAGE.get() == Stage::TakingOver && remember(&typed.fields) {
            crate::page::reload();
        } else if let Some(end) = document.get_element_by_id(END) {
            // Fails only for an invalid name.
            let _ = end.set_attribute("open", "");
        }
    }
}

impl Typed {
    /// Restores the typed text, in those fields that exist again, and the focus.
    pub fn restore(&self) {
        #[cfg(target_arch = "wasm32")]
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            let find = |selector: &str| document.query_selector(selector).ok().flatten();
            for (field, text) in &self.fields {
                if let Some(field) = find(field) {
                    set_value(&field, text);
                }
            }
            if let Some(focused) = self.focused.as_deref().and_then(find) {
                crate::page::focus(&focused);
            }
        }
    }

    #[cfg(target_arch = "wasm32")]
    fn read(document: &Document, wanted: impl Fn(&Element) -> bool) -> Self {
        let mut typed = Self::default();
        let focused = document.active_element();
        let fields = document.query_selector_all(FIELDS).ok();
        for index in 0..fields.as_ref().map_or(0, web_sys::NodeList::length) {
            let field = fields.as_ref().and_then(|fields| fields.get(index));
            let Some(field) = field.and_then(|field| wasm_bindgen::JsCast::dyn_into::<Element>(field).ok()) else {
                continue;
            };
            if focused.as_ref() == Some(&field) {
                typed.focused = Some(selector(&field));
            }
            if let Some(text) = typed_into(&field).filter(|_| wanted(&field)) {
                typed.fields.push((selector(&field), text));
            }
        }
        typed
    }
}

/// Returns the selector by which a field is found again. Ids and names are ours, and need no escaping.
#[cfg(target_arch = "wasm32")]
fn selector(field: &Element) -> String {
    match field.id() {
        id if id.is_empty() => format!("[name=\"{}\"]", field.get_attribute("name").unwrap_or_default()),
        id => format!("#{id}"),
    }
}

/// Returns the text of a field, unless it is the text that the server put there.
#[cfg(target_arch = "wasm32")]
fn typed_into(field: &Element) -> Option<String> {
    use wasm_bindgen::JsCast;
    let (now, first) = match field.dyn_ref::<web_sys::HtmlInputElement>() {
        Some(input) => (input.value(), input.default_value()),
        None => {
            let area: &web_sys::HtmlTextAreaElement = field.dyn_ref()?;
            (area.value(), area.default_value().ok()?)
        }
    };
    (now != first).then_some(now)
}

/// Sets the text of a field, as if it was typed.
#[cfg(target_arch = "wasm32")]
fn set_value(field: &Element, text: &str) {
    use wasm_bindgen::JsCast;
    if let Some(input) = field.dyn_ref::<web_sys::HtmlInputElement>() {
        input.set_value(text);
    } else if let Some(area) = field.dyn_ref::<web_sys::HtmlTextAreaElement>() {
        area.set_value(text);
    }
    if let Ok(event) = web_sys::Event::new("input") {
        // The views listen at the document, so the event must bubble.
        event.init_event_with_bubbles("input", true);
        // Returns whether the event was cancelled, which is not possible.
        let _ = field.dispatch_event(&event);
    }
}

/// Returns the number of elements that the app had when the server rendered it, from the comment at the very end of the
/// document. The browser moves content after `</html>` to the end of the body, and the comment too if scripts precede
/// it; extensions may have put something after it.
#[cfg(target_arch = "wasm32")]
fn counted(document: &Document) -> Option<u32> {
    let number = |node: &web_sys::Node| -> Option<u32> {
        (node.node_type() == web_sys::Node::COMMENT_NODE).then(|| node.node_value()?.parse().ok())?
    };
    let mut last = document.body()?.last_child();
    while let Some(node) = last {
        if let Some(count) = number(&node) {
            return Some(count);
        }
        last = node.previous_sibling();
    }
    number(&document.last_child()?)
}

/// Returns the number of elements before this one, at its level and below.
#[cfg(target_arch = "wasm32")]
fn elements_before(end: &Element) -> u32 {
    let mut count: u32 = 0;
    let mut before = end.previous_element_sibling();
    while let Some(element) = before {
        let below = element.query_selector_all("*").map_or(0, |all| all.length());
        count = count.saturating_add(1).saturating_add(below);
        before = element.previous_element_sibling();
    }
    count
}

#[cfg(target_arch = "wasm32")]
fn memory() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// Stores that the page must be rendered again after the next load. Returns `false` if the browser stores nothing.
#[cfg(target_arch = "wasm32")]
fn remember(fields: &[(String, String)]) -> bool {
    let text = fields.iter().map(|(field, text)| format!("{field}{SEPARATOR}{text}{SEPARATOR}")).collect::<String>();
    memory().is_some_and(|memory| memory.set_item(ANEW, &text).is_ok())
}

/// Takes the stored texts, which are returned once.
#[cfg(target_arch = "wasm32")]
fn take_remembered() -> Option<Vec<(String, String)>> {
    let memory = memory()?;
    let text = memory.get_item(ANEW).ok()??;
    memory.remove_item(ANEW).ok()?;
    let mut parts = text.split(SEPARATOR);
    let pair = || Some((parts.next().filter(|field| !field.is_empty())?.to_owned(), parts.next()?.to_owned()));
    Some(std::iter::from_fn(pair).collect())
}
