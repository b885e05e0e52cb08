//! Pictures of people: taking one from a form or a script, and showing it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use app::api::profile::{FILE, PAGE, SAVED, UPLOAD, refused_page};
use axum::{
    Extension, Json, Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Multipart, Path, Request, State as Of},
    http::{
        StatusCode,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderMap},
        request::Parts,
    },
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{
    Actor, Domain,
    limits::{Deed, Subject},
};
use futures::StreamExt;
use protocol::{Error, ErrorKind, Field, PictureId, UserCard, limits::PICTURE_MAX_BYTES};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{refusal, router::State};

/// What a form may have around the file, in bytes.
const AROUND: usize = 64 * 1024;
/// What is read of a body that is too large before it is answered, in bytes, and thrown away: a browser that is still
/// sending does not listen, and would show a broken connection instead of the answer.
const HEARD_OUT: usize = 100 * 1024 * 1024;
/// How long a file may take. A phone with a megabit a second needs three minutes for the largest.
const PATIENCE: Duration = Duration::from_secs(300);
/// Memory is counted in pieces of so many bytes.
const PIECE: usize = 64 * 1024;
/// All files that are being read may take so many pieces at a time: 128 MiB.
const PIECES: usize = 2_048;

/// The memory in which files are read.
#[derive(Clone, Debug)]
pub struct Uploads(Arc<Semaphore>);

impl Default for Uploads {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(PIECES)))
    }
}

/// Where pictures are sent, and where they are.
pub fn routes() -> Router<State> {
    Router::new()
        // What is read is counted here, see `read`.
        .route(UPLOAD, post(take).layer(DefaultBodyLimit::disable()))
        .route("/picture/{id}/{size}", get(show))
}

/// Shows a picture to somebody who is signed in.
async fn show(
    Of(domain): Of<Domain>,
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
    Of(state): Of<State>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    actor: Option<Extension<Actor>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let is_plain_form = accepts_html(&parts.headers);
    let taken = match actor {
        Some(Extension(actor)) => store(&state, peer, actor, parts, body).await,
        None => Err(ErrorKind::Unauthenticated.into()),
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

async fn store(state: &State, peer: SocketAddr, actor: Actor, parts: Parts, body: Body) -> Result<UserCard, Error> {
    let address = Subject::Address(state.proxies.client(peer.ip(), &parts.headers));
    let domain = &state.domain;
    domain.limit(Deed::Upload, [address, Subject::User(actor.user)]).map_err(|failure| failure.into_wire())?;
    let read = timeout(PATIENCE, read(body, &state.uploads)).await;
    // Held until the picture is made: until then the file is in memory.
    let (form, _room) = read.map_err(|_| ErrorKind::Unavailable)??;
    let photo = file_in(parts, form).await?;
    domain.profiles().set_picture(&actor, photo).await.map_err(|failure| failure.into_wire())
}

/// Reads a body, as far as it may go and there is memory.
async fn read(body: Body, uploads: &Uploads) -> Result<(Vec<u8>, Vec<OwnedSemaphorePermit>), Error> {
    let max = usize::try_from(PICTURE_MAX_BYTES).unwrap_or(usize::MAX).saturating_add(AROUND);
    let (mut form, mut heard, mut room) = (Vec::new(), 0_usize, Vec::new());
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        // The connection broke: nobody hears the answer.
        let chunk = chunk.map_err(|_| ErrorKind::Unavailable)?;
        heard = heard.saturating_add(chunk.len());
        if heard > HEARD_OUT {
            break;
        }
        if heard > max {
            (form, room) = (Vec::new(), Vec::new());
            continue;
        }
        while room.len() * PIECE < heard {
            room.push(uploads.0.clone().try_acquire_owned().map_err(|_| ErrorKind::Unavailable)?);
        }
        form.extend_from_slice(&chunk);
    }
    if heard > max { Err(ErrorKind::TooLarge { max: PICTURE_MAX_BYTES }.on(Field::Picture)) } else { Ok((form, room)) }
}

/// The file in a form.
async fn file_in(parts: Parts, form: Vec<u8>) -> Result<Bytes, Error> {
    let malformed = || ErrorKind::Malformed.on(Field::Request);
    let request = Request::from_parts(parts, Body::from(form));
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
    while let Some(field) = form.next_field().await.map_err(|_| malformed())? {
        if field.name() == Some(FILE) {
            return field.bytes().await.map_err(|_| malformed());
        }
    }
    Err(ErrorKind::Required.on(Field::Picture))
}

/// Whether the browser itself posted a form and will show what it gets.
fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}
