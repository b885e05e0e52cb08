//! A live client: speaks the protocol's frames over a real WebSocket.

use std::collections::VecDeque;

use futures::{SinkExt, StreamExt};
use protocol::{
    ConversationId, Error, Message, MessageId, Rev, UserId,
    live::{ClientFrame, Delta, ServerFrame, Stored},
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{self, client::IntoClientRequest},
};

use super::{Browser, message_id, within};

/// A WebSocket that may speak anything.
pub type Raw = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens a WebSocket with these cookies, from a page of this origin.
pub async fn connect_raw(browser: &Browser, origin: Option<&str>) -> Result<Raw, tungstenite::Error> {
    let mut request = format!("ws://{}/ws", browser.address).into_client_request().unwrap();
    let headers = request.headers_mut();
    if !browser.cookies.is_empty() {
        headers.insert("cookie", browser.cookie_header().parse().unwrap());
    }
    if let Some(origin) = origin {
        headers.insert("origin", origin.parse().unwrap());
    }
    within("a WebSocket opens", tokio_tungstenite::connect_async(request)).await.map(|(socket, _)| socket)
}

/// How a socket ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The server said why.
    Closed(u16, String),
    /// It did not.
    Broken,
}

/// A live connection.
#[derive(Debug)]
pub struct Live {
    pub socket: Raw,
    /// Whom it speaks for.
    pub user: UserId,
    /// Frames that came while something else was waited for.
    early: VecDeque<ServerFrame>,
}

impl Live {
    pub async fn open(browser: &Browser) -> Self {
        Self::try_open(browser).await.unwrap()
    }

    pub async fn try_open(browser: &Browser) -> Result<Self, tungstenite::Error> {
        let mut socket = connect_raw(browser, Some(&browser.origin())).await?;
        match read(&mut socket).await {
            Ok(ServerFrame::Ready { user, version, .. }) => {
                assert_eq!(version, protocol::live::VERSION);
                Ok(Self { socket, user, early: VecDeque::new() })
            }
            Ok(other) => panic!("the first frame is not ready but {other:?}"),
            Err(_) => Err(tungstenite::Error::ConnectionClosed),
        }
    }

    pub async fn say(&mut self, frame: &ClientFrame) {
        self.try_say(frame).await.unwrap();
    }

    pub async fn try_say(&mut self, frame: &ClientFrame) -> Result<(), tungstenite::Error> {
        self.socket.send(serde_json::to_string(frame).unwrap().into()).await
    }

    /// Sends a message, without waiting for an answer.
    pub async fn send(&mut self, conversation: ConversationId, body: &str) -> MessageId {
        let id = message_id();
        self.say(&ClientFrame::Send { id, conversation, body: body.to_owned() }).await;
        id
    }

    /// Sends a message and waits until it is on disk.
    pub async fn send_and_store(&mut self, conversation: ConversationId, body: &str) -> Stored {
        let id = self.send(conversation, body).await;
        self.stored(id).await
    }

    /// The acknowledgement of a message.
    pub async fn stored(&mut self, id: MessageId) -> Stored {
        self.expect(&format!("{id} is stored"), |frame| match frame {
            ServerFrame::Stored { acks } => acks.iter().find(|ack| ack.id == id).copied(),
            ServerFrame::Rejected { id: rejected, error } if *rejected == id => panic!("rejected: {error:?}"),
            _ => None,
        })
        .await
    }

    /// Why a message was not stored.
    pub async fn rejected(&mut self, id: MessageId) -> Error {
        self.expect(&format!("{id} is rejected"), |frame| match frame {
            ServerFrame::Rejected { id: rejected, error } if *rejected == id => Some(error.clone()),
            ServerFrame::Stored { acks } if acks.iter().any(|ack| ack.id == id) => panic!("stored"),
            _ => None,
        })
        .await
    }

    /// The next frame.
    pub async fn next(&mut self) -> Result<ServerFrame, Ended> {
        match self.early.pop_front() {
            Some(frame) => Ok(frame),
            None => within("a frame", read(&mut self.socket)).await,
        }
    }

    /// The first frame that `pick` picks. The others stay for later.
    pub async fn expect<T>(&mut self, what: &str, mut pick: impl FnMut(&ServerFrame) -> Option<T>) -> T {
        for (at, frame) in self.early.iter().enumerate() {
            if let Some(found) = pick(frame) {
                self.early.remove(at);
                return found;
            }
        }
        loop {
            let frame = within(what, read(&mut self.socket)).await.unwrap_or_else(|end| panic!("{what}: {end:?}"));
            if let Some(found) = pick(&frame) {
                return found;
            }
            self.early.push_back(frame);
        }
    }

    /// Forgets what came so far and was not waited for.
    pub fn forget_early(&mut self) {
        self.early.clear();
    }

    /// Reads on until the server ends the connection.
    pub async fn ended(mut self) -> Ended {
        loop {
            if let Err(end) = within("the socket ends", read(&mut self.socket)).await {
                return end;
            }
        }
    }
}

async fn read(socket: &mut Raw) -> Result<ServerFrame, Ended> {
    loop {
        match socket.next().await {
            Some(Ok(tungstenite::Message::Text(text))) => {
                return Ok(serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}")));
            }
            Some(Ok(tungstenite::Message::Close(Some(frame)))) => {
                return Err(Ended::Closed(frame.code.into(), frame.reason.to_string()));
            }
            Some(Ok(tungstenite::Message::Ping(_) | tungstenite::Message::Pong(_))) => {}
            Some(Ok(other)) => panic!("not a frame of the protocol: {other:?}"),
            Some(Err(_)) | None => return Err(Ended::Broken),
        }
    }
}

/// Keeps up with one conversation as a real client does: applies events that fit, asks for the changes when they do
/// not or when it is told to.
#[derive(Debug)]
pub struct Follower {
    pub live: Live,
    conversation: ConversationId,
    pub rev: Rev,
    /// In the order of their place, each once.
    pub messages: Vec<Message>,
}

impl Follower {
    pub async fn new(live: Live, conversation: ConversationId) -> Self {
        let mut follower = Self { live, conversation, rev: Rev::ZERO, messages: Vec::new() };
        follower.ask().await;
        follower
    }

    /// Goes on over another connection.
    pub async fn move_to(&mut self, live: Live) {
        self.live = live;
        self.ask().await;
    }

    async fn ask(&mut self) {
        self.live.say(&ClientFrame::Changes { conversation: self.conversation, since: self.rev }).await;
    }

    /// Reads on until it has a message with each of these bodies.
    pub async fn wait_for(&mut self, bodies: &[String]) {
        let missing = |messages: &[Message]| {
            bodies.iter().any(|body| messages.iter().all(|m| m.content.text() != Some(body.as_str())))
        };
        while missing(&self.messages) {
            self.step().await;
        }
    }

    /// Waits until it hears by itself what is said over another connection: at another node, until nodes listen, clients
    /// get by with resyncs.
    pub async fn hear(&mut self, other: &mut Live) {
        let heard = async {
            for n in 0.. {
                other.send_and_store(self.conversation, &format!("can you hear me? {n}")).await;
                let before = self.messages.len();
                while self.messages.len() == before {
                    if self.step().await && self.messages.len() > before {
                        return;
                    }
                }
            }
        };
        within("an event from the other node", heard).await;
    }

    /// Takes one frame; says whether it was a delta that the server sent unasked.
    pub async fn step(&mut self) -> bool {
        match self.live.next().await.unwrap() {
            ServerFrame::Delta(delta) if delta.conversation == self.conversation => {
                if delta.since == self.rev {
                    self.rev = delta.rev;
                    self.merge(&delta);
                    return true;
                }
                if delta.rev > self.rev {
                    self.ask().await;
                }
            }
            ServerFrame::Changes(changes) if changes.conversation == self.conversation => {
                assert!(!changes.truncated, "more changed than a test should send");
                if changes.since <= self.rev && changes.rev > self.rev {
                    self.rev = changes.rev;
                    self.merge(&changes);
                }
            }
            ServerFrame::Resync => self.ask().await,
            _ => {}
        }
        false
    }

    fn merge(&mut self, delta: &Delta) {
        for message in delta.messages().cloned() {
            match self.messages.iter_mut().find(|known| known.id == message.id) {
                Some(known) => *known = message,
                None => self.messages.push(message),
            }
        }
        self.messages.sort_by_key(|message| message.seq);
    }

    /// The texts, oldest first.
    pub fn bodies(&self) -> Vec<&str> {
        self.messages.iter().map(|message| message.content.text().unwrap()).collect()
    }
}
