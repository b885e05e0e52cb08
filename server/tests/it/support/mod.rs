//! What the tests share: servers, browsers, live clients, and waiting for a state.

mod browser;
mod html;
mod http;
mod line;
mod live;
mod program;
mod redis;
mod server;
mod store;

use std::time::Duration;

use protocol::MessageId;
use uuid::Uuid;

pub use self::{
    browser::Browser,
    html::Html,
    http::Answer,
    line::Line,
    live::{Ended, Follower, Live, connect_raw},
    program::Program,
    redis::Redis,
    server::{TestServer, config},
    store::Store,
};

/// A password that is good enough.
pub const PASSWORD: &str = "plum tricycle 9";

/// When a test gives up. Nothing else depends on time.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// An id as clients make them.
pub fn message_id() -> MessageId {
    Uuid::now_v7().into()
}

/// Waits for a state.
pub async fn until<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let search = async {
        loop {
            if let Some(found) = probe().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    within(what, search).await
}

/// Waits for a future, but not for ever.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}
