//! The socket of the live protocol, `GET /ws`.
//!
//! Each socket has one task. It waits for whatever comes first (a frame from the client, an item from the hub, a
//! message that is on disk), takes along what else is ready, and writes everything at once: flushing each frame would
//! cost ten times as much.

mod requests;
mod room;
mod socket;
mod sockets;
mod timing;

use std::net::SocketAddr;

use app::words::server::TOO_MANY_CONNECTIONS;
use axum::{
    Extension,
    extract::{
        ConnectInfo, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use domain::{Actor, rate_limit::LimitedAction};
use protocol::{ErrorKind, SessionHandle, limits::FRAME_MAX_BYTES};
use tower_http::request_id::RequestId;
use tracing::Instrument;

pub use self::{sockets::Sockets, timing::Timing};
use crate::{csrf, observability, state::AppState};

/// The size of the read buffer, in bytes. With the default of 128 KiB, a thousand idle sockets took 107 MB.
const READ_BUFFER: usize = 4 * 1024;
/// The size of the write buffer, in bytes. Frames are written when it is exceeded, or on a flush. The buffer never
/// shrinks.
const WRITE_BUFFER: usize = 8 * 1024;

/// The seconds until a retry when there is no room.
const FULL_FOR: u32 = 5;

/// Opens a socket for the user of the request's session.
pub async fn upgrade(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    actor: Option<Extension<Actor>>,
    session: Option<Extension<SessionHandle>>,
    Extension(id): Extension<RequestId>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    // Browsers open WebSockets to other sites freely and send cookies along: only the origin check protects.
    if !csrf::is_same_site(&state.public_url, &headers) {
        return csrf::cross_site(&state.public_url).into_response();
    }
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let room = &state.sockets.room;
    let (Some(Extension(actor)), Some(Extension(session))) = (actor, session) else {
        let Some(place) = room.for_nobody(state.proxies.client(peer.ip(), &headers)) else {
            return not_now(StatusCode::TOO_MANY_REQUESTS, FULL_FOR);
        };
        // A page does not see the status, only that no socket was opened, and would retry forever. It can read a close
        // code.
        return upgrade.max_message_size(0).on_upgrade(async move |socket| {
            socket::refuse(socket).await;
            drop(place);
        });
    };
    if let Err(failure) = state.domain.limit(&actor, LimitedAction::Connect) {
        return match failure.into_wire().kind {
            ErrorKind::RateLimited { retry_after } => not_now(StatusCode::TOO_MANY_REQUESTS, retry_after),
            _ => not_now(StatusCode::SERVICE_UNAVAILABLE, FULL_FOR),
        };
    }
    let Some(place) = room.for_somebody() else {
        tracing::warn!("there are as many sockets as there may be");
        return not_now(StatusCode::SERVICE_UNAVAILABLE, FULL_FOR);
    };
    let stop = state.sockets.stop();
    let max = usize::try_from(FRAME_MAX_BYTES).unwrap_or(usize::MAX);
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_frame_size(max)
        .max_message_size(max)
        .on_upgrade(move |socket| {
            let serve = async move {
                socket::run(socket, state.domain, actor, session, stop, state.timing).await;
                drop(place);
            };
            // A panic ends this task alone.
            serve.instrument(observability::socket_span(&id))
        })
}

/// Refuses a socket for now. A page reads none of this, and retries after a while.
fn not_now(status: StatusCode, retry_after: u32) -> Response {
    (status, [(RETRY_AFTER, retry_after.to_string())], format!("{TOO_MANY_CONNECTIONS}\n")).into_response()
}
