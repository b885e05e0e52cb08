//! The background task of presence on a node: removes users who left, sends frames to the subscribers and messages to
//! the other nodes, and stores when users were last seen.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use protocol::{Millis, UserId};
use tokio::{
    task::AbortHandle,
    time::{Instant, sleep, timeout},
};

use super::query;
use crate::{
    Clock, Domain,
    config::PresenceTiming,
    db::Db,
    live::{Bus, Envelope, Hub, Settled, To},
};

/// The interval at which the time limits are checked.
const LOOK: Duration = Duration::from_millis(500);
/// Events within this time are sent together: when a server stops, all its users reconnect to the other nodes at once.
const GATHER: Duration = Duration::from_millis(50);
/// The longest that a write may take. A slower one is retried later: no user may look online for longer because the
/// database is slow.
const WRITE: Duration = Duration::from_secs(2);

/// The background task of presence. It ends when this is dropped.
#[derive(Debug, Default)]
pub struct Worker(OnceLock<AbortHandle>);

impl Worker {
    /// Starts the task. It holds nothing that would keep the domain alive.
    pub(crate) fn start(domain: &Domain) {
        let parts = &domain.0;
        let task = Task {
            db: parts.db.clone(),
            clock: parts.clock.clone(),
            hub: parts.hub.clone(),
            bus: parts.bus.clone(),
            timing: parts.config.presence,
            failing: false,
        };
        parts.presence.0.get_or_init(|| tokio::spawn(task.work()).abort_handle());
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(task) = self.0.get() {
            task.abort();
        }
    }
}

#[derive(Debug)]
struct Task {
    db: Db,
    clock: Clock,
    hub: Arc<Hub>,
    bus: Arc<dyn Bus>,
    timing: PresenceTiming,
    /// Whether an error was logged since the last successful read.
    failing: bool,
}

impl Task {
    async fn work(mut self) {
        let mut noted = Instant::now();
        loop {
            tokio::select! {
                () = self.hub.presence().woken() => sleep(GATHER).await,
                () = sleep(LOOK) => {}
            }
            if noted.elapsed() >= self.timing.note {
                noted = Instant::now();
                let people = self.hub.presence().connected();
                self.note(&people, self.clock.now()).await;
            }
            self.round().await;
        }
    }

    async fn round(&mut self) {
        let Settled { gone, words, missed } = self.hub.presence().settle(self.timing.grace, self.timing.silence);
        if missed {
            tracing::warn!("another node fell silent; clients look what they missed of it");
            self.hub.deliver(&Envelope::bare(To::Resync));
        }
        // Before subscribers are told that users left: the frame has the last seen time.
        if !gone.is_empty() {
            let grace = Millis::try_from(self.timing.grace.as_millis()).unwrap_or(0);
            self.note(&gone, self.clock.now().saturating_sub(grace)).await;
        }
        if self.bus.is_shared() {
            words.iter().for_each(|word| self.bus.publish(Envelope::from_node(word)));
        }
        let told = self.hub.presence().to_tell();
        let people = told.people();
        if people.is_empty() {
            return;
        }
        let found = query::people(self.db.read(), &people).await;
        match found {
            Ok(found) => {
                self.failing = false;
                self.hub.presence().tell(&told, &found, self.clock.now());
            }
            Err(error) => {
                self.hub.presence().untold(told);
                self.fails(&error);
            }
        }
    }

    async fn note(&mut self, people: &[UserId], at: Millis) {
        match timeout(WRITE, query::seen(&self.db, people, at)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.fails(&error),
            Err(late) => self.fails(&late),
        }
    }

    fn fails(&mut self, error: &dyn std::fmt::Display) {
        if !std::mem::replace(&mut self.failing, true) {
            tracing::warn!(%error, "presence is held up");
        }
    }
}
