//! The WASM's entry: it takes over the page that the server drew, or draws it anew, and nothing else.

mod anew;

use browser::{start, timer};
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's script once the WASM is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        start::failed();
    }));
    // Without its part, a page stays as the server drew it; whatever went wrong is in the console.
    app::chunks::with_part(|| match start::begin() {
        None => {
            leptos::mount::hydrate_body(app::App);
            // What runs once the page is taken over has run then.
            timer::spawn(async {
                timer::sleep(0).await;
                start::done();
            });
        }
        Some(typed) => anew::draw(typed),
    });
}
