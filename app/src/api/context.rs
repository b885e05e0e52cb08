//! What the server hands to server functions with each request.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::http::{
    HeaderValue, Method, StatusCode,
    header::{ACCEPT, RETRY_AFTER},
    request::Parts,
};
use domain::{
    Actor, Domain,
    rate_limit::{LimitedAction, RateLimitKey},
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use protocol::ErrorKind;

use super::{ApiError, rate_limit::address};

/// Provided while mails stay in an outbox, which a page with a secret address shows to this machine.
#[derive(Clone, Copy, Debug)]
pub struct OutboxPage;

/// Provided where a page was opened without TLS though the public address has it: the browser keeps no session then. Holds
/// where the page is with TLS.
#[derive(Clone, Debug)]
pub struct OtherAddress(pub String);

/// A text from the page before that was too long for a cookie. The server brings it along with the request, in its
/// extensions.
#[derive(Clone, Debug)]
pub struct Kept {
    text: Arc<str>,
    taken: Arc<AtomicBool>,
}

impl Kept {
    /// A text that nobody has taken yet.
    pub fn new(text: String) -> Self {
        Self { text: text.into(), taken: Arc::default() }
    }

    /// Takes the text. All of one page get it.
    pub fn take(&self) -> String {
        self.taken.store(true, Ordering::Relaxed);
        self.text.to_string()
    }

    /// Whether the page took it, so that it can be forgotten.
    pub fn is_taken(&self) -> bool {
        self.taken.load(Ordering::Relaxed)
    }
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub IpAddr);

/// The rules.
///
/// # Errors
/// [`ErrorKind::Unavailable`] where there is no request, as while the list of routes is made.
pub fn domain() -> Result<Domain, ApiError> {
    use_context().ok_or_else(|| protocol::Error::from(ErrorKind::Unavailable).into())
}

/// The signed-in person, on whose behalf this request comes.
///
/// # Errors
/// [`ErrorKind::Unauthenticated`] when nobody is signed in.
pub fn actor() -> Result<Actor, ApiError> {
    visitor().ok_or_else(|| protocol::Error::from(ErrorKind::Unauthenticated).into())
}

/// The signed-in person, if there is one.
pub fn visitor() -> Option<Actor> {
    use_context()
}

/// Says when it is worth trying again (RFC 9110, section 10.2.3).
pub fn set_retry_after(seconds: u32) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Sets the status of the answer.
///
/// A form without WASM is always answered by a redirect to the page that shows the error, and keeps that status.
pub fn set_status(status: u16) {
    if let (Some(options), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status))
        && !is_plain_form()
    {
        options.set_status(status);
    }
}

/// Sends a form without WASM to `path`, and returns it for the page's script to go there.
pub fn go(path: String) -> String {
    if is_plain_form() {
        leptos_axum::redirect(&path);
    }
    path
}

/// Keeps a text for the next page, for so many seconds. Returns the token by which it is found.
///
/// # Errors
/// [`ErrorKind::RateLimited`]; [`ErrorKind::Unavailable`] when it can't be stored.
pub async fn keep(text: String, seconds: u32) -> Result<String, domain::Error> {
    let domain = use_context::<Domain>().ok_or(ErrorKind::Unavailable)?;
    let account = visitor().map(|actor| RateLimitKey::User(actor.user));
    domain.limit(LimitedAction::Keep, address().into_iter().chain(account))?;
    domain.sessions().keep(text, i64::from(seconds) * 1_000).await
}

/// Whether the browser itself posted a form and will show what it gets.
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accept = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        parts.method == Method::POST && accept.is_some_and(|accept| accept.contains("text/html"))
    })
}
