//! The bus between nodes: one Redis channel that every node publishes to and listens on.
//!
//! Redis carries; it keeps nothing. A node that could not publish, or did not hear for a while, does not know what was
//! lost, so it has clients resync from the database.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::StreamExt;
use redis::{AsyncCommands, Client, RedisError, RedisResult, aio::MultiplexedConnection};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Bus, Envelope, Hub, To};

const CHANNEL: &str = "weconnect:live:1";
/// Envelopes that wait for Redis. Beyond, they are dropped and the other nodes resync.
const QUEUE: usize = 8_192;
/// Published in one go.
const BATCH: usize = 256;
/// A node says that it lives this often …
const BEAT: Duration = Duration::from_secs(5);
/// … and takes the line for dead when it heard nothing, not even itself, for so long.
const SILENCE: Duration = Duration::from_secs(15);
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(2);

/// The bus between nodes.
#[derive(Debug)]
pub struct RedisBus {
    hub: Arc<Hub>,
    queue: mpsc::Sender<Envelope>,
    lost: Arc<AtomicBool>,
}

/// What stands before the frame, with a line feed between: JSON never contains a bare one.
#[derive(Serialize, Deserialize)]
struct Header {
    node: Uuid,
    to: To,
}

impl RedisBus {
    /// Starts the tasks that publish and listen. Whether Redis answers is not awaited.
    ///
    /// # Errors
    /// An address that can't be understood.
    pub fn start(url: &str, hub: Arc<Hub>) -> RedisResult<Self> {
        let client = Client::open(url)?;
        let node = hub.people().node;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let lost = Arc::new(AtomicBool::new(false));
        let weak = Arc::downgrade(&hub);
        tokio::spawn(publish(client.clone(), weak.clone(), waiting, lost.clone()));
        tokio::spawn(listen(client, node, weak));
        Ok(Self { hub, queue, lost })
    }
}

impl Bus for RedisBus {
    fn publish(&self, envelope: Envelope) {
        // People on this node do not wait for Redis, nor need it.
        self.hub.deliver(&envelope);
        if self.queue.try_send(envelope).is_err() {
            self.lost.store(true, Ordering::Release);
        }
    }

    fn is_shared(&self) -> bool {
        true
    }
}

/// Publishes what waits until the bus is dropped.
async fn publish(client: Client, hub: Weak<Hub>, mut waiting: mpsc::Receiver<Envelope>, lost: Arc<AtomicBool>) {
    let Some(node) = hub.upgrade().map(|hub| hub.people().node) else { return };
    let mut connection = None;
    let mut retry = RETRY_MIN;
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        if batch.is_empty() && !lost.load(Ordering::Acquire) {
            match tokio::time::timeout(BEAT, waiting.recv_many(&mut batch, BATCH)).await {
                Ok(0) => return,
                Ok(_) => {}
                Err(_) => match hub.upgrade() {
                    Some(hub) => batch.push(Envelope::word(&hub.people().beat())),
                    None => return,
                },
            }
        }
        if waiting.is_closed() && waiting.is_empty() && batch.is_empty() {
            return;
        }
        if lost.swap(false, Ordering::AcqRel) {
            batch.insert(0, Envelope::bare(To::Resync));
        }
        match send(&client, &mut connection, node, &batch).await {
            Ok(()) => retry = RETRY_MIN,
            Err(error) => {
                tracing::warn!(%error, "Redis can't be reached; other nodes catch up when it is back");
                connection = None;
                lost.store(true, Ordering::Release);
                tokio::time::sleep(retry).await;
                retry = (retry * 2).min(RETRY_MAX);
            }
        }
        // After a failure too: the resync that follows covers what was in it.
        batch.clear();
    }
}

async fn send(
    client: &Client,
    connection: &mut Option<MultiplexedConnection>,
    node: Uuid,
    batch: &[Envelope],
) -> RedisResult<()> {
    let line = match connection {
        Some(line) => line,
        None => connection.insert(client.get_multiplexed_async_connection().await?),
    };
    if let [one] = batch {
        let _: i64 = line.publish(CHANNEL, pack(node, one)?).await?;
        return Ok(());
    }
    let mut pipe = redis::pipe();
    for envelope in batch {
        pipe.publish(CHANNEL, pack(node, envelope)?).ignore();
    }
    pipe.query_async(line).await
}

/// Hands on what other nodes publish, until the hub is gone.
async fn listen(client: Client, node: Uuid, hub: Weak<Hub>) {
    let mut retry = RETRY_MIN;
    while hub.strong_count() > 0 {
        if let Err(error) = listen_once(&client, node, &hub, &mut retry).await {
            tracing::debug!(%error, "the line to Redis broke");
        }
        tokio::time::sleep(retry).await;
        retry = (retry * 2).min(RETRY_MAX);
    }
}

async fn listen_once(client: &Client, node: Uuid, hub: &Weak<Hub>, retry: &mut Duration) -> RedisResult<()> {
    let mut line = client.get_async_pubsub().await?;
    line.subscribe(CHANNEL).await?;
    *retry = RETRY_MIN;
    // Whatever was published before this moment was not heard.
    if let Some(hub) = hub.upgrade() {
        hub.deliver(&Envelope::bare(To::Resync));
        hub.people().ask_everybody();
    }
    let mut heard = line.on_message();
    while let Ok(Some(message)) = tokio::time::timeout(SILENCE, heard.next()).await {
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
    // Sockets send it as text.
    let frame = packed.slice(end + 1..);
    std::str::from_utf8(&frame).ok()?;
    Some((header.node, Envelope { to: header.to, frame }))
}

#[cfg(test)]
mod tests {
    use protocol::{ConversationId, live::ServerFrame};

    use super::*;
    use crate::live::presence::{Activity, Word};

    #[test]
    fn an_envelope_survives_the_line() {
        let id = ConversationId::from(Uuid::now_v7());
        let node = Uuid::now_v7();
        let user = Uuid::now_v7().into();
        for envelope in [
            Envelope::new(To::Conversation(id), &ServerFrame::Pong { n: 1 }),
            Envelope::bare(To::Resync),
            Envelope::bare(To::Apart(user, Some(user))),
            Envelope::word(&Word::Changed { rev: 1, people: vec![(user, Some(Activity::Idle)), (user, None)] }),
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
