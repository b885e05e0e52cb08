//! Pictures over HTTP: who may send them and who sees them, from forms and from scripts.

use app::words;
use axum::http::{Method, StatusCode};
use image::{ImageFormat, Rgb, RgbImage, load_from_memory};
use protocol::{
    Error, ErrorKind, Field, UserSummary,
    limits::{BIO_MAX, PICTURE_MAX_BYTES},
    live::ServerFrame,
    profile::picture_path,
};

use crate::support::{Browser, TestServer};

const HTML: &str = "text/html";
const JSON: &str = "application/json";
const UPLOAD: &str = "/api/picture";

pub fn photo() -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    RgbImage::from_pixel(60, 40, Rgb([200, 30, 30])).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

async fn set(browser: &mut Browser) -> UserSummary {
    let answer = browser.upload(UPLOAD, "picture", &photo(), JSON).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

async fn refusal(browser: &mut Browser, field: &str, file: &[u8]) -> (u16, Error) {
    let answer = browser.upload(UPLOAD, field, file, JSON).await;
    let status = answer.status.as_u16();
    (status, serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{status} {e}: {}", answer.body)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_signed_in_sees_a_picture() {
    let server = TestServer::start().await;
    let (mut ada, mut ben) = (server.with_user("ada").await, server.with_user("ben").await);
    let id = set(&mut ada).await.picture.unwrap();
    for size in [96, 512] {
        let path = picture_path(id, size);
        let headers = [("accept", "image/*"), ("accept-encoding", "gzip, br"), ("sec-fetch-site", "same-origin")];
        let answer = ben.request(Method::GET, &path, &headers, "").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "image/jpeg");
        assert_eq!(answer.header("cache-control"), "private, max-age=31536000, immutable");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("content-encoding"), "", "a JPEG is compressed as it is");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"));
        assert_eq!(load_from_memory(&answer.bytes).unwrap().width(), size);
        assert_eq!(server.browser().get(&path).await.status, StatusCode::NOT_FOUND);
    }
    for path in ["/picture/x/96", "/picture/x", &picture_path(id, 97), &format!("/picture/{id}/-1"), "/picture/"] {
        assert_eq!(ben.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // Another picture is at another address.
    let second = set(&mut ada).await.picture.unwrap();
    assert_ne!(id, second);
    let gone = ben.get(&picture_path(id, 96)).await;
    assert_eq!((gone.status, gone.header("cache-control")), (StatusCode::NOT_FOUND, "no-store"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_picture_is_refused_in_words() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let unsupported = ErrorKind::Unsupported.on(Field::Picture);
    for file in [b"a text".as_slice(), b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", &photo()[..80]] {
        assert_eq!(refusal(&mut ada, "picture", file).await, (422, unsupported.clone()));
    }
    let required = ErrorKind::Required.on(Field::Picture);
    assert_eq!(refusal(&mut ada, "picture", b"").await, (422, required.clone()));
    assert_eq!(refusal(&mut ada, "another", &photo()).await, (422, required));
    let no_form = [("accept", JSON), ("content-type", "image/png")];
    let answer = ada.request(Method::POST, UPLOAD, &no_form, photo()).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    let torn = [("accept", JSON), ("content-type", "multipart/form-data; boundary=edge")];
    let answer =
        ada.request(Method::POST, UPLOAD, &torn, "--edge\r\ncontent-disposition: form-data; name=\"pict").await;
    assert_eq!(answer.status, 422, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_too_large_is_heard_out_and_refused() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let max = usize::try_from(PICTURE_MAX_BYTES).unwrap();
    let mut file = photo();
    file.resize(max, 0);
    let answer = ada.upload(UPLOAD, "picture", &file, JSON).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let too_large = ErrorKind::TooLarge { max: PICTURE_MAX_BYTES }.on(Field::Picture);
    for more in [1, 1_000_000] {
        file.resize(max + more, 0);
        assert_eq!(refusal(&mut ada, "picture", &file).await, (413, too_large.clone()));
    }
    // Other addresses keep their limit.
    let other = ada.upload("/api/profile_update", "picture", &file[..200_000], JSON).await;
    assert_eq!(other.status, 413);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_send_one() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let mut nobody = server.browser();
    assert_eq!(refusal(&mut nobody, "picture", &photo()).await.0, 401);
    let answer = nobody.upload(UPLOAD, "picture", &photo(), HTML).await;
    assert_eq!(answer.location(), "/sign-in?next=/settings/profile");
    let evil = [
        ("accept", HTML),
        ("content-type", "multipart/form-data; boundary=edge"),
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    assert_eq!(ada.request(Method::POST, UPLOAD, &evil, "--edge--").await.status, 403);

    // So many at once, and then with time.
    for _ in 0..20 {
        set(&mut ada).await;
    }
    let (status, error) = refusal(&mut ada, "picture", &photo()).await;
    assert_eq!(status, 429);
    assert!(matches!(error.kind, ErrorKind::RateLimited { retry_after: 1..=30 }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_scripts_a_form_sends_it_and_says_what_is_wrong() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let page = ada.get("/settings/profile").await;
    assert!(page.body.contains("enctype=\"multipart/form-data\""), "{}", page.body);

    let answer = ada.upload(UPLOAD, "picture", b"a text", HTML).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = ada.get(answer.location()).await;
    let unsupported = words::error(&ErrorKind::Unsupported.on(Field::Picture));
    assert!(page.body.contains(&*unsupported), "{}", page.body);

    let answer = ada.upload(UPLOAD, "picture", &photo(), HTML).await;
    assert_eq!(answer.location(), "/settings/profile?saved=1");
    let page = ada.get(answer.location()).await;
    assert!(page.body.contains(words::SAVED), "{}", page.body);
    assert!(page.body.contains("src=\"/picture/"), "{}", page.body);

    let answer = ada.post("/settings/profile", "/api/picture_remove", &[]).await;
    let page = ada.get(answer.location()).await;
    assert!(!page.body.contains("src=\"/picture/"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_is_kept_when_it_is_refused() {
    let server = TestServer::start().await;
    let mut ada = server.with_user("ada").await;
    let long = format!("Numbers </textarea><b> {}", "x".repeat(300));
    let form = [("display_name", "Ada King"), ("pronouns", "she/her"), ("bio", long.as_str())];
    let answer = ada.post("/settings/profile", "/api/profile_update", &form).await;
    let page = ada.get(answer.location()).await;
    let too_long = words::error(&ErrorKind::TooLong { max: BIO_MAX }.on(Field::Bio));
    for text in [&*too_long, "value=\"Ada King\"", "Numbers &lt;/textarea&gt;&lt;b&gt;"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let form = [("display_name", "Ada King"), ("pronouns", "she/her"), ("bio", "Numbers")];
    let answer = ada.post("/settings/profile", "/api/profile_update", &form).await;
    assert_eq!(answer.location(), "/settings/profile?saved=1");
    let page = ada.get(answer.location()).await;
    for text in [words::SAVED, "value=\"Ada King\"", "value=\"she/her\"", ">Numbers</textarea>"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_hear_of_it_live() {
    let server = TestServer::start().await;
    let (mut ada, mut ben) = (server.with_user("ada").await, server.with_user("ben").await);
    ben.start_direct("ada").await;
    let mut live = ben.live().await;
    let form = [("display_name", "Ada King"), ("pronouns", ""), ("bio", "")];
    ada.post("/settings/profile", "/api/profile_update", &form).await;
    let heard = |frame: &ServerFrame| match frame {
        ServerFrame::UsersChanged { people } => people.first().cloned(),
        _ => None,
    };
    let card = live.expect("a card", heard).await;
    assert_eq!((card.name(), card.picture), ("Ada King", None));
    let set = set(&mut ada).await;
    assert_eq!(live.expect("a card", heard).await, set);
}
