//! The visible area of a list that is laid out from its end.
//!
//! A container with `flex-direction: column-reverse` shows its end first, before any script runs; its scroll position
//! is zero there and negative above.

use web_sys::{Element, NodeList};

/// A row and its position, so that the row can be put back there after rows came or went.
///
/// The position is that of the lower edge, because content above a message, such as the day, comes and goes with the
/// row before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    id: String,
    bottom: f64,
}

/// Returns the number of CSS pixels hidden below the visible area. Rounding and overscroll can make it slightly
/// negative.
pub fn below(container: &Element) -> i32 {
    container.scroll_top().saturating_neg()
}

/// Returns the number of CSS pixels hidden above the visible area.
pub fn above(container: &Element) -> i32 {
    container.scroll_height().saturating_sub(container.client_height()).saturating_sub(below(container))
}

/// Scrolls to the end, without animation.
pub fn to_end(container: &Element) {
    container.set_scroll_top(0);
}

/// Returns the anchor of the uppermost row that is at least partly visible. `rows` selects the rows; each needs an id.
pub fn anchor(container: &Element, rows: &str) -> Option<Anchor> {
    let frame = container.get_bounding_client_rect();
    let row = find(container, rows, |row| row.get_bounding_client_rect().bottom() > frame.top())?;
    Some(Anchor { id: row.id(), bottom: row.get_bounding_client_rect().bottom() - frame.top() })
}

/// Scrolls so that the row is where it was. Returns whether the row still exists.
pub fn restore(container: &Element, anchor: &Anchor) -> bool {
    let Some(row) = crate::page::element(&anchor.id) else { return false };
    let now = row.get_bounding_client_rect().bottom() - container.get_bounding_client_rect().top();
    let moved = (now - anchor.bottom).round();
    if moved != 0.0 {
        container.scroll_by_with_x_and_y(0.0, moved);
    }
    true
}

/// Returns the id of the last row whose lower edge is in or above the visible area.
pub fn last_seen(container: &Element, rows: &str) -> Option<String> {
    // One pixel of tolerance, because zoomed pages have fractional pixels.
    let end = container.get_bounding_client_rect().bottom() + 1.0;
    let all = select(container, rows)?;
    let mut seen = None;
    for index in 0..all.length() {
        let Some(row) = element_at(&all, index) else { continue };
        if row.get_bounding_client_rect().bottom() > end {
            break;
        }
        seen = Some(row.id());
    }
    seen
}

fn find(container: &Element, rows: &str, fits: impl Fn(&Element) -> bool) -> Option<Element> {
    let all = select(container, rows)?;
    (0..all.length()).filter_map(|index| element_at(&all, index)).find(fits)
}

fn select(container: &Element, rows: &str) -> Option<NodeList> {
    container.query_selector_all(rows).ok()
}

fn element_at(all: &NodeList, index: u32) -> Option<Element> {
    wasm_bindgen::JsCast::dyn_into(all.item(index)?).ok()
}
