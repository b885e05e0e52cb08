//! A line to a service that a test cuts, stalls, or holds an answer on.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
};

use super::within;

/// A port of this machine from where everything goes on to a service.
#[derive(Debug)]
pub struct Line {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    flow: watch::Sender<Flow>,
    /// The question whose answer is held, until it is asked.
    question: Mutex<Option<Question>>,
    /// Whether an answer is held.
    held: watch::Sender<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Open,
    /// Connections stay, and new ones are taken, but no byte goes on.
    Stalled,
    Cut,
}

/// A statement with this text, asked with these bytes among its values.
#[derive(Clone, Debug)]
struct Question {
    text: &'static str,
    about: Vec<u8>,
}

impl Line {
    /// A line to this service.
    pub async fn to(service: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            flow: watch::Sender::new(Flow::Open),
            question: Mutex::new(None),
            held: watch::Sender::new(false),
        });
        let line = shared.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                let line = line.clone();
                tokio::spawn(async move {
                    let Ok(there) = TcpStream::connect(service).await else { return };
                    carry(line, here, there).await;
                });
            }
        });
        Self { address, shared, accepting }
    }

    /// An address like this one that leads over the line.
    pub fn instead_of(&self, url: &str, service: SocketAddr) -> String {
        assert!(url.contains(&service.to_string()), "{url}");
        url.replace(&service.to_string(), &self.address.to_string())
    }

    /// From now on nothing comes through, and nobody is told.
    pub fn stall(&self) {
        self.shared.flow.send_replace(Flow::Stalled);
    }

    /// What waited goes on.
    pub fn resume(&self) {
        self.shared.flow.send_replace(Flow::Open);
    }

    /// Holds the answer to the next statement with this text in it that is asked with these bytes among its values,
    /// until [`release`](Self::release).
    pub fn hold_answer_to(&self, text: &'static str, about: &[u8]) {
        *self.shared.question.lock().unwrap() = Some(Question { text, about: about.to_vec() });
    }

    /// Waits until an answer is held.
    pub async fn held(&self) {
        let mut held = self.shared.held.subscribe();
        within("an answer is held", held.wait_for(|held| *held)).await.unwrap();
    }

    /// Lets the held answer go.
    pub fn release(&self) {
        self.shared.held.send_replace(false);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.accepting.abort();
        self.shared.flow.send_replace(Flow::Cut);
    }
}

async fn carry(line: Arc<Shared>, here: TcpStream, there: TcpStream) {
    let (from_here, to_here) = here.into_split();
    let (from_there, to_there) = there.into_split();
    let holds = Arc::new(watch::Sender::new(false));
    let up = tokio::spawn(up(line.clone(), from_here, to_there, holds.clone()));
    down(line, from_there, to_here, holds).await;
    up.abort();
}

/// Questions.
async fn up(line: Arc<Shared>, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, holds: Arc<watch::Sender<bool>>) {
    let mut bytes = vec![0; 64 * 1024];
    let mut is_prepared = false;
    loop {
        let Ok(n @ 1..) = from.read(&mut bytes).await else { return };
        if !is_open(&line).await {
            return;
        }
        {
            let mut question = line.question.lock().unwrap();
            // A statement is prepared in one message, and asked in the next.
            let is_asked = std::mem::replace(
                &mut is_prepared,
                question.as_ref().is_some_and(|question| contains(&bytes[..n], question.text.as_bytes())),
            );
            if is_asked && question.take_if(|question| contains(&bytes[..n], &question.about)).is_some() {
                holds.send_replace(true);
                line.held.send_replace(true);
            }
        }
        if to.write_all(&bytes[..n]).await.is_err() {
            return;
        }
    }
}

/// Answers.
async fn down(line: Arc<Shared>, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, holds: Arc<watch::Sender<bool>>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(n @ 1..) = from.read(&mut bytes).await {
        if !is_open(&line).await {
            return;
        }
        if holds.send_replace(false) {
            let _ = line.held.subscribe().wait_for(|held| !held).await;
        }
        if to.write_all(&bytes[..n]).await.is_err() {
            return;
        }
    }
}

/// Waits while nothing goes on. False when the line is cut.
async fn is_open(line: &Shared) -> bool {
    line.flow.subscribe().wait_for(|flow| *flow != Flow::Stalled).await.is_ok_and(|flow| *flow == Flow::Open)
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    text.is_empty() || bytes.windows(text.len()).any(|window| window == text)
}
