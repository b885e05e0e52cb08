//! The rules: what may happen, and what is stored when it does.
//!
//! Services take an [`Actor`] and `protocol` types and return `protocol` types; entities stay inside. No axum and no
//! leptos here. Every read of a message or a member list asks whether this actor may.

pub mod accounts;
pub mod clock;
pub mod config;
pub mod conversations;
pub mod db;
mod entities;
pub mod failure;
pub mod jobs;
mod keys;
pub mod limits;
pub mod live;
pub mod mail;
pub mod messages;
pub mod people;
mod pooler;
pub mod presence;
pub mod sessions;
mod sql;
mod text;

use std::sync::Arc;

pub use clock::Clock;
pub use config::Config;
pub use failure::{Failure, Result};
use protocol::UserId;

/// On whose behalf something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The signed-in person.
    pub user: UserId,
}

/// Everything the rules need: the database, the live hub, the writer of messages, the mailer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Domain(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    config: Config,
    clock: Clock,
    db: db::Db,
    hub: Arc<live::Hub>,
    bus: Arc<dyn live::Bus>,
    writer: messages::Writer,
    passwords: accounts::Passwords,
    pictures: people::pictures::Pictures,
    mailer: Arc<dyn mail::Mailer>,
    jobs: jobs::Bell,
    /// None where they are switched off.
    limits: Option<limits::Limits>,
    /// As the limits.
    rates: Option<live::Rates>,
    presence: presence::Worker,
    repair: live::Repair,
}

impl Domain {
    /// Opens the database, brings its schema up to date and starts the background tasks, which end with the runtime.
    ///
    /// # Errors
    /// [`config::OpenError`], in words for the operator.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, config::OpenError> {
        // Side by side: each takes several connections to be made, which is most of what a start takes. What is wrong with
        // a pooler is said first: it is why the database can't be opened then.
        let opening = db::Db::open(&config.database, config.statement_timeout);
        let (checked, db) = tokio::join!(pooler::check(&config.database), opening);
        checked?;
        let db = db?;
        keys::fill(&db).await?;
        let hub = Arc::new(live::Hub::new());
        let bus = live::open_bus(config.redis_url.as_deref(), hub.clone()).await?;
        let writer = messages::Writer::start(db.clone(), bus.clone(), clock.clone());
        let passwords = accounts::Passwords::new()?;
        let mailer = mail::open(&config.mail, &config.public_url, db.clone(), clock.clone())?;
        let limits = config.limits.then(|| limits::Limits::new(&clock));
        let rates = config.limits.then(|| live::Rates::new(governor::clock::MonotonicClock));
        let domain = Self(Arc::new(Parts {
            config,
            clock,
            db,
            hub,
            bus,
            writer,
            passwords,
            pictures: people::pictures::Pictures::default(),
            mailer,
            jobs: jobs::Bell::default(),
            limits,
            rates,
            presence: presence::Worker::default(),
            repair: live::Repair::default(),
        }));
        jobs::start(&domain);
        presence::Worker::start(&domain);
        live::Repair::start(&domain);
        Ok(domain)
    }

    /// Accounts: signing up and in.
    pub fn accounts(&self) -> accounts::Accounts<'_> {
        accounts::Accounts::new(self)
    }

    /// Conversations: the sidebar, direct ones, rooms.
    pub fn conversations(&self) -> conversations::Conversations<'_> {
        conversations::Conversations::new(self)
    }

    /// Messages: sending, history, what changed, read positions.
    pub fn messages(&self) -> messages::Messages<'_> {
        messages::Messages::new(self)
    }

    /// People: friends, blocks, privacy, search, profiles.
    pub fn people(&self) -> people::People<'_> {
        people::People::new(self)
    }

    /// Presence: who is seen as there, and what people say about it.
    pub fn presence(&self) -> presence::Presences<'_> {
        presence::Presences::new(self)
    }

    /// Profiles: what people say about themselves, their pictures.
    pub fn profiles(&self) -> people::Profiles<'_> {
        people::Profiles::new(self)
    }

    /// Sessions as rows.
    pub fn sessions(&self) -> sessions::Sessions<'_> {
        sessions::Sessions::new(self)
    }

    /// Mail that was not sent because no SMTP server is set.
    pub fn outbox(&self) -> mail::Outbox<'_> {
        mail::Outbox::new(self)
    }

    /// Says goodbye to the other nodes, and waits until they have all that happened here. Call it when nothing happens
    /// any more. It does not end while they can't be reached; they then notice by themselves that this node is gone.
    pub async fn leave(&self) {
        self.0.bus.leave().await;
    }

    /// The sockets of this node.
    pub fn hub(&self) -> &Arc<live::Hub> {
        &self.0.hub
    }

    /// The settings it was opened with.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn db(&self) -> &db::Db {
        &self.0.db
    }

    /// The time by the clock it was opened with.
    pub fn now(&self) -> protocol::Millis {
        self.0.clock.now()
    }
}
