//! The message writer: the only task of a node that stores messages.
//!
//! While a transaction waits for the disk, requests queue up, and the next transaction takes all of them. One sync to
//! disk then serves many messages, which gives the throughput: one transaction for each message is thirteen times
//! slower.

use std::{collections::VecDeque, sync::Arc};

use protocol::live::Stored;
use tokio::sync::{mpsc, oneshot};

use super::{
    batch::{self, DuplicateCheck},
    command::{Seen, Send},
};
use crate::{
    Clock, Error, Result,
    db::{Db, retry},
    live::{Bus, Envelope, To, delta},
};

/// The capacity of the request queue. When it is full, senders wait, and so do their sockets; a client keeps what was
/// not accepted.
const QUEUE: usize = 4_096;
/// The most requests in one transaction, so that the first one does not wait for long.
const BATCH: usize = 512;

#[derive(Debug)]
enum Request {
    Send(Send, oneshot::Sender<Result<Stored>>),
    Seen(Seen, oneshot::Sender<Result<()>>),
}

/// A handle to the writer task. The task ends when the handle is dropped and no request waits.
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
            // A receiver that is gone, such as that of a broken socket, is no error: the client sends the same id
            // again.
            for (answer, result) in send_answers.into_iter().zip(stored) {
                let _ = answer.send(result);
            }
            for (answer, result) in seen_answers.into_iter().zip(seen) {
                let _ = answer.send(result);
            }
        }
    }

    /// Stores all requests, publishes the changes and returns a response for each request.
    async fn store(&self, sends: Vec<Send>, seens: Vec<Seen>) -> (Vec<Result<Stored>>, VecDeque<Result<()>>) {
        match self.commit(&sends, &seens).await {
            Ok(answers) => answers,
            // The database is unavailable or gave up the transaction, which applies to every request.
            Err(failure @ (Error::Unavailable(_) | Error::Contended(_))) => (
                sends.iter().map(|_| Err(failure.clone())).collect(),
                seens.iter().map(|_| Err(failure.clone())).collect(),
            ),
            // One request does not fit, such as an id that another node stored at this very moment. Stored one by one,
            // the others succeed, and that one gets its own response.
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
            // The second attempt looks up what was stored before or meanwhile.
            Err(Error::Internal(_)) => attempt(DuplicateCheck::Lookup).await?,
            other => other?,
        };
        for changes in committed.changed {
            delta::publish(&*self.bus, changes);
        }
        for (user, frame) in committed.reads {
            self.bus.publish(Envelope::new(To::User(user), &frame));
        }
        Ok((committed.stored, committed.seen.into()))
    }
}
