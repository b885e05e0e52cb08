//! The domain: the rules of what users may do, and what is stored when they do it.
//!
//! Services take an [`Actor`] and `protocol` types and return `protocol` types; entities stay private. This crate does
//! not use axum or leptos. Every read of a message or a member list checks the actor's permission.

pub mod accounts;
pub mod clock;
pub mod config;
mod connect;
pub mod conversations;
pub mod db;
pub(crate) mod email;
mod entities;
pub mod error;
pub mod jobs;
mod keys;
pub mod live;
pub mod mail;
pub mod messages;
mod pooler;
pub mod presence;
pub mod rate_limit;
pub mod relationships;
pub mod sessions;
mod sql;
mod text;
mod token;
pub mod users;
mod work;

use std::{net::IpAddr, sync::Arc};

pub use self::error::{Error, Result};
pub use clock::Clock;
pub use config::Config;
use protocol::UserId;

/// The signed-in user on whose behalf a service acts, and where the request comes from: over a form, a socket or any
/// other way, services check the same permissions and count the same rate limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The signed-in user.
    pub user: UserId,
    /// Where the request comes from.
    pub client: Client,
}

impl Actor {
    /// Creates an actor whose request comes from nowhere, as for a job.
    pub const fn new(user: UserId) -> Self {
        Self { user, client: Client { address: None } }
    }
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Client {
    /// The address, if it is known.
    pub address: Option<IpAddr>,
}

/// The domain with everything it needs: the database, the live hub, the writer of messages, the mailer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Domain(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    clock: Clock,
    db: db::Db,
    hub: Arc<live::Hub>,
    bus: Arc<dyn live::Bus>,
    writer: messages::Writer,
    passwords: accounts::Passwords,
    pictures: users::pictures::Pictures,
    mailer: Arc<dyn mail::Mailer>,
    jobs: jobs::JobNotifier,
    /// `None` if rate limits are switched off.
    limits: Option<rate_limit::RateLimits>,
    presence: presence::Worker,
    repair: connect::Repair,
}

impl Domain {
    /// Opens the database, migrates its schema and starts the background tasks, which end with the runtime.
    ///
    /// # Errors
    /// Returns [`config::OpenError`], worded for the operator.
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
        let limits = config.limits.then(|| rate_limit::RateLimits::new(&clock));
        let domain = Self(Arc::new(Inner {
            config,
            clock,
            db,
            hub,
            bus,
            writer,
            passwords,
            pictures: users::pictures::Pictures::default(),
            mailer,
            jobs: jobs::JobNotifier::default(),
            limits,
            presence: presence::Worker::default(),
            repair: connect::Repair::default(),
        }));
        jobs::start(&domain, work::perform);
        presence::Worker::start(&domain);
        connect::Repair::start(&domain);
        Ok(domain)
    }

    /// Returns the service for accounts: signing up, signing in, and changing an account.
    pub fn accounts(&self) -> accounts::Accounts<'_> {
        accounts::Accounts::new(self)
    }

    /// Returns the service for conversations: the sidebar, direct conversations, rooms.
    pub fn conversations(&self) -> conversations::Conversations<'_> {
        conversations::Conversations::new(self)
    }

    /// Returns the service for messages: sending, history, changes, read positions.
    pub fn messages(&self) -> messages::Messages<'_> {
        messages::Messages::new(self)
    }

    /// Returns the service for relationships: friends, blocks, privacy, search.
    pub fn relationships(&self) -> relationships::Relationships<'_> {
        relationships::Relationships::new(self)
    }

    /// Returns the service for presence, availability and status.
    pub fn presence(&self) -> presence::Presences<'_> {
        presence::Presences::new(self)
    }

    /// Returns the service for profiles and pictures.
    pub fn profiles(&self) -> users::Profiles<'_> {
        users::Profiles::new(self)
    }

    /// Returns the service for stored sessions.
    pub fn sessions(&self) -> sessions::Sessions<'_> {
        sessions::Sessions::new(self)
    }

    /// Returns the mails that were not sent because no SMTP server is set.
    pub fn mail_outbox(&self) -> mail::MailOutbox<'_> {
        mail::MailOutbox::new(self)
    }

    /// Announces to the other nodes that this one stops, and waits until they have received everything that happened
    /// here. Call this when nothing happens any more. Waits forever while the other nodes cannot be reached; they then
    /// notice by themselves that this node is gone.
    pub async fn leave(&self) {
        self.0.bus.leave().await;
    }

    /// Returns the hub with the sockets of this node.
    pub fn hub(&self) -> &Arc<live::Hub> {
        &self.0.hub
    }

    /// Returns the settings that the domain was opened with.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn db(&self) -> &db::Db {
        &self.0.db
    }

    /// Returns the time of the clock that the domain was opened with.
    pub fn now(&self) -> protocol::Millis {
        self.0.clock.now()
    }
}
