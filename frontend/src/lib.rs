//! The WASM's entry: it takes over the page that the server drew, and nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's script once the WASM is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
