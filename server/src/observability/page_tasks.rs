//! The tasks that Leptos starts while it draws a page, such as those that load resources.
//!
//! Leptos gives a task to the runtime and does not look at it again. It would log outside of its request's span, and
//! after a panic in it, the page would wait for its resource forever.

use std::{panic::AssertUnwindSafe, sync::Arc};

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use axum::{extract::Request, middleware::Next, response::Response};
use futures::FutureExt;
use tokio::sync::Notify;
use tracing::Instrument;

use super::panics;

tokio::task_local! {
    /// Notified when a task of the request panicked.
    static PANICKED: Arc<Notify>;
}

/// Makes Leptos start its tasks in the span of their request. Must be called before anything of Leptos is used.
pub fn install() {
    // An error means that an earlier server of this process did it.
    let _ = Executor::init_custom_executor(Tasks);
}

/// Handles a request. A panic in one of its tasks ends it.
pub async fn supervise(request: Request, next: Next) -> Response {
    let panicked = Arc::new(Notify::new());
    let handled = async {
        tokio::select! {
            response = next.run(request) => response,
            () = panicked.notified() => panics::panicked(),
        }
    };
    PANICKED.scope(panicked.clone(), handled).await
}

struct Tasks;

impl CustomExecutor for Tasks {
    fn spawn(&self, task: PinnedFuture<()>) {
        let task = task.in_current_span();
        match PANICKED.try_with(Arc::clone) {
            Ok(panicked) => drop(tokio::spawn(PANICKED.scope(panicked.clone(), supervised(task, panicked)))),
            Err(_) => drop(tokio::spawn(task)),
        }
    }

    fn spawn_local(&self, task: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(task.in_current_span());
    }

    // Tokio needs no help.
    fn poll_local(&self) {}
}

async fn supervised(task: impl Future<Output = ()>, panicked: Arc<Notify>) {
    if AssertUnwindSafe(task).catch_unwind().await.is_err() {
        panicked.notify_one();
    }
}
