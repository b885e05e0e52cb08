//! The command line. Every setting is also an environment variable.

use std::path::PathBuf;

use axum::http::Uri;
use clap::Parser;

use crate::config::{Config, DatabaseConfig, MailConfig, PresenceTiming, Proxies, Timing};

/// Live chat for a family, a community or a team.
#[derive(Clone, Debug, Parser)]
#[command(name = "weconnect", version, about)]
pub struct Args {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: String,

    /// Address that people type, such as https://chat.example.org. Links in mails start with it. By default the
    /// address that the server listens on.
    #[arg(long, env = "PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<Maybe<String>>,

    /// Folder for everything that is stored, unless a setting names another place.
    #[arg(long, env = "DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,

    /// postgres://… for a PostgreSQL database, or the path of an SQLite file. By default weconnect.db in the data
    /// folder.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_parser = database)]
    pub database_url: Option<Maybe<DatabaseConfig>>,

    /// redis://… when several servers share one PostgreSQL database.
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_parser = text)]
    pub redis_url: Option<Maybe<String>>,

    /// smtps://user:password@host or smtp://user:password@host?tls=required; without it, mail stays in the outbox for the operator to read.
    #[arg(long, env = "SMTP_URL", hide_env_values = true, value_parser = text)]
    pub smtp_url: Option<Maybe<String>>,

    /// Sender of mails.
    #[arg(long, env = "MAIL_FROM", default_value = "WeConnect <weconnect@localhost>")]
    pub mail_from: String,

    /// Folder with scripts, styles and icons. By default `site` beside the program or in target.
    #[arg(long, env = "SITE_DIR", value_parser = text)]
    pub site_dir: Option<Maybe<String>>,

    /// Reverse proxies, as a list of addresses and networks with commas between, such as 10.0.0.2,172.16.0.0/12. What they say
    /// about where a request comes from is believed.
    #[arg(long, env = "TRUSTED_PROXIES", default_value = "127.0.0.0/8,::1", value_parser = proxies)]
    pub trusted_proxies: Proxies,

    /// Whether to slow down whoever tries passwords, signs up, has mail sent or sends messages again and again; "off" only behind a proxy that does.
    #[arg(long, env = "RATE_LIMITS", default_value = "on", value_parser = on_off, action = clap::ArgAction::Set)]
    pub rate_limits: bool,

    /// What to log, such as `debug` or `warn,server=debug`. RUST_LOG works too.
    #[arg(long, env = "LOG", value_parser = text)]
    pub log: Option<Maybe<String>>,
}

/// A setting that may be set but empty: container tools pass on variables that nobody set.
#[derive(Clone, Debug)]
pub struct Maybe<T>(Option<T>);

impl Args {
    /// Returns the settings of the server.
    pub fn config(&self) -> Config {
        let sqlite = || DatabaseConfig::Sqlite(self.data_dir.join("weconnect.db"));
        Config {
            data_dir: self.data_dir.clone(),
            database: given(&self.database_url).unwrap_or_else(sqlite),
            redis_url: given(&self.redis_url),
            mail: MailConfig { smtp_url: given(&self.smtp_url), from: self.mail_from.clone(), logs_links: false },
            public_url: given(&self.public_url),
            site_dir: given(&self.site_dir).map(PathBuf::from),
            limits: self.rate_limits,
            proxies: self.trusted_proxies.clone(),
            timing: Timing::default(),
            presence: PresenceTiming::default(),
            sockets_max: None,
        }
    }

    /// Returns the filter of the log.
    pub fn log_filter(&self) -> String {
        let set = given(&self.log).or_else(|| std::env::var("RUST_LOG").ok().filter(|set| !set.is_empty()));
        // The session layer warns whenever a browser comes back with a cookie that has expired.
        set.unwrap_or_else(|| "info,tower_sessions=error,tower_sessions_core=error".to_owned())
    }
}

fn given<T: Clone>(setting: &Option<Maybe<T>>) -> Option<T> {
    setting.as_ref().and_then(|setting| setting.0.clone())
}

#[allow(clippy::unnecessary_wraps, reason = "the form that clap asks for")]
fn text(value: &str) -> Result<Maybe<String>, String> {
    Ok(Maybe(Some(value.trim().to_owned()).filter(|value| !value.is_empty())))
}

fn public_url(value: &str) -> Result<Maybe<String>, String> {
    let Some(value) = text(value)?.0 else { return Ok(Maybe(None)) };
    let url = value.trim_end_matches('/');
    let uri: Uri = url.parse().map_err(|_| "not an address")?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let is_bare = uri.path_and_query().is_none_or(|path| path.as_str() == "/");
    let has_user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
    if !is_web || has_user {
        return Err("it must look like https://chat.example.org".to_owned());
    }
    if !is_bare {
        return Err("it can't have a path: WeConnect wants a host name for itself".to_owned());
    }
    Ok(Maybe(Some(url.to_ascii_lowercase())))
}

fn proxies(value: &str) -> Result<Proxies, String> {
    value.parse()
}

fn on_off(value: &str) -> Result<bool, String> {
    match value {
        "on" | "" => Ok(true),
        "off" => Ok(false),
        _ => Err("it must be on or off".to_owned()),
    }
}

fn database(value: &str) -> Result<Maybe<DatabaseConfig>, String> {
    let Some(value) = text(value)?.0 else { return Ok(Maybe(None)) };
    let config = if value.starts_with("postgres://") || value.starts_with("postgresql://") {
        DatabaseConfig::Postgres(value)
    } else {
        let path = value.strip_prefix("sqlite://").or_else(|| value.strip_prefix("sqlite:")).unwrap_or(&value);
        if path.is_empty() || path.contains("://") {
            return Err("it must be postgres://… or the path of an SQLite file".to_owned());
        }
        DatabaseConfig::Sqlite(path.into())
    };
    Ok(Maybe(Some(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Config, clap::Error> {
        Args::try_parse_from([&["weconnect"], args].concat()).map(|args| args.config())
    }

    #[test]
    fn without_settings_everything_is_in_the_data_folder() {
        let config = parse(&["--data-dir", "/srv/chat"]).unwrap();
        let DatabaseConfig::Sqlite(path) = config.database else { panic!("{:?}", config.database) };
        assert_eq!(path, PathBuf::from("/srv/chat/weconnect.db"));
        assert!(config.mail.smtp_url.is_none());
    }

    #[test]
    fn databases() {
        let database = |url| parse(&["--database-url", url]).map(|config| config.database);
        assert!(matches!(database("postgres://a@b/c").unwrap(), DatabaseConfig::Postgres(_)));
        assert!(matches!(database("postgresql://a@b/c").unwrap(), DatabaseConfig::Postgres(_)));
        for path in ["/srv/x.db", "sqlite:///srv/x.db", "sqlite:/srv/x.db"] {
            let DatabaseConfig::Sqlite(found) = database(path).unwrap() else { panic!("{path}") };
            assert_eq!(found, PathBuf::from("/srv/x.db"));
        }
        // Container tools pass an empty variable for one that is not set.
        assert!(matches!(database("").unwrap(), DatabaseConfig::Sqlite(_)));
        assert!(database("mysql://a/b").is_err());
    }

    #[test]
    fn limits_are_on_unless_switched_off() {
        let limits = |args: &[&str]| parse(args).map(|config| config.limits);
        assert!(limits(&[]).unwrap() && limits(&["--rate-limits", ""]).unwrap());
        assert!(!limits(&["--rate-limits", "off"]).unwrap());
        assert!(limits(&["--rate-limits", "never"]).is_err());
        assert!(parse(&["--trusted-proxies", "10.0.0.0/8, ::1"]).is_ok());
        assert!(parse(&["--trusted-proxies", "example.org"]).is_err());
    }

    #[test]
    fn public_urls() {
        let url = |url| parse(&["--public-url", url]).map(|config| config.public_url);
        assert_eq!(url("https://Chat.example.org/").unwrap().as_deref(), Some("https://chat.example.org"));
        assert_eq!(url("http://127.0.0.1:8080").unwrap().as_deref(), Some("http://127.0.0.1:8080"));
        assert_eq!(url("").unwrap(), None);
        for bad in ["chat.example.org", "ftp://a.b", "https://a.b/chat", "https://u:p@a.b", "https://"] {
            assert!(url(bad).is_err(), "{bad}");
        }
    }
}
