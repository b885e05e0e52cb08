//! The entry of the WASM: it hydrates the page that the server rendered, or renders it again, and nothing else.

mod anew;

use browser::{start, timer};
use wasm_bindgen::prelude::wasm_bindgen;

/// Starts the app. The script of the page calls it once the WASM is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        start::failed();
    }));
    // A page whose chunk cannot be loaded stays as the server rendered it; the console shows the error.
    app::chunks::with_part(|| match start::begin() {
        None => {
            leptos::mount::hydrate_body(app::App);
            // Work that follows hydration has run by then.
            timer::spawn(async {
                timer::sleep(0).await;
                start::done();
            });
        }
        Some(typed) => anew::draw(typed),
    });
}
