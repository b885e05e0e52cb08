//! Sessions: stores those of tower-sessions in the domain, and identifies the user of a request.

use std::net::SocketAddr;

use app::words::server::UNAVAILABLE;
use async_trait::async_trait;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{
        HeaderValue, StatusCode,
        header::{HeaderMap, SET_COOKIE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    Actor, Client, Domain,
    sessions::{AGENT_KEY, Entry, HANDLE_KEY, USER_KEY},
};
use protocol::{Millis, SessionHandle, UserId, limits::SESSION_LIFETIME_MS};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::{
        SameSite,
        time::{Duration, OffsetDateTime},
    },
    session::{Id, Record},
    session_store::{Error, Result},
};

use crate::{proxies::Proxies, public_url::PublicUrl};

/// The name of the cookie without TLS.
const COOKIE: &str = "weconnect";
/// The name of the cookie with TLS: browsers accept this name only with `Secure`, for the whole host and from the host
/// itself.
const HOST_COOKIE: &str = "__Host-weconnect";
/// The key of the hour in which the session was last used. It changes once an hour, so that the row is written and the
/// cookie renewed once an hour and not with each request.
const HOUR_KEY: &str = "hour";
const HOUR_MS: Millis = 60 * 60 * 1_000;

/// Returns the layer that adds its session to each request.
pub fn layer(domain: &Domain, url: &PublicUrl) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(Store(domain.clone()))
        .with_name(if url.is_https() { HOST_COOKIE } else { COOKIE })
        .with_secure(url.is_https())
        .with_http_only(true)
        // Lax: a user who follows a link in a mail must be signed in. Requests that change something are protected by
        // the origin check.
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::milliseconds(SESSION_LIFETIME_MS)))
}

/// The session store, backed by the domain.
#[derive(Clone, Debug)]
pub struct Store(Domain);

/// Returns the key under which a session is stored: somebody who reads the table cannot make a cookie from it. The id
/// has 128 random bits, so a fast hash without a salt is enough.
fn key(id: &Id) -> [u8; 32] {
    Sha256::digest(id.to_string()).into()
}

/// Returns the database entry of a session.
fn entry(record: &Record) -> Result<Entry> {
    fn read<T: DeserializeOwned>(record: &Record, key: &str) -> Option<T> {
        record.data.get(key).and_then(|value| serde_json::from_value(value.clone()).ok())
    }
    Ok(Entry {
        user: read(record, USER_KEY),
        handle: read(record, HANDLE_KEY),
        agent: read(record, AGENT_KEY).unwrap_or_default(),
        data: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
        expires_at: millis(record.expiry_date),
    })
}

fn millis(time: OffsetDateTime) -> Millis {
    Millis::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(Millis::MAX)
}

fn lost(failure: domain::Error) -> Error {
    Error::Backend(failure.to_string())
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let entry = entry(record)?;
        while !self.0.sessions().create(&key(&record.id), entry.clone()).await.map_err(lost)? {
            record.id = Id::default();
        }
        Ok(())
    }

    /// Stores changes of an existing session.
    ///
    /// Signing in creates a session and signing out deletes one; what remains is the hour of use. A full disk must not
    /// keep users from reading, so an error is only logged.
    async fn save(&self, record: &Record) -> Result<()> {
        // Does not insert the row if it is missing: a sign-out in another tab may have come first.
        if let Err(failure) = self.0.sessions().update(&key(&record.id), entry(record)?).await {
            tracing::warn!(%failure, "a session could not be renewed");
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some((data, expires_at)) = self.0.sessions().load(&key(id)).await.map_err(lost)? else { return Ok(None) };
        let data = serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires_at) * 1_000_000)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0.sessions().delete(&key(id)).await.map_err(lost)
    }
}

/// Identifies the user of a request. For a signed-in user, adds the [`Actor`] and the [`SessionHandle`] to the
/// request's extensions.
///
/// The row of a session is deleted with its account, so the user of an existing session exists.
pub async fn identify(
    State((domain, proxies)): State<(Domain, Proxies)>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    match session.get::<UserId>(USER_KEY).await {
        Ok(Some(user)) => {
            let hour = domain.now() / HOUR_MS;
            if let Err(error) = session.insert(HOUR_KEY, hour).await {
                tracing::warn!(%error, "a session could not be renewed");
            }
            let client = Client { address: Some(proxies.client(peer.ip(), request.headers())) };
            request.extensions_mut().insert(Actor { user, client });
            if let Some(handle) = handle(&session).await {
                request.extensions_mut().insert(handle);
            }
        }
        Ok(None) => {}
        Err(error) => {
            // Not shown as signed out: users who only have to wait would sign in again.
            tracing::error!(%error, "a session could not be read");
            return (StatusCode::SERVICE_UNAVAILABLE, format!("{UNAVAILABLE}\n")).into_response();
        }
    }
    next.run(request).await
}

/// Returns the session's handle. A session from before there were handles gets one, the same in all of its requests.
async fn handle(session: &Session) -> Option<SessionHandle> {
    if let Ok(Some(handle)) = session.get(HANDLE_KEY).await {
        return Some(handle);
    }
    let handle = SessionHandle::from_parts(0, key(&session.id()?).first_chunk()?);
    if let Err(error) = session.insert(HANDLE_KEY, handle).await {
        tracing::warn!(%error, "a session could not be given a handle");
    }
    // Saved at once: a socket that this request opens looks for the row with this handle.
    if let Err(error) = session.save().await {
        tracing::warn!(%error, "a session could not be given a handle");
    }
    Some(handle)
}

/// Repairs the removal of the session's cookie: without `Secure`, browsers do not accept a `__Host-` name.
pub async fn remove_securely(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    repair_removal(response.headers_mut());
    response
}

fn repair_removal(headers: &mut HeaderMap) {
    let is_broken = |value: &HeaderValue| {
        let text = value.to_str().unwrap_or_default();
        text.starts_with("__Host-") && !text.split(';').any(|part| part.trim().eq_ignore_ascii_case("secure"))
    };
    if !headers.get_all(SET_COOKIE).iter().any(is_broken) {
        return;
    }
    let cookies: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    headers.remove(SET_COOKIE);
    for cookie in cookies {
        let repaired = is_broken(&cookie)
            .then(|| format!("{}; Secure; HttpOnly; SameSite=Lax", cookie.to_str().unwrap_or_default()))
            .and_then(|text| HeaderValue::from_str(&text).ok());
        headers.append(SET_COOKIE, repaired.unwrap_or(cookie));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_host_cookie_is_secure() {
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, "theme=dark; Path=/".parse().unwrap());
        headers.append(SET_COOKIE, "__Host-weconnect=; Path=/; Max-Age=0".parse().unwrap());
        repair_removal(&mut headers);
        let cookies: Vec<_> = headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(
            cookies,
            ["theme=dark; Path=/", "__Host-weconnect=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"]
        );
    }
}
