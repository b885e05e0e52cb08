//! What the server is told at its start.

use std::path::PathBuf;

pub use crate::{proxies::Proxies, static_files::SiteError, ws::Timing};
pub use domain::config::{DatabaseConfig, MailConfig, OpenError};

/// Settings of the server. Where it listens is not among them: it is handed a listener.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder for what the server itself keeps, beside the database.
    pub data_dir: PathBuf,
    /// Where messages and accounts are kept.
    pub database: DatabaseConfig,
    /// `redis://…`, when several nodes serve one database.
    pub redis_url: Option<String>,
    /// How mail leaves.
    pub mail: MailConfig,
    /// The address people type, such as `https://chat.example.org`; without it, that of the listener.
    pub public_url: Option<String>,
    /// The folder with scripts, styles and icons, as cargo-leptos builds it; without it, it is looked for.
    pub site_dir: Option<PathBuf>,
    /// Whether tries are counted, see [`domain::rate_limit`].
    pub limits: bool,
    /// The machines that say in `X-Forwarded-For` or `Forwarded` for whom they ask.
    pub proxies: Proxies,
    /// How long a socket waits for what.
    pub timing: Timing,
    /// How long presence waits for what.
    pub presence: PresenceTiming,
    /// Live sockets at once; by default as many as [`descriptors`](crate::descriptors) leaves them.
    pub sockets_max: Option<usize>,
}

/// Why the server does not run, in words for the operator.
#[derive(Debug)]
pub enum ServeError {
    /// The domain can't be opened.
    Open(OpenError),
    /// Scripts and styles can't be served.
    Site(SiteError),
    /// The operating system refuses.
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
