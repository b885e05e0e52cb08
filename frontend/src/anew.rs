//! Rendering the page again, where the server's page cannot be hydrated.

use std::sync::Arc;

use browser::{start, timer};
use hydration_context::{HydrateSharedContext, SharedContext};
use leptos::prelude::Owner;

/// Renders the app with the data that came with the page, as hydration does: nothing is requested again, and it works
/// offline. Then restores the `typed` text.
pub fn draw(typed: start::Typed) {
    let shared = Arc::new(HydrateSharedContext::new());
    let root = Owner::new_root(Some(Arc::<HydrateSharedContext>::clone(&shared)));
    root.with(|| leptos::mount::mount_to_body(app::App));
    // The owner lives as long as the page.
    std::mem::forget(root);
    timer::spawn(async move {
        // The data is present, so the whole app is rendered in turns that follow at once, before the turn of a timer.
        timer::sleep(0).await;
        shared.hydration_complete();
        typed.restore();
        start::done();
    });
}
