//! The writer: the only task of a node that stores messages and read positions.
//!
//! While a transaction waits for the disk, commands queue up, and the next transaction takes all of them. One sync to
//! disk then serves many messages, which gives the throughput: one transaction for each message is thirteen times
//! slower.

use std::{fmt, panic::AssertUnwindSafe, slice, sync::Arc};

use futures::FutureExt;
use protocol::Millis;
use tokio::sync::{mpsc, oneshot};

use super::{
    batch::{Batch, DuplicateCheck},
    command::{Command, Scope},
};
use crate::{
    Clock, Error, Result,
    conversations::ConversationTx,
    db::{Db, Retries},
    live::Bus,
};

/// The capacity of the queue. When it is full, senders wait, and so do their sockets; a client keeps what was not
/// accepted.
const QUEUE: usize = 4_096;
/// The most commands in one transaction, so that the first one does not wait for long.
const BATCH: usize = 512;

/// A command that waits for its answer, of whatever kind.
trait Request: fmt::Debug + Send + Sync {
    fn scope(&self) -> Scope;
    /// Applies the command and keeps its outcome.
    fn apply(&mut self, batch: &mut Batch, now: Millis);
    /// Answers with the outcome, once it is on disk.
    fn answer(self: Box<Self>);
    /// Answers that nothing was stored, or that this is unknown.
    fn fail(self: Box<Self>, error: Error);
}

#[derive(Debug)]
struct Waiting<C: Command> {
    command: C,
    outcome: Option<Result<C::Outcome, protocol::Error>>,
    answer: oneshot::Sender<Result<C::Outcome>>,
}

impl<C: Command> Request for Waiting<C>
where
    C::Outcome: fmt::Debug + Sync,
{
    fn scope(&self) -> Scope {
        self.command.scope()
    }

    fn apply(&mut self, batch: &mut Batch, now: Millis) {
        self.outcome = Some(self.command.apply(batch, now));
    }

    fn answer(self: Box<Self>) {
        let outcome = self.outcome.map_or_else(|| Err(stopped()), |outcome| outcome.map_err(Into::into));
        // A receiver that is gone, such as that of a broken socket, is no error: the client sends the same id again.
        let _ = self.answer.send(outcome);
    }

    fn fail(self: Box<Self>, error: Error) {
        let _ = self.answer.send(Err(error));
    }
}

/// A handle to the writer task. The task ends when the handle is dropped and no command waits.
#[derive(Debug)]
pub struct Writer(mpsc::Sender<Box<dyn Request>>);

impl Writer {
    pub(crate) fn start(db: Db, bus: Arc<dyn Bus>, clock: Clock) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(Task { db, bus, clock }.run(receiver));
        Self(sender)
    }

    /// Queues a command. Commands are applied in the order of these calls. The receiver gets the outcome once it is on
    /// disk.
    pub(super) async fn submit<C: Command>(&self, command: C) -> Result<oneshot::Receiver<Result<C::Outcome>>>
    where
        C::Outcome: fmt::Debug + Sync,
    {
        let (answer, receiver) = oneshot::channel();
        self.0.send(Box::new(Waiting { command, outcome: None, answer })).await.map_err(|_| stopped())?;
        Ok(receiver)
    }

    /// Queues a command and waits until it is on disk.
    pub(super) async fn run<C: Command>(&self, command: C) -> Result<C::Outcome>
    where
        C::Outcome: fmt::Debug + Sync,
    {
        self.submit(command).await?.await.map_err(|_| stopped())?
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
    async fn run(self, mut requests: mpsc::Receiver<Box<dyn Request>>) {
        let mut taken = Vec::with_capacity(BATCH);
        while requests.recv_many(&mut taken, BATCH).await > 0 {
            match self.commit(&mut taken).await {
                Ok(()) => taken.drain(..).for_each(Request::answer),
                // The database is unavailable or gave up the transaction, which applies to every command.
                Err(error @ (Error::Unavailable(_) | Error::Contended(_))) => {
                    taken.drain(..).for_each(|request| request.fail(error.clone()));
                }
                // One command does not fit, such as an id that another node stored at this very moment. Stored one by
                // one, the others succeed, and that one gets its own answer.
                Err(_) => {
                    for mut request in taken.drain(..) {
                        match self.commit(slice::from_mut(&mut request)).await {
                            Ok(()) => request.answer(),
                            Err(error) => request.fail(error),
                        }
                    }
                }
            }
        }
    }

    /// Stores commands in one transaction. A panic is an error like any other: the writer goes on, and only the command
    /// that causes it is refused.
    async fn commit(&self, requests: &mut [Box<dyn Request>]) -> Result<()> {
        let commit = AssertUnwindSafe(self.commit_or_panic(requests)).catch_unwind();
        commit.await.unwrap_or_else(|_| Err(Error::internal("the writer panicked")))
    }

    async fn commit_or_panic(&self, requests: &mut [Box<dyn Request>]) -> Result<()> {
        match self.attempts(requests, DuplicateCheck::Skip).await {
            // The second attempt looks up what was stored before or meanwhile.
            Err(Error::Internal(_)) => self.attempts(requests, DuplicateCheck::Lookup).await,
            result => result,
        }
    }

    async fn attempts(&self, requests: &mut [Box<dyn Request>], duplicates: DuplicateCheck) -> Result<()> {
        let mut retries = Retries::default();
        loop {
            match self.attempt(requests, duplicates).await {
                Err(Error::Contended(cause)) if retries.wait(&cause).await => {}
                result => return result,
            }
        }
    }

    /// Stores all commands in one transaction.
    async fn attempt(&self, requests: &mut [Box<dyn Request>], duplicates: DuplicateCheck) -> Result<()> {
        let scopes: Vec<Scope> = requests.iter().map(|request| request.scope()).collect();
        let tx = ConversationTx::begin(&self.db, &self.bus).await?;
        let mut batch = Batch::load(tx, &scopes, duplicates).await?;
        let now = self.clock.now();
        for request in requests {
            request.apply(&mut batch, now);
        }
        batch.commit().await
    }
}

#[cfg(test)]
mod tests {
    use protocol::{ConversationId, Error, ErrorKind, Millis, Seq, UserId};

    use super::*;
    use crate::{Actor, Config, Domain, config};

    #[derive(Clone, Copy, Debug)]
    struct Touch {
        panics: bool,
    }

    impl Command for Touch {
        type Outcome = ();

        fn scope(&self) -> Scope {
            let (conversation, user) = (ConversationId::from_parts(0, &[1; 10]), UserId::from_parts(0, &[1; 10]));
            Scope { conversation, user, new_message: None }
        }

        fn apply(&self, _batch: &mut Batch, _now: Millis) -> Result<(), Error> {
            assert!(!self.panics, "as the test wants it");
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_command_that_panics_is_refused_and_the_others_are_stored() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            database: config::DatabaseConfig::Sqlite(folder.path().join("chat.db")),
            redis_url: None,
            mail: config::MailConfig { smtp_url: None, from: "WeConnect <chat@example.org>".into(), logs_links: false },
            public_url: "https://chat.example.org".into(),
            limits: false,
            statement_timeout: crate::db::STATEMENT_TIMEOUT,
            presence: config::PresenceTiming::default(),
        };
        let domain = Domain::open(config, Clock::default()).await.unwrap();
        let writer = &domain.0.writer;
        let commands = [false, true, false].map(|panics| writer.run(Touch { panics }));
        let [before, panicked, after] = futures::future::join_all(commands).await.try_into().unwrap();
        assert!(before.is_ok() && after.is_ok());
        assert!(matches!(panicked, Err(crate::Error::Internal(_))), "{panicked:?}");
        // It still serves others.
        let nobody = Actor::new(UserId::from_parts(0, &[1; 10]));
        let seen = domain.messages().seen(nobody, ConversationId::from_parts(0, &[1; 10]), Seq(1)).await;
        assert!(matches!(seen, Err(crate::Error::Refused(error)) if error.kind == ErrorKind::NotFound));
    }
}
