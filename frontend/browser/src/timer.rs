//! Waiting, and work beside the page.

use std::future::Future;

/// Waits for so many milliseconds. A hidden page may wait longer: browsers slow its timers down to one a minute. On
/// the server it never ends, because nothing there waits for a browser.
pub fn sleep(millis: u32) -> impl Future<Output = ()> + Unpin {
    #[cfg(target_arch = "wasm32")]
    return gloo_timers::future::TimeoutFuture::new(millis);
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = millis;
        std::future::pending()
    }
}

/// Runs work beside the page. Dropped on the server.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    #[cfg(target_arch = "wasm32")]
    wasm_bindgen_futures::spawn_local(work);
    #[cfg(not(target_arch = "wasm32"))]
    drop(work);
}
