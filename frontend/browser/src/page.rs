//! The page: visibility, network, focus, navigation, and scrolling.

use protocol::Millis;
use web_sys::Element;

use crate::Listener;

#[cfg(target_arch = "wasm32")]
fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

/// Returns the path of the page's address; `/` on the server.
pub fn path() -> String {
    #[cfg(target_arch = "wasm32")]
    return document().and_then(|document| document.location()?.pathname().ok()).unwrap_or_else(|| "/".to_owned());
    #[cfg(not(target_arch = "wasm32"))]
    return "/".to_owned();
}

/// Returns whether the page is visible; `true` on the server.
pub fn is_visible() -> bool {
    #[cfg(target_arch = "wasm32")]
    return document().is_none_or(|document| document.visibility_state() == web_sys::VisibilityState::Visible);
    #[cfg(not(target_arch = "wasm32"))]
    return true;
}

/// Returns whether the page has the focus; `false` on the server.
pub fn has_focus() -> bool {
    #[cfg(target_arch = "wasm32")]
    return document().is_some_and(|document| document.has_focus().unwrap_or(false));
    #[cfg(not(target_arch = "wasm32"))]
    return false;
}

/// Returns whether the browser reports a network; `true` on the server. It does not mean that the server can be
/// reached.
pub fn is_online() -> bool {
    #[cfg(target_arch = "wasm32")]
    return web_sys::window().is_none_or(|window| window.navigator().on_line());
    #[cfg(not(target_arch = "wasm32"))]
    return true;
}

/// Calls `changed` with [`is_visible`] whenever it changes.
pub fn on_visibility(changed: impl Fn(bool) + 'static) -> Listener {
    #[cfg(target_arch = "wasm32")]
    return Listener::new(document().map(Into::into), "visibilitychange", move |_| changed(is_visible()));
    #[cfg(not(target_arch = "wasm32"))]
    {
        drop(changed);
        Listener::none()
    }
}

/// The guards of several listeners with one purpose.
#[derive(Debug)]
#[must_use = "dropping the guard removes the listeners"]
pub struct Listeners<const N: usize = 2>(#[allow(dead_code, reason = "kept for its Drop")] [Listener; N]);

fn either(yes: &'static str, no: &'static str, changed: impl Fn(bool) + 'static) -> Listeners {
    #[cfg(target_arch = "wasm32")]
    {
        let window = || web_sys::window().map(Into::into);
        let changed = std::rc::Rc::new(changed);
        let also = std::rc::Rc::clone(&changed);
        Listeners([
            Listener::new(window(), yes, move |_| changed(true)),
            Listener::new(window(), no, move |_| also(false)),
        ])
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = (yes, no);
        drop(changed);
        Listeners([Listener::none(), Listener::none()])
    }
}

/// Calls `changed` with [`is_online`] whenever it changes.
pub fn on_online(changed: impl Fn(bool) + 'static) -> Listeners {
    either("online", "offline", changed)
}

/// Calls `changed` with [`has_focus`] whenever it changes.
pub fn on_focus(changed: impl Fn(bool) + 'static) -> Listeners {
    either("focus", "blur", changed)
}

/// Calls `acted` with the time ([`clock::elapsed`](crate::clock::elapsed)) when the user uses a key, a finger, a
/// pointer or a wheel: the first time, and then at most once in `every` milliseconds.
pub fn on_input(every: Millis, acted: impl Fn(Millis) + 'static) -> Listeners<4> {
    #[cfg(target_arch = "wasm32")]
    {
        let handler = std::rc::Rc::new((std::cell::Cell::new(None::<Millis>), acted));
        Listeners(["keydown", "pointerdown", "pointermove", "wheel"].map(|event| {
            let handler = std::rc::Rc::clone(&handler);
            Listener::new(web_sys::window().map(Into::into), event, move |_| {
                let (last, acted) = &*handler;
                let now = crate::clock::elapsed();
                if last.get().is_none_or(|last| now.saturating_sub(last) >= every) {
                    last.set(Some(now));
                    acted(now);
                }
            })
        }))
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = every;
        drop(acted);
        Listeners([const { Listener::none() }; 4])
    }
}

/// Calls `pressed` when the user presses something outside the element that `inside` returns at that time.
pub fn on_press_outside(inside: impl Fn() -> Option<Element> + 'static, pressed: impl Fn() + 'static) -> Listener {
    #[cfg(target_arch = "wasm32")]
    return Listener::new(document().map(Into::into), "pointerdown", move |event| {
        let target = event.target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Node>(target).ok());
        if inside().is_some_and(|element| !element.contains(target.as_ref())) {
            pressed();
        }
    });
    #[cfg(not(target_arch = "wasm32"))]
    {
        drop((inside, pressed));
        Listener::none()
    }
}

/// Reloads the page.
pub fn reload() {
    #[cfg(target_arch = "wasm32")]
    if let Some(window) = web_sys::window() {
        // Fails only while the page is being unloaded, which has the desired result.
        let _ = window.location().reload();
    }
}

/// Opens `path` with a full load, so that no earlier state stays in memory, for example when a user signs in or out.
/// The history does not keep the current page.
pub fn open(path: &str) {
    #[cfg(target_arch = "wasm32")]
    if let Some(window) = web_sys::window() {
        // Fails only for an invalid address, which a path never is.
        let _ = window.location().replace(path);
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = path;
}

/// Returns whether the pointer is coarse, as on a phone, whose keyboard has no Shift key to hold.
pub fn has_coarse_pointer() -> bool {
    #[cfg(target_arch = "wasm32")]
    return web_sys::window()
        .and_then(|window| window.match_media("(pointer: coarse)").ok().flatten())
        .is_some_and(|query| query.matches());
    #[cfg(not(target_arch = "wasm32"))]
    false
}

/// Runs `work` before the browser paints next, when the layout of the changes is known.
pub fn next_frame(work: impl FnOnce() + 'static) {
    #[cfg(target_arch = "wasm32")]
    if let Some(window) = web_sys::window() {
        let callback = wasm_bindgen::closure::Closure::once_into_js(work);
        // Fails only for an argument that is not a function.
        let _ = window.request_animation_frame(wasm_bindgen::JsCast::unchecked_ref(&callback));
    }
    #[cfg(not(target_arch = "wasm32"))]
    drop(work);
}

/// Returns the element with this id.
pub fn element(id: &str) -> Option<Element> {
    #[cfg(target_arch = "wasm32")]
    return document()?.get_element_by_id(id);
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = id;
        None
    }
}

/// Moves the focus to an element. If the element cannot take it, the focus stays where it is.
pub fn focus(element: &Element) {
    if let Some(element) = wasm_bindgen::JsCast::dyn_ref::<web_sys::HtmlElement>(element) {
        // Fails only for an element that left the page.
        let _ = element.focus();
    }
}

/// Moves the focus to an element, unless the user moved it somewhere else: it is taken only from the page as a whole
/// and from the element with the id `pane`, which has it after navigation.
pub fn offer_focus(element: &Element, pane: &str) {
    #[cfg(target_arch = "wasm32")]
    if let Some(document) = document() {
        let is_free = document
            .active_element()
            .is_none_or(|focused| focused.id() == pane || document.body().is_some_and(|body| focused == *body));
        if is_free {
            focus(element);
        }
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = (element, pane);
}

/// Moves the focus after navigation without a load: to the field with `autofocus`, as a browser does after a load, or
/// to `element`.
pub fn arrive(element: &Element) {
    let field = element.query_selector("[autofocus]").ok().flatten();
    focus(field.as_ref().unwrap_or(element));
}

/// Returns whether an element has the focus; `false` on the server.
pub fn is_focused(element: &Element) -> bool {
    #[cfg(target_arch = "wasm32")]
    return document().and_then(|document| document.active_element()).is_some_and(|focused| focused == *element);
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = element;
        false
    }
}

/// Sets whether an element is about to be replaced, as `aria-busy`.
pub fn set_busy(element: &Element, busy: bool) {
    // Fails only for an invalid name.
    let _ = if busy { element.set_attribute("aria-busy", "true") } else { element.remove_attribute("aria-busy") };
}

/// Returns whether the user typed something into a field inside an element; `false` on the server.
pub fn is_typed(element: &Element) -> bool {
    #[cfg(target_arch = "wasm32")]
    return all(element, "input").any(|input| {
        let input: Option<&web_sys::HtmlInputElement> = wasm_bindgen::JsCast::dyn_ref(&input);
        input.is_some_and(|input| input.value() != input.default_value())
    });
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = element;
        false
    }
}

/// The selector of elements that can have the focus, as far as a menu contains such elements.
#[cfg(target_arch = "wasm32")]
const FOCUSABLE: &str = "summary, a, button, input:not([type=hidden]), select";

/// Returns the index, counted from the end, of the element with the focus among those inside an element that can have
/// it; `None` if the focus is elsewhere.
pub fn focused_in(element: &Element) -> Option<usize> {
    #[cfg(target_arch = "wasm32")]
    {
        let focused = document()?.active_element()?;
        let all: Vec<_> = all(element, FOCUSABLE).collect();
        all.iter().rev().position(|one| *one == focused)
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = element;
        None
    }
}

/// Moves the focus to the index that [`focused_in`] returned, in another element with the same end.
pub fn focus_in(element: &Element, from_end: usize) {
    #[cfg(target_arch = "wasm32")]
    {
        let all: Vec<_> = all(element, FOCUSABLE).collect();
        if let Some(one) = all.iter().rev().nth(from_end) {
            focus(one);
        }
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = (element, from_end);
}

#[cfg(target_arch = "wasm32")]
fn all(element: &Element, selector: &str) -> impl Iterator<Item = Element> {
    let found = element.query_selector_all(selector).ok();
    let length = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..length).filter_map(move |index| wasm_bindgen::JsCast::dyn_into(found.as_ref()?.get(index)?).ok())
}

/// Returns the distance of an element's top from the viewport's top, in CSS pixels.
pub fn top_of(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

/// The position of an element after it was scrolled into view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the upper edge.
    Start,
    /// In the middle.
    Center,
    /// At the lower edge.
    End,
    /// At the nearest edge; an element that is in view does not move.
    Nearest,
}

/// Scrolls so that the element is in view, without animation: smooth scrolling would conflict with rows that are still
/// arriving.
pub fn scroll_into_view(element: &Element, align: Align) {
    use web_sys::ScrollLogicalPosition as Position;
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_behavior(web_sys::ScrollBehavior::Auto);
    options.set_block(match align {
        Align::Start => Position::Start,
        Align::Center => Position::Center,
        Align::End => Position::End,
        Align::Nearest => Position::Nearest,
    });
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
