//! The one task of a node that stores messages.
//!
//! While it waits for the disk, requests gather; the next transaction takes all of them. One sync to disk then serves
//! many messages, which is where the throughput comes from: a transaction a message is thirteen times slower.

use std::{collections::VecDeque, sync::Arc};

use protocol::live::Stored;
use tokio::sync::{mpsc, oneshot};

use super::{
    batch::{self, DuplicateCheck},
    command::{Seen, Send},
    publish,
};
use crate::{
    Clock, Error, Result,
    db::{Db, retry},
    live::Bus,
};

/// Requests that wait. Beyond, senders wait, and so do their sockets: the client keeps what is not taken.
const QUEUE: usize = 4_096;
/// Requests in one transaction, at most: as many as keep the wait of the first one short.
const BATCH: usize = 512;

#[derive(Debug)]
enum Request {
    Send(Send, oneshot::Sender<Result<Stored>>),
    Seen(Seen, oneshot::Sender<Result<()>>),
}

/// The way to the task. The task ends when this is dropped and nothing waits.
#[derive(Debug)]
pub struct Writer(mpsc::Sender<Request>);

impl Writer {
    pub(crate) fn start(db: Db, bus: Arc<dyn Bus>, clock: Clock) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(Task { db, bus, clock }.run(receiver));
        Self(sender)
    }

    pub(super) async fn send(&self, send: Send) -> Result<oneshot::Receiver<Result<Stored>>> {
        let (answer, receiver) = oneshot::channel();
        self.0.send(Request::Send(send, answer)).await.map_err(|_| stopped())?;
        Ok(receiver)
    }

    pub(super) async fn seen(&self, seen: Seen) -> Result<()> {
        let (answer, receiver) = oneshot::channel();
        self.0.send(Request::Seen(seen, answer)).await.map_err(|_| stopped())?;
        receiver.await.map_err(|_| stopped())?
    }
}

fn stopped() -> Error {
    Error::Unavailable("the writer stopped".into())
}

struct Task {
    db: Db,
    bus: Arc<dyn Bus>,
    clock: Clock,
}

impl Task {
    async fn run(self, mut requests: mpsc::Receiver<Request>) {
        let mut taken = Vec::with_capacity(BATCH);
        while requests.recv_many(&mut taken, BATCH).await > 0 {
            let (mut sends, mut seens) = (Vec::new(), Vec::new());
            let (mut send_answers, mut seen_answers) = (Vec::new(), Vec::new());
            for request in taken.drain(..) {
                match request {
                    Request::Send(send, answer) => {
                        sends.push(send);
                        send_answers.push(answer);
                    }
                    Request::Seen(seen, answer) => {
                        seens.push(seen);
                        seen_answers.push(answer);
                    }
                }
            }
            let (stored, seen) = self.store(sends, seens).await;
            // Whoever does not wait any more, such as a socket that broke, asks again with the same id.
            for (answer, result) in send_answers.into_iter().zip(stored) {
                let _ = answer.send(result);
            }
            for (answer, result) in seen_answers.into_iter().zip(seen) {
                let _ = answer.send(result);
            }
        }
    }

    /// Stores all of it, publishes what changed and returns an answer for each.
    async fn store(&self, sends: Vec<Send>, seens: Vec<Seen>) -> (Vec<Result<Stored>>, VecDeque<Result<()>>) {
        match self.commit(&sends, &seens).await {
            Ok(answers) => answers,
            // The database is away: so it is for each of them.
            Err(failure @ (Error::Unavailable(_) | Error::Contended(_))) => (
                sends.iter().map(|_| Err(failure.clone())).collect(),
                seens.iter().map(|_| Err(failure.clone())).collect(),
            ),
            // One of them does not fit, such as an id that another node stored at this very moment. Alone, each of
            // the others succeeds, and that one gets its own answer.
            Err(_) => {
                let (mut stored, mut seen) = (Vec::new(), VecDeque::new());
                for send in sends {
                    stored.push(self.store_alone(send).await);
                }
                for one in seens {
                    let answer = self.commit(&[], &[one]).await;
                    seen.push_back(answer.and_then(|(_, mut a)| a.pop_front().unwrap_or_else(|| Err(stopped()))));
                }
                (stored, seen)
            }
        }
    }

    async fn store_alone(&self, send: Send) -> Result<Stored> {
        let (mut answers, _) = self.commit(&[send], &[]).await?;
        answers.pop().unwrap_or_else(|| Err(stopped()))
    }

    async fn commit(&self, sends: &[Send], seens: &[Seen]) -> Result<(Vec<Result<Stored>>, VecDeque<Result<()>>)> {
        let attempt = |retries| retry(move || batch::commit(&self.db, sends, seens, self.clock.now(), retries));
        let committed = match attempt(DuplicateCheck::Skip).await {
            // The second time, what was stored before or meanwhile is seen.
            Err(Error::Internal(_)) => attempt(DuplicateCheck::Lookup).await?,
            other => other?,
        };
        for changes in committed.changed {
            publish::publish(&*self.bus, changes);
        }
        for (user, frame) in committed.reads {
            publish::publish_read(&*self.bus, user, &frame);
        }
        Ok((committed.stored, committed.seen.into()))
    }
}
