//! A server in this process, on a port of its own.

use std::net::SocketAddr;

use domain::Domain;
use server::{
    Server,
    config::{Config, MailConfig, PresenceTiming, ServeError, Timing},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::{Browser, Store, within};

/// A running server. It is told to stop when dropped; [`stop`](Self::stop) waits until it has.
#[derive(Debug)]
pub struct TestServer {
    pub address: SocketAddr,
    pub domain: Domain,
    /// Where mails stay that were not sent, where there is such a page.
    pub outbox: String,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<Result<(), ServeError>>,
    /// Last, so that the database goes after the server. Absent when several servers share one.
    _store: Option<Store>,
}

impl TestServer {
    /// On a new SQLite file.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// On a new SQLite file, with other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let store = Store::sqlite();
        let mut server = Self::on(&store, change).await;
        server._store = Some(store);
        server
    }

    /// On this database, with other settings.
    pub async fn on(store: &Store, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = config(store);
        change(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::open(config, listener).await.unwrap();
        let (address, domain) = (server.local_addr(), server.domain().clone());
        let outbox = server.outbox_path().unwrap_or_default();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { address, domain, outbox, stop: Some(stop), serving, _store: None }
    }

    /// A browser of nobody in particular.
    pub fn browser(&self) -> Browser {
        Browser::new(self.address, &self.outbox)
    }

    /// A browser of somebody who just signed up.
    pub async fn with_user(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        browser.sign_up(name).await;
        browser
    }

    /// Tells it to stop, without waiting.
    pub fn tell_to_stop(&mut self) {
        self.stop = None;
    }

    /// Tells it to stop, and waits until it has.
    pub async fn stop(mut self) {
        self.tell_to_stop();
        within("the server stops", &mut self.serving).await.unwrap().unwrap();
    }
}

/// Settings of a server on this database; mail goes to the outbox.
pub fn config(store: &Store) -> Config {
    Config {
        data_dir: store.folder().to_owned(),
        database: store.config(),
        redis_url: None,
        mail: MailConfig { smtp_url: None, from: "WeConnect <chat@example.org>".into(), logs_links: false },
        public_url: None,
        // There is nothing in it: what is built differs between machines.
        site_dir: Some("no-such-folder".into()),
        limits: true,
        proxies: "127.0.0.0/8,::1".parse().unwrap(),
        timing: Timing::default(),
        presence: PresenceTiming::default(),
        sockets_max: None,
    }
}
