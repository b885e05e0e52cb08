//! Binds requests to the account that their page was drawn for.
//!
//! All tabs of a browser share one session. When another user signs in, in another tab or by a link from a mail,
//! requests of a page that was drawn for the former user would run as the new one. So forms and scripts of a page send
//! requests to paths below [`acting_as`](app::api::form_values::acting_as) its account, and such a request from a
//! session of another account is refused before anything else. A page that was drawn without a signed-in user uses the
//! paths as they are.

use app::words::server::NOT_SENT;
use axum::{
    Extension, Form, Router,
    extract::{FromRequest, Path, Request, State},
    http::header::CONTENT_TYPE,
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::post,
};
use domain::{Actor, Domain};
use leptos_axum::handle_server_fns_with_context;
use protocol::{Error, ErrorKind, UserId};
use serde::Deserialize;

use crate::{refusal, state::AppState, uploads};

/// The content type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// The account in the path of a request.
#[derive(Debug, Deserialize)]
struct Drawn {
    account: UserId,
}

/// The field of a refused form whose content is returned to the user.
#[derive(Debug, Default, Deserialize)]
struct Written {
    #[serde(default)]
    body: String,
}

/// Returns the routes of the server functions, for pages that were drawn for an account.
pub fn functions(state: &AppState, context: impl Fn() + Clone + Send + Sync + 'static) -> Router<AppState> {
    let call = move |request| handle_server_fns_with_context(context.clone(), request);
    tied(state, Router::new().route("/api/{*function}", post(call)))
}

/// Nests these routes below the path of each account.
pub fn tied(state: &AppState, routes: Router<AppState>) -> Router<AppState> {
    let refuse = from_fn_with_state(state.domain.clone(), refuse_other);
    Router::new().nest("/as/{account}", routes.layer(refuse))
}

/// Refuses a request from a page that was drawn for another account than the signed-in one. A session that ended is not
/// refused here: the handler of the request reports it.
async fn refuse_other(
    State(domain): State<Domain>,
    Path(Drawn { account }): Path<Drawn>,
    actor: Option<Extension<Actor>>,
    request: Request,
    next: Next,
) -> Response {
    match actor {
        Some(Extension(actor)) if actor.user != account => {
            let error = match domain.accounts().me(&actor).await {
                Ok(me) => ErrorKind::OtherAccount { username: me.user.username }.into(),
                Err(failure) => failure.into_wire(),
            };
            refuse(&error, request).await
        }
        _ => next.run(request).await,
    }
}

async fn refuse(error: &Error, request: Request) -> Response {
    let is_plain_form = refusal::accepts_html(request.headers());
    if is_plain_form && request.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == FORM) {
        let Form(Written { body }) = Form::from_request(request, &()).await.unwrap_or_default();
        return refusal::html(NOT_SENT, error, &body);
    }
    uploads::hear_out(request.into_body()).await;
    if is_plain_form { refusal::html(NOT_SENT, error, "") } else { refusal::json(error) }
}
