//! The bare rooms: one task that writes for all of them, and one per socket.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use axum::extract::ws::{Message as WsMessage, Utf8Bytes, WebSocket};
use futures::SinkExt;
use protocol::{
    ConversationId, ConversationKind, ConversationSummary, Message, MessageId, Millis, Rev, Seq, UserId, UserSummary,
    live::{Change, ClientFrame, Delta, ServerFrame, Stored, VERSION},
};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::store::Store;

/// The most frames that wait for one socket, messages that wait for the writer, and messages in one transaction. As in
/// the server.
const SOCKET_QUEUE: usize = 256;
const WRITER_QUEUE: usize = 4_096;
const BATCH: usize = 512;
/// The most messages in one frame, so that frames are as large as the server's.
const FRAME: usize = 128;

/// A handle to the rooms. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Rooms(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    rooms: Vec<Room>,
    next: AtomicUsize,
    writer: mpsc::Sender<Said>,
}

#[derive(Debug)]
struct Room {
    id: ConversationId,
    kind: ConversationKind,
    /// The position of the last message that was sent to everybody.
    last: AtomicI64,
    sockets: Mutex<HashMap<usize, mpsc::Sender<Utf8Bytes>>>,
}

#[derive(Debug)]
struct Said {
    id: MessageId,
    body: String,
    author: UserId,
    socket: usize,
}

impl Rooms {
    /// Creates this many rooms and starts the task that writes. Sockets enter them in turn: the first socket enters the
    /// first room, and so does the first after there is one in each room.
    pub fn open(store: Store, count: usize) -> Self {
        let (writer, said) = mpsc::channel(WRITER_QUEUE);
        // A room for each pair is what a direct conversation is in the server.
        let kind = if count > 1 { ConversationKind::Direct } else { ConversationKind::Room };
        let room = |_| Room { id: Uuid::now_v7().into(), kind, last: AtomicI64::default(), sockets: Mutex::default() };
        let rooms = (0..count.max(1)).map(room).collect();
        let all = Self(Arc::new(Shared { rooms, next: AtomicUsize::default(), writer }));
        tokio::spawn(all.clone().write(store, said));
        all
    }

    /// Returns the room of a socket.
    fn room(&self, socket: usize) -> Option<&Room> {
        self.0.rooms.get(socket % self.0.rooms.len().max(1))
    }

    /// Serves one socket until it ends.
    pub async fn serve(self, mut socket: WebSocket) {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let Some(room) = self.room(id) else { return };
        let user = UserId::from(Uuid::now_v7());
        let (queue, mut outgoing) = mpsc::channel(SOCKET_QUEUE);
        let ready = ServerFrame::Ready { version: VERSION, user, at: now() };
        room.sockets().insert(id, queue.clone());
        if queue.try_send(encode(&ready)).is_ok() {
            loop {
                tokio::select! {
                    frame = outgoing.recv() => {
                        let Some(frame) = frame else { break };
                        if drain(&mut socket, frame, &mut outgoing).await.is_err() {
                            break;
                        }
                    }
                    message = socket.recv() => {
                        let Some(Ok(message)) = message else { break };
                        if self.hear(&message, room, (id, user), &queue).await.is_none() {
                            break;
                        }
                    }
                }
            }
        }
        room.sockets().remove(&id);
    }

    /// Handles a frame from a client. Returns `None` if the socket has to be closed.
    async fn hear(
        &self,
        message: &WsMessage,
        room: &Room,
        from: (usize, UserId),
        queue: &mpsc::Sender<Utf8Bytes>,
    ) -> Option<()> {
        let text = match message {
            WsMessage::Text(text) => text,
            WsMessage::Ping(_) | WsMessage::Pong(_) => return Some(()),
            WsMessage::Binary(_) | WsMessage::Close(_) => return None,
        };
        match serde_json::from_str(text.as_str()).ok()? {
            ClientFrame::Send { id, body, .. } => {
                self.0.writer.send(Said { id, body, author: from.1, socket: from.0 }).await.ok()
            }
            ClientFrame::Sync { .. } => queue.try_send(encode(&room.sidebar())).ok(),
            ClientFrame::Changes { since, .. } => queue.try_send(encode(&room.changes(since))).ok(),
            _ => None,
        }
    }

    async fn write(self, mut store: Store, mut said: mpsc::Receiver<Said>) {
        let mut taken = Vec::with_capacity(BATCH);
        while said.recv_many(&mut taken, BATCH).await > 0 {
            let at = now();
            let mut rooms: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            let mut messages = Vec::with_capacity(taken.len());
            let count = self.0.rooms.len().max(1);
            taken.sort_by_key(|said| said.socket % count);
            for said in taken.drain(..) {
                let senders = rooms.entry(said.socket % count).or_default();
                senders.push(said.socket);
                let before = self.room(said.socket).map_or(0, |room| room.last.load(Ordering::Acquire));
                let seq = before.saturating_add(i64::try_from(senders.len()).unwrap_or(i64::MAX));
                messages.push(Message::of_text(said.id, said.author, Seq(seq), Rev(seq), at, said.body));
            }
            if let Err(error) = store.insert(&messages).await {
                // The comparison is invalid then; without an answer, the load client reports an error.
                eprintln!("the bare room can't store: {error}");
                return;
            }
            let mut messages = messages.as_slice();
            for (room, senders) in rooms {
                let (own, others) = messages.split_at_checked(senders.len()).unwrap_or_default();
                messages = others;
                if let Some(room) = self.0.rooms.get(room) {
                    room.tell(own, &senders);
                }
            }
        }
    }
}

impl Room {
    fn sidebar(&self) -> ServerFrame {
        let last = self.last.load(Ordering::Acquire);
        let room = ConversationSummary {
            id: self.id,
            kind: self.kind,
            title: "Bare".to_owned(),
            peer: None,
            rev: Rev(last),
            last_seq: Seq(last),
            seen_seq: Seq(last),
            unread: 0,
            last_message: None,
            last_author: None,
            active_at: 0,
            members: 0,
        };
        ServerFrame::Synced { conversations: vec![room], gone: vec![], requests: 0, people: vec![] }
    }

    /// Returns no messages: a client that lags is told how far, and counts that.
    fn changes(&self, since: Rev) -> ServerFrame {
        let rev = Rev(self.last.load(Ordering::Acquire));
        ServerFrame::Changes(Delta { truncated: true, ..Delta::new(self.id, since, rev) })
    }

    /// Acknowledges the messages to their senders, and sends them to everybody.
    fn tell(&self, messages: &[Message], senders: &[usize]) {
        let before = self.last.load(Ordering::Acquire);
        let mut acks: HashMap<usize, Vec<Stored>> = HashMap::new();
        for (message, sender) in messages.iter().zip(senders) {
            let Message { id, seq, rev, at, .. } = *message;
            acks.entry(*sender).or_default().push(Stored { id, conversation: self.id, seq, rev, at });
        }
        let mut rev = before;
        let frames: Vec<Utf8Bytes> = messages
            .chunks(FRAME)
            .map(|chunk| {
                let before = Rev(rev);
                rev += i64::try_from(chunk.len()).unwrap_or(0);
                encode(&self.delta(before, Rev(rev), chunk))
            })
            .collect();
        let sockets = self.sockets();
        for (socket, acks) in acks {
            if let Some(queue) = sockets.get(&socket) {
                queue.try_send(encode(&ServerFrame::Stored { acks })).ok();
            }
        }
        for queue in sockets.values() {
            for frame in &frames {
                // A client that lags notices by the next frame's revision.
                queue.try_send(frame.clone()).ok();
            }
        }
        self.last.store(rev, Ordering::Release);
    }

    fn delta(&self, since: Rev, rev: Rev, messages: &[Message]) -> ServerFrame {
        let mut authors: Vec<UserId> = messages.iter().map(|message| message.author).collect();
        authors.sort_unstable();
        authors.dedup();
        let users = authors.into_iter().map(|id| UserSummary::new(id, "load-000".to_owned())).collect();
        let changes = messages.iter().cloned().map(Change::Message).collect();
        ServerFrame::Delta(Delta { changes, users, ..Delta::new(self.id, since, rev) })
    }

    fn sockets(&self) -> std::sync::MutexGuard<'_, HashMap<usize, mpsc::Sender<Utf8Bytes>>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a frame and all frames in the queue, with one flush.
async fn drain(
    socket: &mut WebSocket,
    first: Utf8Bytes,
    queue: &mut mpsc::Receiver<Utf8Bytes>,
) -> Result<(), axum::Error> {
    socket.feed(WsMessage::Text(first)).await?;
    while let Ok(next) = queue.try_recv() {
        socket.feed(WsMessage::Text(next)).await?;
    }
    socket.flush().await
}

fn encode(frame: &ServerFrame) -> Utf8Bytes {
    serde_json::to_string(frame).unwrap_or_default().into()
}

fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}
