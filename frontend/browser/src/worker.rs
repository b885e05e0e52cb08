//! The service worker, which stores pages for use without a connection.

/// Registers the service worker. Browsers without one, or that refuse it in a private window, work as before.
pub fn register() {
    #[cfg(target_arch = "wasm32")]
    if let Some(container) = container() {
        let registered = wasm_bindgen_futures::JsFuture::from(container.register("/sw.js"));
        // Awaited, so that a refusal is not reported as an uncaught exception.
        crate::timer::spawn(async { drop(registered.await) });
    }
}

/// Asks the worker to store the page at `path` as the server renders it now. The worker thereby also learns who is
/// signed in: it did not see a page that was loaded past it, as browsers do on a reload with the Shift key.
pub fn keep(path: &str) {
    #[cfg(target_arch = "wasm32")]
    if let Some(Ok(ready)) = container().map(|container| container.ready()) {
        let message = js_sys::Object::new();
        let is_set = js_sys::Reflect::set(&message, &"keep".into(), &path.into());
        crate::timer::spawn(async move {
            let registered = wasm_bindgen_futures::JsFuture::from(ready).await;
            let worker = registered.ok().and_then(|registered| {
                wasm_bindgen::JsCast::unchecked_into::<web_sys::ServiceWorkerRegistration>(registered).active()
            });
            if let (Some(worker), Ok(true)) = (worker, is_set) {
                let _ = worker.post_message(&message);
            }
        });
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = path;
}

/// Returns the service worker container. Without a secure origin, the property is missing, in spite of its type.
#[cfg(target_arch = "wasm32")]
fn container() -> Option<web_sys::ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    let found = js_sys::Reflect::get(&navigator, &"serviceWorker".into()).ok()?;
    (!found.is_undefined()).then(|| navigator.service_worker())
}
