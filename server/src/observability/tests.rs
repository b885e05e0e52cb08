//! Tests of the layers on a small router; `tests/it/observability.rs` tests the whole program.

use std::{
    cell::Cell,
    io,
    sync::{Arc, Mutex, Once},
};

use any_spawner::Executor;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    http::StatusCode,
    middleware::from_fn,
    response::Response,
    routing::get,
};
use protocol::{Error, ErrorKind};
use tower::ServiceExt;
use tracing::{Instrument, subscriber::DefaultGuard};
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::refusal;

thread_local! {
    /// Whether panics of this thread go to the log, as in the program, and not to the test's output.
    static LOGS_PANICS: Cell<bool> = const { Cell::new(false) };
}

/// The log of the current thread.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Begins to collect everything, panics included, until the guard is dropped.
    fn collect() -> (Self, DefaultGuard) {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(
                move |panic| {
                    if LOGS_PANICS.get() { panics::log(panic) } else { before(panic) }
                },
            ));
        });
        LOGS_PANICS.set(true);
        let log = Self::default();
        let everything = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        let guard = tracing::subscriber::set_default(everything.with_writer(log.clone()).finish());
        (log, guard)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The only line with this text.
    fn line(&self, text: &str) -> String {
        let all = self.text();
        let lines: Vec<_> = all.lines().filter(|line| line.contains(text)).collect();
        assert_eq!(lines.len(), 1, "{text}: {all}");
        lines[0].to_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A router with everything that may go wrong.
fn router() -> Router {
    install_page_tasks();
    let panics = async || -> StatusCode { panic!("a handler") };
    let task_panics = async || {
        Executor::spawn(async { panic!("a task") });
        std::future::pending::<StatusCode>().await
    };
    let task_logs = async || {
        let (done, logged) = futures::channel::oneshot::channel();
        Executor::spawn(async move {
            tracing::info!("from a task");
            done.send(()).unwrap();
        });
        logged.await.unwrap();
    };
    let fails = async || refusal::json(&domain::Error::internal("a broken table").into_wire());
    let all = Router::new()
        .route("/invite/{token}", get(async || "fine"))
        .route("/fails", get(fails))
        .route("/panics", get(panics).post(panics))
        .route("/task/panics", get(task_panics))
        .route("/task/logs", get(task_logs))
        .layer(from_fn(supervise));
    observe(catch(all), &"10.0.0.1".parse().unwrap())
}

async fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn body(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 10_000).await.unwrap().to_vec()).unwrap()
}

fn id(response: &Response) -> String {
    response.headers()["x-request-id"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_is_logged_by_its_route() {
    let (log, _guard) = Log::collect();
    let response = ask("GET", "/invite/secret?token=secret", &[]).await;
    let line = log.line("request answered");
    assert!(line.contains("DEBUG"), "{line}");
    for part in [&*format!("id={}", id(&response)), "path=/invite/{token} ", "status=200", "latency="] {
        assert!(line.contains(part), "{part}: {line}");
    }
    ask("GET", "/invited/secret", &[]).await;
    assert!(log.line("status=404").contains("path=(file or unknown)"));
    assert!(!log.text().contains("secret"), "{}", log.text());
}

#[tokio::test]
async fn a_failure_is_a_warning_in_the_span_of_its_cause() {
    let (log, _guard) = Log::collect();
    let response = ask("GET", "/fails", &[]).await;
    let request = format!("id={}", id(&response));
    let error: Error = serde_json::from_str(&body(response).await).unwrap();
    let ErrorKind::Internal { id } = error.kind else { panic!("{error:?}") };
    let cause = log.line("a broken table");
    assert!(cause.contains(&request) && cause.contains(&id), "{cause}");
    let outcome = log.line("request failed");
    assert!(outcome.contains("WARN") && outcome.contains(&request) && outcome.contains("status=500"), "{outcome}");
}

#[tokio::test]
async fn a_panic_is_logged_once_and_answered_as_an_error() {
    let (log, _guard) = Log::collect();
    for (method, accept, is_page) in [("GET", "text/html,*/*", true), ("POST", "application/json", false)] {
        let response = ask(method, "/panics", &[("accept", accept)]).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let id = id(&response);
        let shown = id.split_at(id.len() - 8).1;
        let line = log.text().lines().find(|line| line.contains("panicked") && line.contains(&id)).map(str::to_owned);
        let line = line.unwrap_or_else(|| panic!("{id}: {}", log.text()));
        assert!(line.contains("ERROR") && line.contains("a handler") && line.contains("tests.rs:"), "{line}");
        let body = body(response).await;
        if is_page {
            let sentence = app::words::error(&ErrorKind::Internal { id: shown.into() }.into());
            assert!(body.contains(&*sentence) && body.starts_with("<!DOCTYPE"), "{body}");
        } else {
            let error: Error = serde_json::from_str(&body).unwrap();
            assert_eq!(error.kind, ErrorKind::Internal { id: shown.into() });
        }
    }
    assert_eq!(log.text().matches("panicked").count(), 2, "{}", log.text());
    assert_eq!(ask("GET", "/invite/x", &[]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn tasks_of_a_page_belong_to_its_request() {
    let (log, _guard) = Log::collect();
    let response = ask("GET", "/task/logs", &[]).await;
    let line = log.line("from a task");
    assert!(line.contains(&id(&response)), "{line}");
    // The page would wait forever for the task.
    let response = ask("GET", "/task/panics", &[]).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let line = log.line("a task\"");
    assert!(line.contains("panicked") && line.contains(&id(&response)), "{line}");
}

#[tokio::test]
async fn a_socket_that_panics_is_logged_with_the_id_of_its_request() {
    let (log, _guard) = Log::collect();
    let id = RequestId::new("0123456789abcdef".parse().unwrap());
    let socket = async { assert_eq!(1, 2, "a socket") };
    let ended = async { tokio::spawn(socket.instrument(socket_span(&id))).await };
    let ended = ended.instrument(tracing::info_span!("request")).await;
    assert!(ended.is_err());
    let line = log.line("a socket");
    assert!(line.contains("socket{id=0123456789abcdef}") && !line.contains("request{"), "{line}");
}

#[tokio::test]
async fn a_panic_that_quotes_what_was_typed_is_logged_without_it() {
    let (log, _guard) = Log::collect();
    let typed = String::from("p\u{e4}ssword of ada");
    for end in [2, 99] {
        assert!(
            tokio::spawn({
                let typed = typed.clone();
                async move { typed[..end].len() }
            })
            .await
            .is_err()
        );
    }
    let text = log.text();
    assert_eq!(text.matches("byte index").count(), 2, "{text}");
    assert!(!text.contains("ssword"), "{text}");
}

#[tokio::test]
async fn only_a_trusted_proxys_id_is_logged_and_none_is_taken_over() {
    let (log, _guard) = Log::collect();
    let from = async |peer: &str, name: &str| {
        let peer: std::net::SocketAddr = format!("{peer}:1").parse().unwrap();
        let request = Request::builder().uri("/invite/x").header("x-request-id", name).extension(ConnectInfo(peer));
        id(&router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap())
    };
    for (peer, name, is_logged) in [
        ("10.0.0.1", "0af7651916cd43dd", true),
        ("10.0.0.1", "a\"b", false),
        ("10.0.0.1", &*"x".repeat(65), false),
        ("10.0.0.1", "", false),
        ("192.0.2.1", "fromastranger", false),
    ] {
        let id = from(peer, name).await;
        assert_ne!(id, name);
        let line = log.line(&id);
        assert_eq!(line.contains("proxy_id="), is_logged, "{line}");
    }
    assert!(log.text().contains("proxy_id=0af7651916cd43dd "));
}
