//! The service worker, which keeps pages for when there is no connection.

/// Registers the service worker. Browsers without one, or that refuse it in a private window, work as before.
pub fn register() {
    #[cfg(target_arch = "wasm32")]
    if let Some(container) = container() {
        let registered = wasm_bindgen_futures::JsFuture::from(container.register("/sw.js"));
        // Awaited, so that a refusal is not reported as an exception that nobody caught.
        crate::timer::spawn(async { drop(registered.await) });
    }
}

/// Asks the worker to keep the page at `path` as the server draws it now.
pub fn keep(path: &str) {
    #[cfg(target_arch = "wasm32")]
    if let Some(worker) = container().and_then(|container| container.controller()) {
        let message = js_sys::Object::new();
        let is_set = js_sys::Reflect::set(&message, &"keep".into(), &path.into());
        if is_set == Ok(true) {
            let _ = worker.post_message(&message);
        }
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = path;
}

/// Without a secure origin the property is missing, whatever its type says.
#[cfg(target_arch = "wasm32")]
fn container() -> Option<web_sys::ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    let found = js_sys::Reflect::get(&navigator, &"serviceWorker".into()).ok()?;
    (!found.is_undefined()).then(|| navigator.service_worker())
}
