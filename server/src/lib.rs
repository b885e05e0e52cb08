//! The server: command line, router, sessions, security headers, sockets. The rules are in `domain`.
//!
//! A test or another program starts it on any listener, with any future that resolves when the server should stop:
//!
//! ```no_run
//! # async fn example(config: server::config::Config) -> Result<(), server::config::ServeError> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! server::serve(config, listener, std::future::pending()).await
//! # }
//! ```

mod border;
pub mod cli;
pub mod config;
mod csrf;
pub mod descriptors;
mod export;
mod forwarded;
mod headers;
mod isolation;
mod leptos_context;
mod mail_outbox;
pub mod observability;
pub mod proxies;
pub mod public_url;
mod refusal;
mod router;
mod same_account;
mod secret;
mod sessions;
mod state;
mod static_files;
mod typed;
mod uploads;
mod whole;
mod ws;

use std::{
    future::Future,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::serve::ListenerExt;
use domain::{Clock, Domain};
use tokio::net::TcpListener;

use self::public_url::PublicUrl;
use crate::{
    config::{Config, DatabaseConfig, MailConfig, ServeError},
    state::AppState,
    ws::Sockets,
};

/// The longest that a stop waits for requests and sockets to finish.
const STOP: Duration = Duration::from_secs(8);

/// Opens the database and serves on `listener` until `shutdown` resolves; then closes sockets and finishes requests,
/// for a few seconds at most.
///
/// # Errors
/// Returns [`ServeError`], worded for the operator.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    Server::open(config, listener).await?.run(shutdown).await
}

/// A server that is ready to serve requests.
#[derive(Debug)]
pub struct Server {
    domain: Domain,
    listener: TcpListener,
    address: SocketAddr,
    public_url: PublicUrl,
    site: static_files::StaticFiles,
    timing: config::Timing,
    proxies: config::Proxies,
    sockets_max: usize,
    /// The secret in the path of the outbox page, if there is one.
    outbox: Option<secret::Secret>,
}

impl Server {
    /// Opens everything that `config` names. Connections wait in `listener` until [`run`](Self::run).
    ///
    /// # Errors
    /// Returns [`ServeError`], worded for the operator.
    pub async fn open(config: Config, listener: TcpListener) -> Result<Self, ServeError> {
        let address = listener.local_addr()?;
        let public_url = PublicUrl::new(config.public_url.unwrap_or_else(|| format!("http://{}", reachable(address))));
        let site = static_files::StaticFiles::find(config.site_dir)?;
        // Only if nobody except the operator's own machine can request it.
        let has_outbox = config.mail.smtp_url.is_none() && address.ip().is_loopback() && public_url.is_loopback();
        let outbox = has_outbox.then(|| secret::Secret::of(&config.data_dir)).transpose()?;
        let domain = domain::Config {
            database: config.database,
            redis_url: config.redis_url,
            // A link in the log lets whoever reads the log confirm an address or reset a password.
            mail: MailConfig { logs_links: outbox.is_none(), ..config.mail },
            public_url: public_url.to_string(),
            limits: config.limits,
            statement_timeout: domain::db::STATEMENT_TIMEOUT,
            presence: config.presence,
        };
        observability::install_page_tasks();
        let domain = Domain::open(domain, Clock::default()).await?;
        Ok(Self {
            domain,
            listener,
            address,
            public_url,
            site,
            timing: config.timing,
            proxies: config.proxies,
            sockets_max: config.sockets_max.unwrap_or_else(descriptors::for_sockets),
            outbox,
        })
    }

    /// Returns the domain that this server serves.
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Returns the address that the server listens on.
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address that users type.
    pub const fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// Returns where the data is stored, for the operator to read; without a password.
    pub fn data(&self) -> String {
        match &self.domain.config().database {
            DatabaseConfig::Sqlite(path) => {
                std::path::absolute(path).unwrap_or_else(|_| path.clone()).display().to_string()
            }
            DatabaseConfig::Postgres(url) => public_url::without_password(url),
        }
    }

    /// Returns where mail goes, for the operator to read; without a password.
    pub fn mail(&self) -> String {
        match (&self.domain.config().mail.smtp_url, self.outbox_path()) {
            (Some(url), _) => public_url::without_password(url),
            (None, Some(path)) => format!("the outbox: {}{path}", self.public_url),
            (None, None) => "the log; set SMTP_URL to have it sent".to_owned(),
        }
    }

    /// Returns the path of the page with mails that were not sent, if there is one. Anybody who knows it can confirm
    /// any address.
    pub fn outbox_path(&self) -> Option<String> {
        self.outbox.as_ref().map(|secret| format!("/outbox/{}", secret.as_str()))
    }

    /// Serves requests until `shutdown` resolves; then closes sockets and finishes requests, for a few seconds at most.
    ///
    /// # Errors
    /// Returns an error if the operating system does.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        let domain = self.domain.clone();
        let sockets = Sockets::new(self.sockets_max);
        let state = AppState {
            domain: self.domain,
            leptos: self.site.options(self.address),
            public_url: self.public_url,
            sockets: sockets.clone(),
            timing: self.timing,
            proxies: self.proxies,
            uploads: uploads::Uploads::default(),
            outbox: self.outbox,
        };
        let app = router::router(state, &self.site);
        let listener = self.listener.tap_io(|connection| {
            // A frame is already a single write; waiting to fill a packet would only delay it.
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "a connection can't be told not to delay");
            }
        });
        let (stopping, mut stop) = tokio::sync::watch::channel(false);
        let close = sockets.clone();
        let serving = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(async move {
                shutdown.await;
                close.close();
                stopping.send_replace(true);
            });
        let deadline = async {
            // An error means that the sender was dropped, which also means that the server stops.
            let _ = stop.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(STOP).await;
        };
        let finished = async {
            serving.await?;
            sockets.closed().await;
            // Last: what was answered has happened and must reach users on the other nodes too.
            domain.leave().await;
            Ok(())
        };
        tokio::select! {
            result = finished => result,
            () = deadline => {
                tracing::warn!("not everything was finished in time");
                Ok(())
            }
        }
    }
}

/// Returns an address that a browser on this machine can open: the unspecified address is none.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    SocketAddr::new(ip, address.port())
}
