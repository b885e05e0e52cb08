//! Drawing the page anew, where the server's can't be taken over.

use std::sync::Arc;

use browser::{start, timer};
use hydration_context::{HydrateSharedContext, SharedContext};
use leptos::prelude::Owner;

/// Draws the app with the data that came with the page, as taking it over would: nothing is asked for again, and it works
/// offline. Then puts back what was `typed`.
pub fn draw(typed: start::Typed) {
    let shared = Arc::new(HydrateSharedContext::new());
    let root = Owner::new_root(Some(Arc::<HydrateSharedContext>::clone(&shared)));
    root.with(|| leptos::mount::mount_to_body(app::App));
    // For as long as the page.
    std::mem::forget(root);
    timer::spawn(async move {
        // The data is there, so that all is drawn in turns that follow at once, before a timer's.
        timer::sleep(0).await;
        shared.hydration_complete();
        typed.restore();
        start::done();
    });
}
