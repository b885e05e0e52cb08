//! Pictures of people: taking one from a form or a script, and showing it.

mod memory;

use std::{
    future::ready,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::api::profile::{FILE, PAGE, SAVED, UPLOAD, refused_page};
use axum::{
    BoxError, Extension, Json, Router,
    body::Body,
    extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Multipart, Path, Request, State},
    http::{
        StatusCode,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap},
        request::Parts,
    },
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{
    Actor, Domain,
    rate_limit::{LimitedAction, RateLimitKey},
    users::pictures::MAPPED,
};
use futures::{StreamExt, TryStreamExt, stream::unfold};
use protocol::{Error, ErrorKind, Field, PictureId, UserSummary, limits::PICTURE_MAX_BYTES};
use tokio::{sync::OwnedSemaphorePermit, task::yield_now, time::timeout};

use self::memory::Turn;
pub use self::memory::Uploads;
use crate::{refusal, same_account, state::AppState};

/// What a form may have around the file, in bytes.
const AROUND: u64 = 64 * 1024;
/// What is read of a body that is not taken before it is answered, in bytes, and thrown away: a browser that is still
/// sending does not listen, and would show a broken connection instead of the answer.
const HEARD_OUT: u64 = 100 * 1024 * 1024;
/// How long a file may take. A phone with a megabit a second needs three minutes for the largest.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long a file may wait until there is memory for it.
const WAIT: Duration = Duration::from_secs(60);
/// When it is worth trying again, in seconds, after that, and while the same person sends another file.
const AGAIN: u32 = 10;

/// Where pictures are sent, and where they are.
pub fn routes(state: &AppState) -> Router<AppState> {
    // What is read is counted here, see `read`.
    let upload = || Router::new().route(UPLOAD, post(take).layer(DefaultBodyLimit::disable()));
    upload().merge(same_account::tied(state, upload())).route("/picture/{id}/{size}", get(show))
}

/// Shows a picture to somebody who is signed in.
async fn show(
    State(domain): State<Domain>,
    actor: Option<Extension<Actor>>,
    Path((id, size)): Path<(String, String)>,
) -> Response {
    let (Some(Extension(actor)), Ok(id), Ok(size)) = (actor, id.parse::<PictureId>(), size.parse()) else {
        return nothing();
    };
    match domain.profiles().picture(&actor, id, size).await {
        // Another picture has another id: what a browser has is right for ever. But it is for nobody else.
        Ok(Some(jpeg)) => {
            let headers = [(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, "private, max-age=31536000, immutable")];
            (headers, jpeg).into_response()
        }
        Ok(None) => nothing(),
        Err(failure) => refusal::json(&failure.into_wire()),
    }
}

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], "There is nothing at this address.\n").into_response()
}

/// Takes a picture, and answers as a server function does.
async fn take(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    actor: Option<Extension<Actor>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let is_plain_form = accepts_html(&parts.headers);
    let taken = match actor {
        Some(Extension(actor)) => store(&state, peer, actor, parts, body).await,
        None => {
            hear_out(body).await;
            Err(ErrorKind::Unauthenticated.into())
        }
    };
    match taken {
        Ok(_) if is_plain_form => Redirect::to(SAVED).into_response(),
        Err(error) if is_plain_form && error.kind == ErrorKind::Unauthenticated => {
            Redirect::to(&format!("/sign-in?next={PAGE}")).into_response()
        }
        Err(error) if is_plain_form => Redirect::to(&refused_page(&error)).into_response(),
        Ok(card) => ([(CACHE_CONTROL, "no-store")], Json(card)).into_response(),
        Err(error) => refusal::json(&error),
    }
}

async fn store(
    state: &AppState,
    peer: SocketAddr,
    actor: Actor,
    parts: Parts,
    body: Body,
) -> Result<UserSummary, Error> {
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    // Of what is sent in pieces nobody knows how much it will be.
    let length = length.unwrap_or(body_max());
    let admitted = admit(state, peer, actor, &parts, length).await;
    // Held until the picture is made: until then the file is in memory.
    let (_turn, _room) = match admitted {
        Ok(admitted) => admitted,
        Err(error) => {
            hear_out(body).await;
            return Err(error);
        }
    };
    let file = timeout(PATIENCE, read(parts, body, length)).await.map_err(|_| ErrorKind::Unavailable)??;
    state.domain.profiles().set_picture(&actor, file).await.map_err(|failure| failure.into_wire())
}

/// Whether a file may be sent now: before anything of it is read.
async fn admit(
    state: &AppState,
    peer: SocketAddr,
    actor: Actor,
    parts: &Parts,
    length: u64,
) -> Result<(Turn, OwnedSemaphorePermit), Error> {
    let address = RateLimitKey::Address(state.proxies.client(peer.ip(), &parts.headers));
    state
        .domain
        .limit(LimitedAction::Upload, [address, RateLimitKey::User(actor.user)])
        .map_err(|failure| failure.into_wire())?;
    if length > body_max() {
        return Err(too_large());
    }
    let busy = || Error::from(ErrorKind::RateLimited { retry_after: AGAIN });
    let turn = state.uploads.turn(actor.user).ok_or_else(busy)?;
    let room = timeout(WAIT, state.uploads.room(length)).await.ok().flatten().ok_or_else(busy)?;
    Ok((turn, room))
}

/// Reads the file in a form of so many bytes.
async fn read(parts: Parts, body: Body, length: u64) -> Result<Vec<u8>, Error> {
    let is_over = Arc::new(AtomicBool::new(false));
    let body = bounded(body, body_max(), Arc::clone(&is_over));
    let file = file_in(Request::from_parts(parts, body), length).await;
    if is_over.load(Ordering::Relaxed) { Err(too_large()) } else { file }
}

/// The body as far as it may go. What comes after is heard and not kept.
fn bounded(body: Body, max: u64, is_over: Arc<AtomicBool>) -> Body {
    let mut heard = 0_u64;
    // One at a time: whoever reads a form takes into memory what is there, and on a fast line that would be all of it.
    // The end comes by itself, too: multer 3.1 does not look any more at what comes together with it.
    let chunks = unfold(body.into_data_stream(), |mut rest| async move {
        yield_now().await;
        Some((rest.next().await?, rest))
    });
    Body::from_stream(chunks.map_err(BoxError::from).try_filter_map(move |chunk| {
        heard = heard.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if heard > max {
            is_over.store(true, Ordering::Relaxed);
        }
        ready(if heard > HEARD_OUT {
            Err("the body goes on and on".into())
        } else {
            Ok((heard <= max).then_some(chunk))
        })
    }))
}

/// Reads what is not wanted, so that whoever sends it hears the answer.
pub async fn hear_out(body: Body) {
    let mut rest = bounded(body, 0, Arc::default()).into_data_stream();
    let hear = async { while let Some(Ok(_)) = rest.next().await {} };
    // Who sends that slowly hears nothing.
    let _ = timeout(PATIENCE, hear).await;
}

/// The largest body, in bytes.
fn body_max() -> u64 {
    u64::from(PICTURE_MAX_BYTES) + AROUND
}

fn too_large() -> Error {
    ErrorKind::TooLarge { max: PICTURE_MAX_BYTES }.on(Field::Picture)
}

/// The file in a form.
async fn file_in(form: Request, length: u64) -> Result<Vec<u8>, Error> {
    let malformed = || ErrorKind::Malformed.on(Field::Request);
    let mut form = Multipart::from_request(form, &()).await.map_err(|_| malformed())?;
    let mut file = None;
    // To the end, whatever else is in it: the answer is for who has sent everything.
    while let Some(mut field) = form.next_field().await.map_err(|_| malformed())? {
        let is_wanted = file.is_none() && field.name() == Some(FILE);
        let mut content = if is_wanted { memory(length)? } else { Vec::new() };
        while let Some(chunk) = field.chunk().await.map_err(|_| malformed())? {
            if is_wanted {
                content.extend_from_slice(&chunk);
            }
        }
        if is_wanted {
            file = Some(content);
        }
    }
    file.ok_or_else(|| ErrorKind::Required.on(Field::Picture))
}

/// Memory for a file of so many bytes at most, which goes back to the system afterwards.
fn memory(length: u64) -> Result<Vec<u8>, Error> {
    let length = usize::try_from(length).map_err(|_| ErrorKind::Unavailable)?;
    let mut memory = Vec::new();
    memory.try_reserve_exact(length.max(MAPPED)).map_err(|_| ErrorKind::Unavailable)?;
    Ok(memory)
}

/// Whether the browser itself posted a form and will show what it gets.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}
