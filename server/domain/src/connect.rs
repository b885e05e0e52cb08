//! Reads the subscriptions and the existing sessions of sockets from the database: when a socket opens or sends `Sync`,
//! and for all sockets when envelopes from another node may have been lost.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
    time::Duration,
};

use protocol::{
    ConversationId, ErrorKind, Field, Millis, SessionHandle, UserId,
    limits::SYNC_MAX,
    live::{ConversationCursor, ServerFrame},
};
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
    rate_limit::LimitedAction,
    sessions::live_of,
};

/// The number of sockets whose subscriptions are read and that are told to resync before a pause: ten thousand clients
/// must not send requests in the same instant. Two queries serve this many sockets.
const CHUNK: usize = 500;
const PAUSE: Duration = Duration::from_millis(50);
/// The time before another attempt when the database does not answer …
const AGAIN: Duration = Duration::from_secs(1);
/// … and the time after which its answer is no longer expected.
const ANSWER: Duration = Duration::from_secs(10);
/// The number of attempts of a socket that opens, if its subscriptions change meanwhile. After that, the background
/// task reads them.
const TRIES: u32 = 3;

/// The conversations and the sessions of some users.
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
    /// Registers a socket for this user that belongs to no session: it stays open until it is closed.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn connect(&self, actor: &Actor) -> Result<Connection> {
        // In this order: the socket is registered first, so it receives every change from now on.
        let connection = self.0.hub.register(actor.user, None);
        self.follow(connection.presence_handle().socket()).await?;
        Ok(connection)
    }

    /// Registers a socket that belongs to this session.
    ///
    /// # Errors
    /// Returns [`ErrorKind::Unauthenticated`] if the session has ended, maybe a moment ago, and an error if the
    /// database fails.
    pub async fn connect_session(&self, actor: &Actor, session: SessionHandle) -> Result<Connection> {
        let connection = self.0.hub.register(actor.user, Some(session));
        if !self.follow(connection.presence_handle().socket()).await?.contains(&session) {
            return Err(ErrorKind::Unauthenticated.into());
        }
        Ok(connection)
    }

    /// Answers a client that sent the state of its sidebar, with everything that differs.
    ///
    /// # Errors
    /// [`ErrorKind::TooLong`] for more than [`SYNC_MAX`] cursors, and [`ErrorKind::RateLimited`].
    pub async fn sync(
        &self,
        actor: &Actor,
        handle: &PresenceHandle,
        cursors: Vec<ConversationCursor>,
    ) -> Result<ServerFrame> {
        if cursors.len() > usize::try_from(SYNC_MAX).unwrap_or(usize::MAX) {
            return Err(ErrorKind::TooLong { max: SYNC_MAX }.on(Field::Request).into());
        }
        self.limit(actor, LimitedAction::Sync)?;
        // First: then the socket receives every change after the response was read.
        self.refresh(handle).await?;
        let (conversations, gone, people) = self.conversations().sync(actor, cursors).await?;
        let requests = self.relationships().requests(actor).await?;
        Ok(ServerFrame::Synced { conversations, gone, requests, people })
    }

    /// Subscribes all sockets of this socket's user to exactly the conversations that the user is a member of, whatever
    /// was lost before. Call this before reading the answer to a client's request: then it receives every change after
    /// the answer.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn refresh(&self, handle: &PresenceHandle) -> Result<()> {
        self.follow(handle.socket()).await.map(drop)
    }

    /// Reads the subscriptions of a socket's user. Returns the user's sessions.
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

/// The background task that reads subscriptions again. It ends when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Repair(OnceLock<AbortHandle>);

impl Repair {
    /// Starts the task. It holds nothing that would keep the domain alive.
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
                    // Sockets must not resync before their subscriptions are read: they could miss changes after that
                    // without knowing.
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
