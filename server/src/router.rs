//! The routes and the middleware of the server.

use std::sync::LazyLock;

use axum::{
    Extension, Router,
    extract::{Request, State},
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
    },
    middleware::{Next, from_fn, from_fn_with_state, map_response},
    response::Response,
    routing::get,
};
use leptos_axum::{AxumRouteListing, ErrorHandler, LeptosRoutes, generate_route_list};
use tower_http::compression::CompressionLayer;

use crate::{
    border, csrf, export, headers, isolation::isolate, leptos_context, mail_outbox, observability, same_account,
    sessions, state::AppState, static_files::StaticFiles, typed, uploads, whole, ws,
};

/// Returns the whole server as one service.
pub fn router(state: AppState, site: &StaticFiles) -> Router {
    let identify = from_fn_with_state((state.domain.clone(), state.proxies.clone()), sessions::identify);
    let bring = from_fn_with_state(state.domain.clone(), typed::bring);
    let context = leptos_context::context(&state.domain, &state.public_url, &state.proxies, state.outbox.is_some());
    let shell = {
        let options = state.leptos.clone();
        move || app::shell::shell(options.clone())
    };

    let pages = Router::new()
        .leptos_routes_with_context(&state, page_routes(), context.clone(), shell)
        .merge(same_account::functions(&state, context.clone()))
        .layer(from_fn(isolate))
        .layer(from_fn(observability::supervise))
        .layer(bring)
        .layer(from_fn(border::check_body))
        .layer(identify.clone());
    // A path that is neither a page nor a file is drawn as "not found", for the signed-in user.
    let not_found = ErrorHandler::new_with_context(context, app::shell::shell, state.leptos.clone());
    let not_found = Router::new()
        .fallback_service(not_found)
        .layer(from_fn(isolate))
        .layer(from_fn(observability::supervise))
        .layer(identify.clone());
    let files = Router::new()
        .fallback_service(site.files().fallback(not_found))
        .layer(from_fn_with_state(site.clone(), cache_files));

    let data = Router::new().route("/account/data.json", get(export::download)).layer(identify.clone());
    let mut compressed = pages.merge(data).fallback_service(files);
    if let Some(secret) = state.outbox.clone() {
        compressed = compressed.route("/outbox/{secret}", get(mail_outbox::page).layer(Extension(secret)));
    }
    let sockets = Router::new().route("/ws", get(ws::upgrade)).layer(identify.clone());

    let (proxies, public_url) = (state.proxies.clone(), state.public_url.clone());
    let all = compressed
        .layer(map_response(whole::count))
        .layer(CompressionLayer::new())
        .merge(sockets)
        // Without the compression layer: uploads are read in pieces, and pictures are compressed already.
        .merge(uploads::routes(&state).layer(identify))
        .layer(sessions::layer(&state.domain, &state.public_url))
        .layer(from_fn(sessions::remove_securely))
        // Does not query the database: it tells that the process is alive, not that everything works.
        .route("/healthz", get(async || "ok\n"))
        .layer(from_fn(border::check_address))
        .layer(from_fn_with_state(public_url.clone(), csrf::refuse_cross_site));
    let all = observability::catch(all).layer(from_fn_with_state(public_url, headers::headers));
    observability::observe(all.with_state(state), &proxies)
}

/// Returns the routes of pages. They are generated once per process: meanwhile, resources of all pages that are being
/// drawn are not loaded, including pages of another server in the process, as in tests.
fn page_routes() -> Vec<AxumRouteListing> {
    static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));
    ROUTES.clone()
}

/// Sets how long browsers may cache a file.
async fn cache_files(State(site): State<StaticFiles>, request: Request, next: Next) -> Response {
    let keep = site.cache_control(request.uri().path());
    let is_worker = request.uri().path() == "/sw.js";
    let mut response = next.run(request).await;
    if matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT) {
        response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(keep));
    }
    if is_worker {
        // A service worker is bound by the policy of its own file, and it fetches whatever the page fetches.
        let policy = HeaderValue::from_static("default-src 'none'; connect-src 'self'; base-uri 'none'");
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}
