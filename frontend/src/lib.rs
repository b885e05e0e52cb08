//! The WASM's entry: it takes over the page that the server drew, and nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's script once the WASM is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    // Without its part, a page stays as the server drew it; whatever went wrong is in the console.
    app::pages::parts::with_part(|| leptos::mount::hydrate_body(app::App));
}
