//! Timers, and background work.

use std::future::Future;

/// Waits for a number of milliseconds. A hidden page may wait longer, because browsers slow its timers down to one per
/// minute. On the server, it never completes, because nothing there waits for a browser.
pub fn sleep(millis: u32) -> impl Future<Output = ()> + Unpin {
    #[cfg(target_arch = "wasm32")]
    return gloo_timers::future::TimeoutFuture::new(millis);
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = millis;
        std::future::pending()
    }
}

/// Runs work in the background. On the server, the work is dropped.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    #[cfg(target_arch = "wasm32")]
    wasm_bindgen_futures::spawn_local(work);
    #[cfg(not(target_arch = "wasm32"))]
    drop(work);
}
