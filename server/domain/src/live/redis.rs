//! The bus between nodes: one Redis channel that every node publishes to and subscribes to.
//!
//! Redis stores nothing. A node that could not publish, or did not receive for a while, does not know which envelopes
//! were lost, so it tells the clients to resync from the database.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt, future::BoxFuture};
use redis::{AsyncCommands, AsyncConnectionConfig, Client, RedisError, RedisResult, aio::MultiplexedConnection};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{mpsc, oneshot},
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{Bus, Envelope, Hub, To, presence::roster::NodeMessage};

const CHANNEL: &str = "weconnect:live:1";
/// The most envelopes that wait for Redis. Further ones are dropped, and the other nodes resync.
const QUEUE: usize = 8_192;
/// The most envelopes that are published in one batch.
const BATCH: usize = 256;
/// The interval of the heartbeats of a node …
const BEAT: Duration = Duration::from_secs(5);
/// … and the time after which it gives up a connection on which nothing came, not even its own envelopes.
const SILENCE: Duration = Duration::from_secs(15);
/// The time within which Redis must accept a batch.
const SEND: Duration = Duration::from_secs(2);
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(2);

/// The bus between nodes, through Redis.
#[derive(Debug)]
pub struct RedisBus {
    hub: Arc<Hub>,
    queue: mpsc::Sender<Item>,
    lost: Arc<AtomicBool>,
}

/// An entry of the queue to Redis.
#[derive(Debug)]
enum Item {
    Envelope(Envelope),
    /// Announces that this node stops, and signals when everything before was published.
    Leave(oneshot::Sender<()>),
}

/// The header before the frame, separated by a line feed: JSON never contains an unescaped one.
#[derive(Serialize, Deserialize)]
struct Header {
    node: Uuid,
    to: To,
}

impl RedisBus {
    /// Starts the tasks that publish and receive. Does not wait for Redis to answer.
    ///
    /// # Errors
    /// Returns an error if the address is invalid.
    pub fn start(url: &str, hub: Arc<Hub>) -> RedisResult<Self> {
        let client = Client::open(url)?;
        let node = hub.presence().node;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let lost = Arc::new(AtomicBool::new(false));
        let weak = Arc::downgrade(&hub);
        let publisher = Publisher {
            client: client.clone(),
            connection: None,
            node,
            hub: weak.clone(),
            waiting,
            lost: lost.clone(),
            batch: Vec::with_capacity(BATCH),
            leaving: Vec::new(),
        };
        tokio::spawn(publisher.run());
        tokio::spawn(listen(client, node, weak));
        Ok(Self { hub, queue, lost })
    }
}

impl Bus for RedisBus {
    fn publish(&self, envelope: Envelope) {
        // Users on this node neither wait for Redis nor need it.
        self.hub.deliver(&envelope);
        if self.queue.try_send(Item::Envelope(envelope)).is_err() {
            self.lost.store(true, Ordering::Release);
        }
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn leave(&self) -> BoxFuture<'static, ()> {
        let queue = self.queue.clone();
        Box::pin(async move {
            let (done, left) = oneshot::channel();
            if queue.send(Item::Leave(done)).await.is_ok() {
                // An error means that the task has ended, so nothing is published any more.
                let _ = left.await;
            }
        })
    }
}

/// The task that publishes the queue until the bus is dropped.
struct Publisher {
    client: Client,
    connection: Option<MultiplexedConnection>,
    node: Uuid,
    hub: Weak<Hub>,
    waiting: mpsc::Receiver<Item>,
    /// Whether an envelope did not reach the other nodes, so that they have to resync.
    lost: Arc<AtomicBool>,
    batch: Vec<Envelope>,
    /// Callers that wait until everything is published.
    leaving: Vec<oneshot::Sender<()>>,
}

impl Publisher {
    async fn run(mut self) {
        let mut retry = RETRY_MIN;
        loop {
            // A loss is announced before the queue: further envelopes only help nodes that know of the gap before them.
            if !self.lost.load(Ordering::Acquire) && !self.gather().await {
                return;
            }
            if self.waiting.is_closed() && self.waiting.is_empty() && self.batch.is_empty() {
                return;
            }
            if self.lost.swap(false, Ordering::AcqRel) {
                self.batch.insert(0, Envelope::bare(To::Resync));
            }
            if !self.leaving.is_empty() {
                self.batch.push(Envelope::from_node(&NodeMessage::Bye));
            }
            match timeout(SEND, self.send()).await.unwrap_or_else(|late| Err(failed(&late))) {
                Ok(()) => {
                    retry = RETRY_MIN;
                    for left in self.leaving.drain(..) {
                        // An error means that the caller no longer waits.
                        let _ = left.send(());
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "Redis can't be reached; other nodes catch up when it is back");
                    self.connection = None;
                    self.lost.store(true, Ordering::Release);
                    sleep(retry).await;
                    retry = (retry * 2).min(RETRY_MAX);
                }
            }
            // After a failure too: the resync that follows covers the envelopes of this batch.
            self.batch.clear();
        }
    }

    /// Waits for envelopes to publish, and adds a heartbeat if none come. Returns false if there is nothing left to
    /// publish for.
    async fn gather(&mut self) -> bool {
        let mut items = Vec::new();
        match timeout(BEAT, self.waiting.recv_many(&mut items, BATCH)).await {
            Ok(0) => return false,
            Ok(_) => {}
            Err(_) => match self.hub.upgrade() {
                Some(hub) => self.batch.push(Envelope::from_node(&hub.presence().heartbeat())),
                None => return false,
            },
        }
        for item in items {
            match item {
                Item::Envelope(envelope) => self.batch.push(envelope),
                Item::Leave(left) => self.leaving.push(left),
            }
        }
        true
    }

    async fn send(&mut self) -> RedisResult<()> {
        let line = match &mut self.connection {
            Some(line) => line,
            None => {
                let config = AsyncConnectionConfig::new().set_response_timeout(Some(SEND));
                self.connection.insert(self.client.get_multiplexed_async_connection_with_config(&config).await?)
            }
        };
        if let [one] = self.batch.as_slice() {
            let _: i64 = line.publish(CHANNEL, pack(self.node, one)?).await?;
            return Ok(());
        }
        let mut pipe = redis::pipe();
        for envelope in &self.batch {
            pipe.publish(CHANNEL, pack(self.node, envelope)?).ignore();
        }
        pipe.query_async(line).await
    }
}

fn failed(cause: &impl std::fmt::Display) -> RedisError {
    RedisError::from((redis::ErrorKind::Io, "no answer", cause.to_string()))
}

/// Delivers what other nodes publish, until the hub is gone.
async fn listen(client: Client, node: Uuid, hub: Weak<Hub>) {
    let mut retry = RETRY_MIN;
    while hub.strong_count() > 0 {
        if let Err(error) = listen_once(&client, node, &hub, &mut retry).await {
            tracing::debug!(%error, "the line to Redis broke");
        }
        sleep(retry).await;
        retry = (retry * 2).min(RETRY_MAX);
    }
}

async fn listen_once(client: &Client, node: Uuid, hub: &Weak<Hub>, retry: &mut Duration) -> RedisResult<()> {
    let subscribing = async {
        let mut line = client.get_async_pubsub().await?;
        line.subscribe(CHANNEL).await?;
        Ok::<_, RedisError>(line)
    };
    // A Redis that is stopped, or a host that is gone, may accept connections without ever answering.
    let mut line = timeout(SILENCE, subscribing).await.map_err(|late| failed(&late))??;
    *retry = RETRY_MIN;
    // Nothing that was published before this moment was received.
    if let Some(hub) = hub.upgrade() {
        hub.deliver(&Envelope::bare(To::Resync));
        hub.presence().request_snapshots();
    }
    let mut heard = line.on_message();
    while let Ok(Some(message)) = timeout(SILENCE, heard.next()).await {
        let Some(hub) = hub.upgrade() else { return Ok(()) };
        match unpack(message.get_payload::<Vec<u8>>()?) {
            Some((from, envelope)) if from != node => hub.hear(from, &envelope),
            Some(_) => {}
            None => tracing::warn!("something on the Redis channel is not ours"),
        }
    }
    Ok(())
}

fn pack(node: Uuid, envelope: &Envelope) -> RedisResult<Vec<u8>> {
    let mut packed = serde_json::to_vec(&Header { node, to: envelope.to })
        .map_err(|e| RedisError::from((redis::ErrorKind::Client, "encoding", e.to_string())))?;
    packed.push(b'\n');
    packed.extend_from_slice(&envelope.frame);
    Ok(packed)
}

fn unpack(packed: Vec<u8>) -> Option<(Uuid, Envelope)> {
    let packed = Bytes::from(packed);
    let end = packed.iter().position(|byte| *byte == b'\n')?;
    let header: Header = serde_json::from_slice(packed.get(..end)?).ok()?;
    // Sockets send the frame as text.
    let frame = packed.slice(end + 1..);
    std::str::from_utf8(&frame).ok()?;
    Some((header.node, Envelope { to: header.to, frame }))
}

#[cfg(test)]
mod tests {
    use protocol::{ConversationId, live::ServerFrame};

    use super::*;
    use crate::live::presence::roster::Activity;

    #[test]
    fn an_envelope_survives_the_line() {
        let id = ConversationId::from(Uuid::now_v7());
        let node = Uuid::now_v7();
        let user = Uuid::now_v7().into();
        for envelope in [
            Envelope::new(To::Conversation(id), &ServerFrame::Pong { n: 1 }),
            Envelope::bare(To::Resync),
            Envelope::bare(To::VisibilityChanged(user, Some(user))),
            Envelope::from_node(&NodeMessage::Delta {
                rev: 1,
                people: vec![(user, Some(Activity::Idle)), (user, None)],
            }),
        ] {
            assert_eq!(unpack(pack(node, &envelope).unwrap()), Some((node, envelope)));
        }
    }

    #[test]
    fn garbage_is_refused() {
        for garbage in [&b""[..], b"\n", b"{}\n{}", b"no line feed", b"\xff\n\xff"] {
            assert_eq!(unpack(garbage.to_vec()), None);
        }
    }
}
