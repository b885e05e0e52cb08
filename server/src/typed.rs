//! Restores the text of a refused plain form if it was too long for a cookie.

use app::api::{context::Kept, form_values::form_values_token};
use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use domain::{Actor, Domain};

/// Adds the text to the request's extensions as [`Kept`], and deletes it after a page took it.
pub async fn bring(State(domain): State<Domain>, mut request: Request, next: Next) -> Response {
    let token = if *request.method() == Method::GET {
        form_values_token(request.headers(), request.extensions().get::<Actor>().copied())
    } else {
        None
    };
    let Some(token) = token else { return next.run(request).await };
    let kept = match domain.sessions().kept(&token).await {
        Ok(text) => text.map(Kept::new),
        Err(failure) => {
            // The page is shown without it, which is better than no page.
            tracing::warn!(%failure, "what was typed could not be read");
            None
        }
    };
    if let Some(kept) = kept.clone() {
        request.extensions_mut().insert(kept);
    }
    let response = next.run(request).await;
    if kept.is_some_and(|kept| kept.is_taken())
        && let Err(failure) = domain.sessions().forget(&token).await
    {
        // It expires within a minute.
        tracing::debug!(%failure, "what was typed could not be forgotten");
    }
    response
}
