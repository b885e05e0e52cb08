//! The state that handlers share.

use axum::extract::FromRef;
use domain::Domain;
use leptos::config::LeptosOptions;

use crate::{proxies::Proxies, public_url::PublicUrl, secret::Secret, uploads, ws};

/// The state that handlers share.
#[derive(Clone, Debug)]
pub struct AppState {
    pub domain: Domain,
    pub leptos: LeptosOptions,
    pub public_url: PublicUrl,
    pub sockets: ws::Sockets,
    pub timing: ws::Timing,
    pub proxies: Proxies,
    pub uploads: uploads::Uploads,
    /// The secret in the path of the outbox page, if there is one.
    pub outbox: Option<Secret>,
}

impl FromRef<AppState> for Domain {
    fn from_ref(state: &AppState) -> Self {
        state.domain.clone()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl FromRef<AppState> for PublicUrl {
    fn from_ref(state: &AppState) -> Self {
        state.public_url.clone()
    }
}
