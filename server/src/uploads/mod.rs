//! Users' pictures: uploading one from a form or a script, and serving it.

mod memory;

use std::{
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::{
    api::profile::{FILE, PAGE, SAVED, UPLOAD, refused_page},
    words::server::NOTHING_HERE,
};
use axum::{
    BoxError, Extension, Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE},
        request::Parts,
    },
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{Actor, Domain, rate_limit::LimitedAction, users::pictures::MAPPED};
use futures::{StreamExt, TryStreamExt, stream::unfold};
use protocol::{Error, ErrorKind, Field, PictureId, UserSummary, limits::PICTURE_MAX_BYTES};
use tokio::{sync::OwnedSemaphorePermit, task::yield_now, time::timeout};

use self::memory::Turn;
pub use self::memory::Uploads;
use crate::{refusal, same_account, state::AppState};

/// The most bytes that a form may have around the file.
const AROUND: u64 = 64 * 1024;
/// The most bytes that are read and discarded of a refused body, before it is answered: a browser that is still sending
/// does not read the answer, and would show a broken connection instead.
const HEARD_OUT: u64 = 100 * 1024 * 1024;
/// The longest that an upload may take. A phone with a megabit a second needs three minutes for the largest file.
const PATIENCE: Duration = Duration::from_secs(300);
/// The longest that a file may wait for memory.
const WAIT: Duration = Duration::from_secs(60);
/// The seconds until a retry after that, or while the same user sends another file.
const AGAIN: u32 = 10;

/// Returns the routes for uploading and serving pictures.
pub fn routes(state: &AppState) -> Router<AppState> {
    // The size is limited in `read`.
    let upload = || Router::new().route(UPLOAD, post(take).layer(DefaultBodyLimit::disable()));
    upload().merge(same_account::tied(state, upload())).route("/picture/{id}/{size}", get(show))
}

/// Serves a picture to a signed-in user.
async fn show(
    State(domain): State<Domain>,
    actor: Option<Extension<Actor>>,
    Path((id, size)): Path<(String, String)>,
) -> Response {
    let (Some(Extension(actor)), Ok(id), Ok(size)) = (actor, id.parse::<PictureId>(), size.parse()) else {
        return nothing();
    };
    match domain.profiles().picture(&actor, id, size).await {
        // A new picture has a new id, so a browser may cache this one forever. But other users may not.
        Ok(Some(jpeg)) => {
            let headers = [(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, "private, max-age=31536000, immutable")];
            (headers, jpeg).into_response()
        }
        Ok(None) => nothing(),
        Err(failure) => refusal::json(&failure.into_wire()),
    }
}

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], format!("{NOTHING_HERE}\n")).into_response()
}

/// Receives a picture, and responds as a server function does.
async fn take(State(state): State<AppState>, actor: Option<Extension<Actor>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let is_plain_form = refusal::accepts_html(&parts.headers);
    let taken = match actor {
        Some(Extension(actor)) => store(&state, actor, parts, body).await,
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
        Ok(user) => ([(CACHE_CONTROL, "no-store")], Json(user)).into_response(),
        Err(error) => refusal::json(&error),
    }
}

async fn store(state: &AppState, actor: Actor, parts: Parts, body: Body) -> Result<UserSummary, Error> {
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    // The length of a chunked body is unknown.
    let length = length.unwrap_or(body_max());
    let admitted = admit(state, actor, length).await;
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

/// Checks whether a file may be sent now, before anything of it is read.
async fn admit(state: &AppState, actor: Actor, length: u64) -> Result<(Turn, OwnedSemaphorePermit), Error> {
    // Counted here and not with the service that stores it, which would be after the file was read.
    state.domain.limit(&actor, LimitedAction::Upload).map_err(|failure| failure.into_wire())?;
    if length > body_max() {
        return Err(too_large());
    }
    let busy = || Error::from(ErrorKind::RateLimited { retry_after: AGAIN });
    let turn = state.uploads.turn(actor.user).ok_or_else(busy)?;
    let room = timeout(WAIT, state.uploads.room(length)).await.ok().flatten().ok_or_else(busy)?;
    Ok((turn, room))
}

/// Reads the file in a form of this many bytes.
async fn read(parts: Parts, body: Body, length: u64) -> Result<Vec<u8>, Error> {
    let is_over = Arc::new(AtomicBool::new(false));
    let body = bounded(body, body_max(), Arc::clone(&is_over));
    let file = file_in(Request::from_parts(parts, body), length).await;
    if is_over.load(Ordering::Relaxed) { Err(too_large()) } else { file }
}

/// Returns the body up to `max` bytes. The rest is read and discarded.
fn bounded(body: Body, max: u64, is_over: Arc<AtomicBool>) -> Body {
    let mut heard = 0_u64;
    // One chunk at a time: the parser of forms reads everything that is available into memory, and on a fast connection
    // that would be the whole body. The end comes separately, too: multer 3.1 does not look at data that arrives
    // together with it.
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

/// Reads and discards a body, so that its sender reads the response.
pub async fn hear_out(body: Body) {
    let mut rest = bounded(body, 0, Arc::default()).into_data_stream();
    let hear = async { while let Some(Ok(_)) = rest.next().await {} };
    // A client that sends too slowly gets no response.
    let _ = timeout(PATIENCE, hear).await;
}

/// Returns the size of the largest body, in bytes.
fn body_max() -> u64 {
    u64::from(PICTURE_MAX_BYTES) + AROUND
}

fn too_large() -> Error {
    ErrorKind::TooLarge { max: PICTURE_MAX_BYTES }.on(Field::Picture)
}

/// Reads the file from a form.
async fn file_in(form: Request, length: u64) -> Result<Vec<u8>, Error> {
    let malformed = || ErrorKind::Malformed.on(Field::Request);
    let mut form = Multipart::from_request(form, &()).await.map_err(|_| malformed())?;
    let mut file = None;
    // To the end, whatever else is in it: the client reads the response only after it has sent everything.
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

/// Allocates memory for a file of at most this many bytes. It is returned to the system when freed.
fn memory(length: u64) -> Result<Vec<u8>, Error> {
    let length = usize::try_from(length).map_err(|_| ErrorKind::Unavailable)?;
    let mut memory = Vec::new();
    memory.try_reserve_exact(length.max(MAPPED)).map_err(|_| ErrorKind::Unavailable)?;
    Ok(memory)
}
