//! The live protocol's socket, `GET /ws`.
//!
//! One task a socket. It waits for whatever comes first (a frame from the client, something from the hub, a message
//! that is on disk), takes along what else is there, and writes it all at once: a flush a frame would cost ten times
//! as much.

mod requests;
mod socket;
mod timing;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{
        State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::Actor;
use protocol::{SessionHandle, limits::FRAME_MAX_BYTES};
use tokio::sync::watch;

use crate::{router, security};
pub use timing::Timing;

/// With the default of 128 KiB, a thousand idle sockets took 107 MB.
const READ_BUFFER: usize = 4 * 1024;
/// What is fed is written once it exceeds this, or flushed. The buffer keeps the size it once grew to.
const WRITE_BUFFER: usize = 8 * 1024;

/// Opens a socket for the person whose session asks for it.
pub async fn upgrade(
    State(state): State<router::State>,
    headers: HeaderMap,
    actor: Option<Extension<Actor>>,
    session: Option<Extension<SessionHandle>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    // Browsers open WebSockets to other sites freely and send cookies along: the origin is all that protects.
    if !security::is_same_site(&state.public_url, &headers) {
        return security::cross_site(&state.public_url).into_response();
    }
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let (Some(Extension(actor)), Some(Extension(session))) = (actor, session) else {
        // A page is told no status, only that no socket came about, and would try for ever. A code it can read.
        return upgrade.max_message_size(0).on_upgrade(socket::refuse);
    };
    let stop = state.sockets.stop();
    let max = usize::try_from(FRAME_MAX_BYTES).unwrap_or(usize::MAX);
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_frame_size(max)
        .max_message_size(max)
        .on_upgrade(move |socket| socket::run(socket, state.domain, actor, session, stop, state.timing))
}

/// All sockets of this server, to be closed together.
#[derive(Clone, Debug)]
pub struct Sockets(Arc<watch::Sender<bool>>);

impl Default for Sockets {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Sockets {
    /// What one socket listens to, and is counted by as long as it exists.
    fn stop(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }

    /// Asks all sockets to close.
    pub fn close(&self) {
        self.0.send_replace(true);
    }

    /// Waits until the last socket is gone.
    pub async fn closed(&self) {
        self.0.closed().await;
    }
}
