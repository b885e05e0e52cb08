//! The clipboard.

/// Copies a text to the clipboard. Returns `false` where the browser does not allow it, as on a page without TLS on
/// another machine, and on the server.
pub async fn copy(text: &str) -> bool {
    #[cfg(target_arch = "wasm32")]
    {
        let Some(window) = web_sys::window().filter(web_sys::Window::is_secure_context) else { return false };
        wasm_bindgen_futures::JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = text;
        false
    }
}
