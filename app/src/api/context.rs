//! The context that the server provides to server functions with each request.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::http::{
    HeaderValue, Method, StatusCode,
    header::{ACCEPT, RETRY_AFTER},
    request::Parts,
};
use domain::{Actor, Client, Domain, accounts::Accounts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use protocol::ErrorKind;

use super::{ApiError, device::device_cookie};

/// Provided while mails stay in an outbox, which a page with a secret address shows on this machine.
#[derive(Clone, Copy, Debug)]
pub struct OutboxPage;

/// Provided if a page was opened without TLS though the public address has it: the browser keeps no session then. Holds
/// the page's address with TLS.
#[derive(Clone, Debug)]
pub struct OtherAddress(pub String);

/// A text from the previous page that was too long for a cookie. The server passes it along with the request, in its
/// extensions.
#[derive(Clone, Debug)]
pub struct Kept {
    text: Arc<str>,
    taken: Arc<AtomicBool>,
}

impl Kept {
    /// Creates a text that was not taken yet.
    pub fn new(text: String) -> Self {
        Self { text: text.into(), taken: Arc::default() }
    }

    /// Returns the text and marks it as taken. All callers within one page get it.
    pub fn take(&self) -> String {
        self.taken.store(true, Ordering::Relaxed);
        self.text.to_string()
    }

    /// Returns whether the page took the text, so that it can be removed.
    pub fn is_taken(&self) -> bool {
        self.taken.load(Ordering::Relaxed)
    }
}

/// A request, of a signed-in user or of anybody else.
#[derive(Clone, Debug)]
pub struct Request {
    /// The domain.
    pub domain: Domain,
    /// Where the request comes from.
    pub client: Client,
    /// The proof that somebody signed in with this browser before.
    device: Option<String>,
}

impl Request {
    /// Returns the account services, for what nobody has to be signed in for.
    pub fn accounts(&self) -> Accounts<'_> {
        self.domain.accounts().of(self.client, self.device.as_deref())
    }
}

/// Returns the request.
///
/// # Errors
/// Returns [`ErrorKind::Unavailable`] if there is none, as while the list of routes is generated.
pub fn request() -> Result<Request, ApiError> {
    Ok(Request { domain: domain()?, client: use_context().unwrap_or_default(), device: device_cookie() })
}

/// Returns the domain.
///
/// # Errors
/// Returns [`ErrorKind::Unavailable`] if there is no request, as while the list of routes is generated.
pub fn domain() -> Result<Domain, ApiError> {
    use_context().ok_or_else(|| protocol::Error::from(ErrorKind::Unavailable).into())
}

/// Returns the signed-in user, on whose behalf this request is made.
///
/// # Errors
/// Returns [`ErrorKind::Unauthenticated`] if nobody is signed in.
pub fn actor() -> Result<Actor, ApiError> {
    visitor().ok_or_else(|| protocol::Error::from(ErrorKind::Unauthenticated).into())
}

/// Returns the signed-in user, if there is one.
pub fn visitor() -> Option<Actor> {
    use_context()
}

/// Sets the `Retry-After` header (RFC 9110, section 10.2.3).
pub fn set_retry_after(seconds: u32) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Sets the status of the response.
///
/// The response to a form without WASM is always a redirect to the page that shows the error, and keeps the status of a
/// redirect.
pub fn set_status(status: u16) {
    if let (Some(options), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status))
        && !is_plain_form()
    {
        options.set_status(status);
    }
}

/// Redirects a form without WASM to `path`. Returns the path, to which the page's script navigates.
pub fn go(path: String) -> String {
    if is_plain_form() {
        leptos_axum::redirect(&path);
    }
    path
}

/// Stores a text for the next page, for `seconds`. Returns the token with which it is found.
///
/// # Errors
/// Returns [`ErrorKind::RateLimited`] after too many attempts, or [`ErrorKind::Unavailable`] if the text can't be
/// stored.
pub async fn keep(text: String, seconds: u32) -> Result<String, domain::Error> {
    let domain = use_context::<Domain>().ok_or(ErrorKind::Unavailable)?;
    let (client, user) = (use_context().unwrap_or_default(), visitor().map(|actor| actor.user));
    domain.sessions().keep(client, user, text, i64::from(seconds) * 1_000).await
}

/// Returns whether the browser itself posted a form and will show the response.
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accept = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        parts.method == Method::POST && accept.is_some_and(|accept| accept.contains("text/html"))
    })
}
