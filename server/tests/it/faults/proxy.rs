//! A proxy before PostgreSQL that can go silent, or lose an answer.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Stands between a node and its database.
#[derive(Debug)]
pub struct Proxy {
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The next connection that says one of these words …
    trap: std::sync::Mutex<Option<(&'static [u8], Trap)>>,
    /// Connections that have come.
    accepted: AtomicUsize,
    /// What connections do while this is set: take what comes, and answer nothing.
    is_silent: AtomicBool,
}

/// … has this happen to it.
#[derive(Clone, Copy, Debug)]
pub enum Trap {
    /// The word never arrives, and nothing comes back, now or later; nothing is closed.
    Silence,
    /// The word arrives; its answer is lost with the connection.
    LoseAnswer,
}

impl Proxy {
    /// A proxy before the server of this address.
    pub async fn before(url: &str) -> (Self, String) {
        let (head, rest) = url.split_once("@").expect("an address with a user");
        let (server, path) = rest.split_once('/').expect("an address with a database");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        tokio::spawn(accept(listener, server.to_owned(), state.clone()));
        let mut through = format!("{head}@127.0.0.1:{port}/{path}");
        through.push_str(if through.contains('?') { "&sslmode=disable" } else { "?sslmode=disable" });
        (Self { state }, through)
    }

    /// Has this happen to the next connection that says `word`.
    pub fn set_trap(&self, word: &'static [u8], trap: Trap) {
        *self.state.trap.lock().unwrap() = Some((word, trap));
    }

    /// Whether the trap has sprung.
    pub fn has_sprung(&self) -> bool {
        self.state.trap.lock().unwrap().is_none()
    }

    /// Whether everything that comes now is met with silence.
    pub fn set_silent(&self, is_silent: bool) {
        self.state.is_silent.store(is_silent, Ordering::Release);
    }

    /// How many connections have come.
    pub fn accepted(&self) -> usize {
        self.state.accepted.load(Ordering::Acquire)
    }
}

async fn accept(listener: TcpListener, server: String, state: Arc<State>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { return };
        state.accepted.fetch_add(1, Ordering::AcqRel);
        tokio::spawn(carry(client, server.clone(), state.clone()));
    }
}

async fn carry(mut client: TcpStream, server: String, state: Arc<State>) {
    let mut server = TcpStream::connect(server).await.unwrap();
    let (mut from_client, mut from_server) = ([0; 16 * 1024], [0; 16 * 1024]);
    loop {
        tokio::select! {
            read = client.read(&mut from_client) => {
                let Ok(n @ 1..) = read else { return };
                let said = &from_client[..n];
                if state.is_silent.load(Ordering::Acquire) {
                    return keep_silent(client, server).await;
                }
                match state.spring(said) {
                    Some(Trap::Silence) => return keep_silent(client, server).await,
                    Some(Trap::LoseAnswer) => {
                        server.write_all(said).await.unwrap();
                        // The answer is there, so the server has done it.
                        let _ = server.read(&mut from_server).await;
                        return;
                    }
                    None => {}
                }
                if server.write_all(said).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut from_server) => {
                let Ok(n @ 1..) = read else { return };
                if client.write_all(&from_server[..n]).await.is_err() {
                    return;
                }
            }
        }
    }
}

impl State {
    /// Whether what was said has the trap's word, which then is used up.
    fn spring(&self, said: &[u8]) -> Option<Trap> {
        let mut trap = self.trap.lock().unwrap();
        let (word, what) = (*trap)?;
        said.windows(word.len()).any(|part| part == word).then(|| {
            *trap = None;
            what
        })
    }
}

/// Reads what the client says, for ever, and holds the server's side open.
async fn keep_silent(mut client: TcpStream, server: TcpStream) {
    let mut ignored = [0; 1024];
    while let Ok(1..) = client.read(&mut ignored).await {}
    drop(server);
}
