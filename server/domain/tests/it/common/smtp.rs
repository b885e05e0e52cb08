//! A small SMTP server that keeps what it is given: RFC 5321 as far as a client needs it to deliver.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

use super::until;

/// A recipient that is refused for good.
pub const NOBODY: &str = "nobody@example.org";

/// What was delivered.
#[derive(Clone, Debug)]
pub struct Received {
    /// How the client introduced itself.
    pub helo: String,
    pub from: String,
    pub to: Vec<String>,
    /// Headers and body, as they came, without the dots that SMTP adds.
    pub data: String,
}

impl Received {
    /// The data with the soft line breaks of quoted-printable undone (RFC 2045, section 6.7).
    pub fn text(&self) -> String {
        self.data.replace("=\r\n", "").replace("=3D", "=")
    }
}

#[derive(Debug, Default)]
struct State {
    received: Mutex<Vec<Received>>,
    is_down: AtomicBool,
}

/// The server. It ends when dropped.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    state: Arc<State>,
    server: AbortHandle,
}

impl SmtpSink {
    /// Listens on a free port of the loopback address.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let shared = state.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // While it is down, a connection is closed as soon as it is made.
                if !shared.is_down.load(Ordering::SeqCst) {
                    let state = shared.clone();
                    tokio::spawn(async move { serve(stream, &state).await });
                }
            }
        });
        Self { address, state, server: server.abort_handle() }
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn set_down(&self, is_down: bool) {
        self.state.is_down.store(is_down, Ordering::SeqCst);
    }

    pub fn received(&self) -> Vec<Received> {
        self.state.received.lock().unwrap().clone()
    }

    /// The first mail to an address, as soon as it is there.
    pub async fn mail_to(&self, address: &str) -> Received {
        let find = async || self.received().into_iter().find(|mail| mail.to.iter().any(|to| to == address));
        until(&format!("a mail to {address} over SMTP"), find).await
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// One connection. `None` when the client is gone.
async fn serve(stream: TcpStream, state: &State) -> Option<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).split(b'\n');
    let mut say = async |reply: &str| writer.write_all(format!("{reply}\r\n").as_bytes()).await.ok();
    let (mut helo, mut from, mut to) = (String::new(), String::new(), Vec::new());
    say("220 sink.example.org ESMTP").await?;
    loop {
        let line = String::from_utf8(lines.next_segment().await.ok()??).ok()?;
        let line = line.trim_end();
        if state.is_down.load(Ordering::SeqCst) {
            say("421 closing").await?;
            return None;
        }
        let (verb, rest) = line.split_once([' ', ':']).unwrap_or((line, ""));
        let address = || rest.split_once('<').and_then(|(_, r)| r.split_once('>')).map(|(a, _)| a.to_owned());
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                helo = rest.to_owned();
                say("250-sink.example.org\r\n250 8BITMIME").await?;
            }
            "HELO" | "NOOP" => say("250 OK").await?,
            "RSET" => {
                to.clear();
                say("250 OK").await?;
            }
            "MAIL" => {
                from = address()?;
                to.clear();
                say("250 OK").await?;
            }
            "RCPT" if address()? == NOBODY => say("550 no such user here").await?,
            "RCPT" => {
                to.push(address()?);
                say("250 OK").await?;
            }
            "DATA" => {
                say("354 go ahead").await?;
                let mut data = String::new();
                loop {
                    let line = String::from_utf8(lines.next_segment().await.ok()??).ok()?;
                    if line == ".\r" {
                        break;
                    }
                    data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    data.push('\n');
                }
                let mail = Received { helo: helo.clone(), from: from.clone(), to: std::mem::take(&mut to), data };
                state.received.lock().unwrap().push(mail);
                say("250 kept").await?;
            }
            "QUIT" => {
                say("221 bye").await?;
                return None;
            }
            _ => say("502 not implemented").await?,
        }
    }
}
