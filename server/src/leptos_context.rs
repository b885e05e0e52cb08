//! The leptos context of pages and server functions, and the headers of their responses.

use std::net::SocketAddr;

use app::api::context::{OtherAddress, OutboxPage};
use axum::{
    extract::ConnectInfo,
    http::{
        HeaderName, HeaderValue, Method,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
        request::Parts,
    },
};
use domain::{Actor, Client, Domain};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use protocol::SessionHandle;
use tower_sessions::Session;

use crate::{csrf, headers, proxies::Proxies, public_url::PublicUrl, static_files};

/// The header with the account that a page was drawn for, or `none`.
const ACCOUNT: HeaderName = HeaderName::from_static("x-weconnect-account");

/// Provides the domain, the session and, for a signed-in user, the actor and the session's handle as leptos context,
/// and sets the headers that depend on them.
pub fn context(
    domain: &Domain,
    url: &PublicUrl,
    proxies: &Proxies,
    shows_outbox: bool,
) -> impl Fn() + Clone + Send + Sync + 'static {
    let (domain, proxies, url) = (domain.clone(), proxies.clone(), url.clone());
    let connect = static_files::watch_origins().unwrap_or_else(|| url.websocket());
    move || {
        provide_context(domain.clone());
        if shows_outbox {
            provide_context(OutboxPage);
        }
        // `None` while the list of routes is generated.
        let Some(parts) = use_context::<Parts>() else { return };
        if let Some(session) = parts.extensions.get::<Session>() {
            provide_context(session.clone());
        }
        if let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() {
            provide_context(Client { address: Some(proxies.client(peer.ip(), &parts.headers)) });
            if csrf::is_without_tls(&url, proxies.is_tls(peer.ip(), &parts.headers), &parts.headers) {
                provide_context(OtherAddress(url.at(&parts.uri)));
            }
        }
        if let Some(handle) = parts.extensions.get::<SessionHandle>() {
            provide_context(*handle);
        }
        let actor = parts.extensions.get::<Actor>().copied();
        if let Some(actor) = actor {
            provide_context(actor);
        }
        let Some(options) = use_context::<ResponseOptions>() else { return };
        if let Some(policy) = use_nonce().and_then(|nonce| headers::page_policy(&nonce, &connect)) {
            options.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
        // Tells the service worker to which account the cached pages belong.
        if parts.method == Method::GET
            && let Ok(account) =
                actor.map_or_else(|| "none".to_owned(), |actor| actor.user.to_string()).parse::<HeaderValue>()
        {
            options.insert_header(ACCOUNT, account);
        }
        // Pages of a signed-in user must not come from a cache after they signed out.
        let is_private = actor.is_some() || parts.method != Method::GET;
        // Some proxies replace e-mail addresses with a script of theirs, and the page then is not the one that was
        // drawn.
        let cache = if is_private { "no-store, no-transform" } else { "no-cache, no-transform" };
        options.insert_header(CACHE_CONTROL, HeaderValue::from_static(cache));
    }
}
