//! What the server hands to server functions with each request.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{ACCEPT, COOKIE, RETRY_AFTER, SET_COOKIE, USER_AGENT},
    request::Parts,
};
use domain::{
    Actor, Domain,
    accounts::PendingSignIn,
    limits::{LimitedAction, RateLimitKey},
    sessions::{AGENT_KEY, HANDLE_KEY, PENDING_KEY, USER_KEY, new_handle},
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use protocol::{Error, ErrorKind, SessionHandle, UserId, limits::SECOND_FACTOR_WITHIN_MS};
use tower_sessions::{Expiry, Session, cookie::time::Duration};

use super::ApiError;

/// The cookie with the proof that somebody signed in with this browser before.
const KNOWN: &str = "known";
/// In seconds; browsers keep none for longer (RFC 6265bis, section 5.5).
const KNOWN_LIFETIME: u32 = 400 * 24 * 60 * 60;

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

/// Counts a try: for where it comes from, and for the account that it concerns, which is the one named or else that of
/// whoever is signed in. Comes first, before anything is looked up.
///
/// # Errors
/// [`ErrorKind::RateLimited`].
pub fn limit(deed: LimitedAction, name: Option<&str>) -> Result<(), ApiError> {
    let account = match name {
        Some(name) => Some(RateLimitKey::Name(name.to_owned())),
        None => visitor().map(|actor| RateLimitKey::User(actor.user)),
    };
    Ok(domain()?.limit(deed, address().into_iter().chain(account))?)
}

/// Where this request comes from, to count it.
fn address() -> Option<RateLimitKey> {
    use_context::<Client>().map(|Client(ip)| RateLimitKey::Address(ip))
}

/// As [`limit`], for signing in. A browser in which this person signed in before has tries that nobody else can use up.
///
/// # Errors
/// [`ErrorKind::RateLimited`]; [`ErrorKind::Unavailable`] when the account can't be read.
pub async fn limit_sign_in(login: &str) -> Result<(), ApiError> {
    let domain = domain()?;
    domain.limit(LimitedAction::Password, address())?;
    let known = match cookie(KNOWN) {
        Some(proof) => domain.accounts().device_owner(login, &proof).await?,
        None => None,
    };
    let account = known.map_or_else(|| RateLimitKey::Name(login.to_owned()), RateLimitKey::User);
    Ok(domain.limit(LimitedAction::Password, [account])?)
}

/// Has the browser keep the proof that this person signed in with it. Without one they are only counted as anybody.
pub async fn set_device_cookie(user: UserId) {
    if let Ok(domain) = domain()
        && let Ok(proof) = domain.accounts().device_cookie(user).await
    {
        set_cookie(KNOWN, &proof, KNOWN_LIFETIME);
    }
}

/// The rules.
///
/// # Errors
/// [`ErrorKind::Unavailable`] where there is no request, as while the list of routes is made.
pub fn domain() -> Result<Domain, ApiError> {
    use_context().ok_or_else(|| Error::from(ErrorKind::Unavailable).into())
}

/// The signed-in person, on whose behalf this request comes.
///
/// # Errors
/// [`ErrorKind::Unauthenticated`] when nobody is signed in.
pub fn actor() -> Result<Actor, ApiError> {
    visitor().ok_or_else(|| Error::from(ErrorKind::Unauthenticated).into())
}

/// The signed-in person, if there is one.
pub fn visitor() -> Option<Actor> {
    use_context()
}

/// The browser's session.
///
/// # Errors
/// [`ErrorKind::Unavailable`] where there is no request.
pub fn session() -> Result<Session, ApiError> {
    use_context().ok_or_else(|| Error::from(ErrorKind::Unavailable).into())
}

/// The handle of the session from which this request comes.
///
/// # Errors
/// [`ErrorKind::Unauthenticated`] when nobody is signed in.
pub fn handle() -> Result<SessionHandle, ApiError> {
    use_context().ok_or_else(|| Error::from(ErrorKind::Unauthenticated).into())
}

/// Signs this browser in. The session gets a new id, so that one planted beforehand is worth nothing.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when sessions can't be stored.
pub async fn start_session(user: UserId) -> Result<(), ApiError> {
    set_device_cookie(user).await;
    let (session, agent) = (session()?, agent());
    session.cycle_id().await.map_err(lost)?;
    session.remove_value(PENDING_KEY).await.map_err(lost)?;
    session.insert(USER_KEY, user).await.map_err(lost)?;
    session.insert(HANDLE_KEY, new_handle()).await.map_err(lost)?;
    session.insert(AGENT_KEY, agent).await.map_err(lost)?;
    store(&session).await
}

/// Stores a session under its new id. Left to the session layer, which does so after the answer was made, a session that
/// can't be stored would be a fault of ours, without a word about trying again.
async fn store(session: &Session) -> Result<(), ApiError> {
    match session.save().await {
        Ok(()) => Ok(()),
        Err(error) => {
            // Else the layer would try once more, and sign somebody in who is told that it did not work.
            session.clear().await;
            Err(lost(error))
        }
    }
}

/// Remembers who has entered the right password and is still to enter a code. Nobody is signed in by that: who was, is
/// not any more.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when sessions can't be stored.
pub async fn await_code(pending: PendingSignIn) -> Result<(), ApiError> {
    let session = session()?;
    session.cycle_id().await.map_err(lost)?;
    session.clear().await;
    session.set_expiry(Some(Expiry::OnInactivity(Duration::milliseconds(SECOND_FACTOR_WITHIN_MS))));
    session.insert(PENDING_KEY, pending).await.map_err(lost)?;
    store(&session).await
}

/// Who has entered the right password here, and no code yet.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when sessions can't be read.
pub async fn pending() -> Result<Option<PendingSignIn>, ApiError> {
    session()?.get(PENDING_KEY).await.map_err(lost)
}

/// Gives the session a new id, as when the password changes. It stays the same session.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when sessions can't be stored.
pub async fn renew_session() -> Result<(), ApiError> {
    let session = session()?;
    session.cycle_id().await.map_err(lost)?;
    store(&session).await
}

/// Signs this browser out and forgets the session.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when sessions can't be stored.
pub async fn end_session() -> Result<(), ApiError> {
    session()?.flush().await.map_err(lost)
}

fn lost(error: tower_sessions::session::Error) -> ApiError {
    domain::Error::Unavailable(error.to_string()).into()
}

/// Says when it is worth trying again (RFC 9110, section 10.2.3).
pub fn set_retry_after(seconds: u32) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// What the browser calls itself.
fn agent() -> String {
    let parts = use_context::<Parts>();
    let agent = parts.as_ref().and_then(|parts| parts.headers.get(USER_AGENT)?.to_str().ok());
    agent.unwrap_or_default().to_owned()
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

/// A cookie's value.
pub fn cookie(name: &str) -> Option<String> {
    cookie_in(&use_context::<Parts>()?.headers, name)
}

/// The value of a cookie that came with these headers.
pub fn cookie_in(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// The name of a cookie that is for the account from which this request comes, and no other: somebody else may sign in
/// with the same browser before it is taken.
pub fn of_visitor(name: &str) -> String {
    of_account(name, visitor())
}

/// As [`of_visitor`], where it is known who that is.
pub fn of_account(name: &str, visitor: Option<Actor>) -> String {
    visitor.map_or_else(|| name.to_owned(), |actor| format!("{name}-{}", actor.user))
}

/// The value of a cookie that is handed out once. Who fetches a page to have it later, such as our service worker, says
/// so and does not get it: the person would never see it.
pub fn take_cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let is_prefetch = |name| {
        let value = parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        value.is_some_and(|value| value.starts_with("prefetch"))
    };
    if is_prefetch("purpose") || is_prefetch("sec-purpose") {
        return None;
    }
    let value = cookie(name)?;
    set_cookie(name, "", 0);
    Some(value)
}

/// Sets a cookie that only the server reads, for `seconds`; zero removes it. `value` must be free of `;`, spaces and
/// whatever is not ASCII.
pub fn set_cookie(name: &str, value: &str, seconds: u32) {
    let secure = domain().is_ok_and(|domain| domain.config().public_url.starts_with("https://"));
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let (Some(options), Ok(cookie)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        options.append_header(SET_COOKIE, cookie);
    }
}
