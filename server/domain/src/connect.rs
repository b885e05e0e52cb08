//! Reads from the database what sockets follow and which of their sessions are there: when a socket opens or says
//! `Sync`, and for everybody when something may have been lost on the way from another node.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
    time::Duration,
};

use protocol::{ConversationId, ErrorKind, Millis, SessionHandle, UserId};
use sea_orm::ConnectionTrait;
use tokio::{
    task::AbortHandle,
    time::{sleep, timeout},
};

use crate::{
    Actor, Clock, Domain, Error, Result,
    conversations::followed,
    db::Db,
    live::{Connection, Doubt, Hub, PresenceHandle, Socket},
    sessions::live_of,
};

/// Sockets that are read for and told to resync at once, before a pause is made: ten thousand clients must not ask in
/// the same instant. Two queries serve as many.
const CHUNK: usize = 500;
const PAUSE: Duration = Duration::from_millis(50);
/// When the database does not answer, it is asked again after this time …
const AGAIN: Duration = Duration::from_secs(1);
/// … and an answer that takes longer will not come.
const ANSWER: Duration = Duration::from_secs(10);
/// How often a socket that opens reads again because something was heard meanwhile. Beyond, the background does it.
const TRIES: u32 = 3;

/// The conversations and the sessions of some people.
#[derive(Debug, Default)]
struct Found {
    follows: HashMap<UserId, HashSet<ConversationId>>,
    sessions: HashMap<UserId, HashSet<SessionHandle>>,
}

async fn read(db: &impl ConnectionTrait, users: &[UserId], now: Millis) -> Result<Found> {
    let mut found = Found::default();
    for (user, conversation) in followed(db, users).await? {
        found.follows.entry(user).or_default().insert(conversation);
    }
    for (user, session) in live_of(db, users, now).await? {
        found.sessions.entry(user).or_default().insert(session);
    }
    Ok(found)
}

impl Domain {
    /// Takes a socket in that speaks for this person, and that no session opened: it stays until it is closed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn connect(&self, actor: &Actor) -> Result<Connection> {
        // In this order: what begins or ends from now on is heard, because the socket is already known.
        let connection = self.0.hub.register(actor.user, None);
        self.follow(connection.presence_handle().socket()).await?;
        Ok(connection)
    }

    /// Takes a socket in that this session opened.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthenticated`] when the session has ended, maybe a moment ago; what the database says.
    pub async fn connect_session(&self, actor: &Actor, session: SessionHandle) -> Result<Connection> {
        let connection = self.0.hub.register(actor.user, Some(session));
        if !self.follow(connection.presence_handle().socket()).await?.contains(&session) {
            return Err(ErrorKind::Unauthenticated.into());
        }
        Ok(connection)
    }

    /// Has the sockets of a socket's person follow exactly what that person is in, whatever was lost on the way. Call
    /// it before answering what is there: what changes after the answer is then heard.
    ///
    /// # Errors
    /// What the database says.
    pub async fn refresh(&self, lookout: &PresenceHandle) -> Result<()> {
        self.follow(lookout.socket()).await.map(drop)
    }

    /// Reads what a socket's person is in. Returns that person's sessions.
    async fn follow(&self, socket: &Socket) -> Result<HashSet<SessionHandle>> {
        let (hub, user) = (&self.0.hub, socket.user);
        let mut sessions = HashSet::new();
        for _ in 0..TRIES {
            let Some(version) = hub.version(user) else { break };
            let mut found = read(self.db().read(), &[user], self.now()).await?;
            let follows = found.follows.remove(&user).unwrap_or_default();
            sessions = found.sessions.remove(&user).unwrap_or_default();
            if hub.renew(Doubt { user, version, resync: false }, follows, &sessions, Some(socket)) {
                return Ok(sessions);
            }
        }
        hub.doubt(user, true);
        Ok(sessions)
    }
}

/// The background task that reads again. It ends when dropped.
#[derive(Debug, Default)]
pub(crate) struct Repair(OnceLock<AbortHandle>);

impl Repair {
    /// Starts it. It holds no part of the domain that would keep the domain alive.
    pub fn start(domain: &Domain) {
        let parts = &domain.0;
        let task = Task { db: parts.db.clone(), clock: parts.clock.clone(), hub: parts.hub.clone() };
        parts.repair.0.get_or_init(|| tokio::spawn(task.work()).abort_handle());
    }
}

impl Drop for Repair {
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
}

impl Task {
    async fn work(self) {
        loop {
            self.hub.doubted().await;
            loop {
                let doubts = self.hub.take_doubted(CHUNK);
                if doubts.is_empty() {
                    break;
                }
                if let Err(failure) = self.read(&doubts).await {
                    tracing::warn!(%failure, "what sockets follow can't be read now");
                    // Nobody is told to resync before: what they missed since could not be made up for.
                    doubts.iter().for_each(|doubt| self.hub.doubt(doubt.user, doubt.resync));
                    sleep(AGAIN).await;
                }
                sleep(PAUSE).await;
            }
        }
    }

    async fn read(&self, doubts: &[Doubt]) -> Result<()> {
        let users: Vec<UserId> = doubts.iter().map(|doubt| doubt.user).collect();
        let reading = timeout(ANSWER, read(self.db.read(), &users, self.clock.now()));
        let mut found = reading.await.map_err(|late| Error::Unavailable(late.to_string()))??;
        for doubt in doubts {
            let follows = found.follows.remove(&doubt.user).unwrap_or_default();
            let sessions = found.sessions.remove(&doubt.user).unwrap_or_default();
            if !self.hub.renew(*doubt, follows, &sessions, None) {
                self.hub.doubt(doubt.user, doubt.resync);
            }
        }
        Ok(())
    }
}
