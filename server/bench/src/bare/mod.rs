//! The bare room, with which the server is compared: rooms on axum that store messages in shared commits, and
//! nothing else. No accounts, no members, no conversations, no catching up.
//!
//! It has the optimizations that made the difference in the experiments behind the budgets, so that the comparison
//! shows what the rest of the server costs. Its frames are those of the protocol, so that one load client serves both.

mod room;
mod store;

use std::{fs, io::Write, net::SocketAddr};

use axum::{
    Router,
    extract::{State, WebSocketUpgrade},
    response::Response,
    routing::get,
    serve::ListenerExt,
};
use tokio::net::TcpListener;

use self::room::Rooms;
use crate::{
    args::Bare,
    error::{Context, Result},
};

/// Serves until the process ends.
///
/// # Errors
/// Returns an error if it cannot listen or the database cannot be opened.
pub fn serve(args: &Bare) -> Result<()> {
    // The same kind of runtime as in the server.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting")?;
    runtime.block_on(async {
        let store = match &args.database_url {
            Some(url) => store::Store::postgres(url).await?,
            None => {
                fs::create_dir_all(&args.data_dir).context(args.data_dir.display())?;
                store::Store::sqlite(&args.data_dir.join("bare.db")).await?
            }
        };
        let app = Router::new()
            .route("/", get(async || "bare\n"))
            .route("/ws", get(enter))
            .with_state(Rooms::open(store, args.rooms));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("listening")?;
        announce(listener.local_addr().context("listening")?);
        let listener = listener.tap_io(|connection| {
            connection.set_nodelay(true).ok();
        });
        axum::serve(listener, app).await.context("serving")
    })
}

fn announce(address: SocketAddr) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on http://{address}").and_then(|()| out.flush()).ok();
}

async fn enter(State(rooms): State<Rooms>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .read_buffer_size(4 * 1024)
        .write_buffer_size(8 * 1024)
        .on_upgrade(async move |socket| rooms.serve(socket).await)
}
