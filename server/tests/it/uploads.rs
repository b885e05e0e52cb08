//! Memory for files that are sent: how much there is, who has to wait for it, and that it goes back.

use std::{net::SocketAddr, time::Duration};

use axum::http::StatusCode;
use image::{ImageFormat, Rgb, RgbImage};
use protocol::{Error, ErrorKind, limits::PICTURE_MAX_BYTES};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

use crate::support::{Browser, Program, TestServer, until};

const UPLOAD: &str = "/api/picture";
const JSON: &str = "application/json";

/// How long an answer may take: an unoptimised server reads some megabytes a second.
const ANSWER: Duration = Duration::from_secs(300);

/// A photo in a file of so many bytes, as with the video of a "live" photo.
fn photo(bytes: usize) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let image =
        RgbImage::from_fn(1_200, 1_000, |x, y| Rgb([0, 8, 16].map(|shift| ((x * y) >> shift).to_le_bytes()[0])));
    image.write_to(&mut file, ImageFormat::Jpeg).unwrap();
    let mut file = file.into_inner();
    assert!(file.len() < bytes);
    file.resize(bytes, 0);
    file
}

/// An upload of which a part is on its way.
struct Begun {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Begun {
    /// Sends the head, and so many bytes of the form.
    async fn new(browser: &Browser, file: &[u8], sent: usize) -> Self {
        Self::with_header(browser, file, sent, "").await
    }

    /// Sends the head, and waits until the server asks for the form: from then on it is this one's turn.
    async fn at_it(browser: &Browser, file: &[u8]) -> Self {
        const GO_ON: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
        let mut begun = Self::with_header(browser, file, 0, "expect: 100-continue\r\n").await;
        let mut answer = [0; GO_ON.len()];
        timeout(ANSWER, begun.stream.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(answer, GO_ON);
        begun
    }

    async fn with_header(browser: &Browser, file: &[u8], sent: usize, header: &str) -> Self {
        let form = [
            b"--edge\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"p.jpg\"\r\n\r\n".as_slice(),
            file,
            b"\r\n--edge--\r\n",
        ]
        .concat();
        let head = format!(
            "POST {UPLOAD} HTTP/1.1\r\nhost: {}\r\norigin: {}\r\ncookie: {}\r\naccept: {JSON}\r\nconnection: close\r\n{header}\
             content-type: multipart/form-data; boundary=edge\r\ncontent-length: {}\r\n\r\n",
            browser.address,
            browser.origin(),
            browser.cookie_header(),
            form.len()
        );
        let mut stream = TcpStream::connect(browser.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&form[..sent]).await.unwrap();
        Self { stream, rest: form[sent..].to_vec() }
    }

    /// Sends the rest. The answer's status.
    async fn end(mut self) -> u16 {
        self.stream.write_all(&self.rest).await.unwrap();
        let mut answer = String::new();
        timeout(ANSWER, self.stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

/// What the system says about a process, in MiB.
fn memory(process: u32, what: &str) -> i64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<i64>().unwrap() / 1024
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_large_files_at_once_stay_in_their_memory_and_give_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &[("RATE_LIMITS", "off")]).await;
    let mut people = Vec::new();
    for n in 0..20 {
        let mut browser = program.browser();
        browser.sign_up(&format!("person{n}")).await;
        people.push(browser);
    }
    let file = photo(19 * 1024 * 1024);
    // What one of them takes anyway: the program's code for pictures, threads, pools.
    assert_eq!(Begun::new(&people[0], &file, 0).await.end().await, 200);

    let process = program.id();
    let before = memory(process, "VmRSS:");
    std::fs::write(format!("/proc/{process}/clear_refs"), "5").unwrap();
    let mut uploads = JoinSet::new();
    for browser in &people {
        uploads.spawn(Begun::new(browser, &file, 0).await.end());
    }
    let answers = uploads.join_all().await;
    // Those for which there was no memory waited, as long as one can be asked to.
    assert!(answers.iter().all(|status| [200, 429].contains(status)), "{answers:?}");
    assert!(answers.iter().filter(|status| **status == 200).count() >= 4, "{answers:?}");
    let peak = memory(process, "VmHWM:") - before;
    // Four files, one of them copied by its decoder, and their connections.
    assert!(peak < 144, "{peak} MiB at the peak");
    let kept = || memory(process, "VmRSS:") - before;
    for _ in 0..500 {
        if kept() < 64 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(kept() < 64, "{} MiB are kept, {peak} MiB at the peak", kept());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sends_one_file_at_a_time() {
    // Without limits on requests, which the attempts at the end could use up.
    let server = TestServer::with(|config| config.limits = false).await;
    let (mut ada, mut ben) = (server.with_user("ada").await, server.with_user("ben").await);
    let file = super::pictures::photo();
    let begun = Begun::at_it(&ada, &file).await;
    let answer = ada.upload(UPLOAD, "picture", &file, JSON).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.body);
    assert_eq!(answer.header("retry-after"), "10");
    let error: Error = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(error.kind, ErrorKind::RateLimited { retry_after: 10 });
    assert_eq!(ben.upload(UPLOAD, "picture", &file, JSON).await.status, StatusCode::OK);
    assert_eq!(begun.end().await, 200);
    assert_eq!(ada.upload(UPLOAD, "picture", &file, JSON).await.status, StatusCode::OK);
    // Nor does one that was given up hold anything.
    drop(Begun::new(&ada, &file, 40).await);
    until("the turn to be over", async || {
        (ada.upload(UPLOAD, "picture", &file, JSON).await.status == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_slowly_lets_small_files_pass_and_large_ones_wait() {
    let server = TestServer::with(|config| config.limits = false).await;
    let file = photo(usize::try_from(PICTURE_MAX_BYTES).unwrap());
    let mut slow = Vec::new();
    for n in 0..4 {
        slow.push(Begun::new(&server.with_user(&format!("slow{n}")).await, &file, 1_000).await);
    }
    let (mut ada, ben) = (server.with_user("ada").await, server.with_user("ben").await);
    let waiting = Begun::new(&ben, &file, 1_000).await;
    let waiting = tokio::spawn(waiting.end());
    let small = super::pictures::photo();
    for _ in 0..3 {
        assert_eq!(ada.upload(UPLOAD, "picture", &small, JSON).await.status, StatusCode::OK);
    }
    assert!(!waiting.is_finished());
    let last = slow.pop().unwrap();
    // Given up: the next one's turn.
    drop(last);
    assert_eq!(waiting.await.unwrap(), 200);
    for begun in slow {
        assert_eq!(begun.end().await, 200);
    }
}

/// Who sends without saying how much is counted as one who sends the most.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_in_pieces_has_the_same_limits() {
    let server = TestServer::start().await;
    let ada = server.with_user("ada").await;
    let send = async |address: SocketAddr, bytes: usize| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST {UPLOAD} HTTP/1.1\r\nhost: {}\r\norigin: {}\r\ncookie: {}\r\naccept: {JSON}\r\nconnection: close\r\n\
             content-type: multipart/form-data; boundary=edge\r\ntransfer-encoding: chunked\r\n\r\n",
            ada.address,
            ada.origin(),
            ada.cookie_header(),
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let part = b"--edge\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"p.jpg\"\r\n\r\n";
        let file = photo(bytes);
        for piece in [part.as_slice(), &file, b"\r\n--edge--\r\n"].concat().chunks(1024 * 1024) {
            let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
            stream.write_all(&chunk).await.unwrap();
        }
        stream.write_all(b"0\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        timeout(ANSWER, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        answer.split(' ').nth(1).unwrap().parse::<u16>().unwrap()
    };
    assert_eq!(send(ada.address, 5 * 1024 * 1024).await, 200);
    assert_eq!(send(ada.address, 40 * 1024 * 1024).await, 413);
}
