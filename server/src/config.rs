//! The settings of the server, and the errors of starting it.

use std::path::PathBuf;

pub use crate::{proxies::Proxies, static_files::SiteError, ws::Timing};
pub use domain::config::{DatabaseConfig, MailConfig, OpenError, PresenceTiming};

/// Settings of the server. The address to listen on is not among them: the server receives a listener.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder for the server's own files, next to the database.
    pub data_dir: PathBuf,
    /// The database for messages and accounts.
    pub database: DatabaseConfig,
    /// `redis://…`, if several nodes share one database.
    pub redis_url: Option<String>,
    /// The mail settings.
    pub mail: MailConfig,
    /// The address that users type, such as `https://chat.example.org`; if `None`, the listener's address.
    pub public_url: Option<String>,
    /// The folder with scripts, styles and icons, as cargo-leptos builds it; if `None`, the server searches for it.
    pub site_dir: Option<PathBuf>,
    /// Whether rate limits apply, see [`domain::rate_limit`].
    pub limits: bool,
    /// The reverse proxies whose `X-Forwarded-For` or `Forwarded` header is trusted.
    pub proxies: Proxies,
    /// The time limits of sockets.
    pub timing: Timing,
    /// The time limits of presence.
    pub presence: PresenceTiming,
    /// The most live sockets; if `None`, as many as [`descriptors`](crate::descriptors) allows.
    pub sockets_max: Option<usize>,
}

/// The reason why the server cannot run, worded for the operator.
#[derive(Debug)]
pub enum ServeError {
    /// The domain cannot be opened.
    Open(OpenError),
    /// Scripts and styles cannot be served.
    Site(SiteError),
    /// The operating system returned an error.
    Io(std::io::Error),
}

impl std::fmt::Display for ServeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Site(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ServeError {}

impl From<OpenError> for ServeError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<SiteError> for ServeError {
    fn from(error: SiteError) -> Self {
        Self::Site(error)
    }
}

impl From<std::io::Error> for ServeError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}
