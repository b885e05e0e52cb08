//! The page: whether it is seen and online, going elsewhere, scrolling.

use protocol::Millis;
use web_sys::Element;

use crate::Listener;

#[cfg(target_arch = "wasm32")]
fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

/// The path of the page's address. Home on the server.
pub fn path() -> String {
    #[cfg(target_arch = "wasm32")]
    return document().and_then(|document| document.location()?.pathname().ok()).unwrap_or_else(|| "/".to_owned());
    #[cfg(not(target_arch = "wasm32"))]
    return "/".to_owned();
}

/// Whether the page is on screen. True on the server.
pub fn is_visible() -> bool {
    #[cfg(target_arch = "wasm32")]
    return document().is_none_or(|document| document.visibility_state() == web_sys::VisibilityState::Visible);
    #[cfg(not(target_arch = "wasm32"))]
    return true;
}

/// Whether the page has the keyboard. False on the server.
pub fn has_focus() -> bool {
    #[cfg(target_arch = "wasm32")]
    return document().is_some_and(|document| document.has_focus().unwrap_or(false));
    #[cfg(not(target_arch = "wasm32"))]
    return false;
}

/// Whether the browser believes that there is a network. True does not mean that the server can be reached.
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

/// Guards of several listeners behind one question.
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

/// Calls `acted` with the time ([`clock::elapsed`](crate::clock::elapsed)) when somebody uses a key, a finger, a pointer
/// or a wheel: the first time, and then no sooner than `every` milliseconds later.
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

/// Calls `pressed` when something is pressed that lies outside of the element that `inside` returns then.
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

/// Loads the page anew.
pub fn reload() {
    #[cfg(target_arch = "wasm32")]
    if let Some(window) = web_sys::window() {
        // Refused only while the page is being unloaded, which is what was wanted.
        let _ = window.location().reload();
    }
}

/// Leaves this page for `path` with a full load, so that nothing of the former state stays in memory, as when somebody
/// signs in or out. The page left is not kept in the history.
pub fn open(path: &str) {
    #[cfg(target_arch = "wasm32")]
    if let Some(window) = web_sys::window() {
        // Refused only for an address that is none; paths always are.
        let _ = window.location().replace(path);
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = path;
}

/// Whether people point with a finger here, as on a phone, whose keyboard has no shift to hold.
pub fn has_coarse_pointer() -> bool {
    #[cfg(target_arch = "wasm32")]
    return web_sys::window()
        .and_then(|window| window.match_media("(pointer: coarse)").ok().flatten())
        .is_some_and(|query| query.matches());
    #[cfg(not(target_arch = "wasm32"))]
    false
}

/// Runs `work` before the browser paints next, when the layout of what changed is known.
pub fn next_frame(work: impl FnOnce() + 'static) {
    #[cfg(target_arch = "wasm32")]
    if let Some(window) = web_sys::window() {
        let callback = wasm_bindgen::closure::Closure::once_into_js(work);
        // Fails only for something that is no function.
        let _ = window.request_animation_frame(wasm_bindgen::JsCast::unchecked_ref(&callback));
    }
    #[cfg(not(target_arch = "wasm32"))]
    drop(work);
}

/// The element with this id.
pub fn element(id: &str) -> Option<Element> {
    #[cfg(target_arch = "wasm32")]
    return document()?.get_element_by_id(id);
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = id;
        None
    }
}

/// Moves the focus to an element. One that can't take it leaves it where it is.
pub fn focus(element: &Element) {
    if let Some(element) = wasm_bindgen::JsCast::dyn_ref::<web_sys::HtmlElement>(element) {
        // Refused only by an element that left the page.
        let _ = element.focus();
    }
}

/// Moves the focus to an element, unless somebody put it somewhere else: it is taken from the page as a whole and from
/// the element with the id `pane`, where it lies after another page was opened.
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

/// Moves the focus to where somebody goes on who came to a page without loading it: to the field that the page starts
/// with, as a browser does after a load, or to the page's element.
pub fn arrive(element: &Element) {
    let field = element.query_selector("[autofocus]").ok().flatten();
    focus(field.as_ref().unwrap_or(element));
}

/// Whether an element has the focus. False on the server.
pub fn is_focused(element: &Element) -> bool {
    #[cfg(target_arch = "wasm32")]
    return document().and_then(|document| document.active_element()).is_some_and(|focused| focused == *element);
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = element;
        false
    }
}

/// Says of an element whether it is about to be replaced by something better.
pub fn set_busy(element: &Element, busy: bool) {
    // Refused only for names that are none.
    let _ = if busy { element.set_attribute("aria-busy", "true") } else { element.remove_attribute("aria-busy") };
}

/// Whether somebody typed something into a field inside of an element. False on the server.
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

/// What can have the focus, as far as a menu has such things.
#[cfg(target_arch = "wasm32")]
const FOCUSABLE: &str = "summary, a, button, input:not([type=hidden]), select";

/// How many there are, counted from the end, up to that which has the focus inside of an element; none if it is
/// elsewhere.
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

/// Moves the focus to where [`focused_in`] found it, in another element that ends alike.
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

/// The distance of an element's top from the viewport's top, in CSS pixels: what an anchor remembers.
pub fn top_of(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

/// Where an element comes to lie when it is scrolled into view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the upper edge.
    Start,
    /// In the middle.
    Center,
    /// At the lower edge.
    End,
    /// Wherever is nearest; not at all if it is in view.
    Nearest,
}

/// Scrolls so that the element is in view, at once: smooth motion would fight with rows that are still arriving.
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
