//! The server's public URL.

use std::{fmt, net::IpAddr, sync::Arc};

use axum::http::{Uri, uri::Authority};

/// The address that users type: scheme, host and optionally a port, in lower case, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Arc<str>);

impl PublicUrl {
    /// Creates a public URL from one that [`cli`](crate::cli) has checked.
    pub fn new(url: impl Into<Arc<str>>) -> Self {
        Self(url.into())
    }

    /// Returns whether browsers reach it over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Returns whether only this machine reaches it.
    pub fn is_loopback(&self) -> bool {
        self.0.split_once("://").is_some_and(|(_, authority)| is_loopback(authority))
    }

    /// Returns the URL of a page.
    pub fn at(&self, page: &Uri) -> String {
        format!("{}{}", self.0, page.path_and_query().map_or("/", |path| path.as_str()))
    }

    /// Returns the origin for WebSockets.
    pub fn websocket(&self) -> String {
        self.0.replacen("http", "ws", 1)
    }

    /// Returns whether `origin`, as a browser sends it (RFC 6454, section 7), is ours in a request to `host`.
    ///
    /// Our origins are the public URL and the host of the request itself: a server is often reached by several names,
    /// and a page of another site cannot forge the `Host` header of its visitor's browser. But if the public URL has
    /// TLS, a page that was loaded without TLS is not ours: anybody on the network path can have written it.
    pub fn is_origin(&self, origin: &str, host: Option<&str>) -> bool {
        if origin.eq_ignore_ascii_case(&self.0) {
            return true;
        }
        let Some((scheme @ ("http" | "https"), authority)) = origin.split_once("://") else { return false };
        if scheme == "http" && self.is_https() {
            return false;
        }
        // Browsers omit the scheme's default port; a proxy may have added it.
        let bare = |authority: &str| {
            let port = if scheme == "http" { ":80" } else { ":443" };
            authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase()
        };
        host.is_some_and(|host| bare(host) == bare(authority))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns whether an authority (`host` or `host:port`) names this machine and no other.
pub fn is_loopback(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<Authority>() else { return false };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Returns the URL of a service without its user name, password and query.
pub fn without_password(url: &str) -> String {
    let Ok(uri) = url.parse::<Uri>() else { return "an address that can't be shown".to_owned() };
    let scheme = uri.scheme_str().unwrap_or_default();
    let authority = uri.authority().map(Authority::as_str).unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let path = uri.path().trim_end_matches('/');
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn origins() {
        let url = PublicUrl::new("https://chat.example.org");
        assert!(url.is_origin("https://chat.example.org", Some("10.0.0.1:3000")));
        let plain = PublicUrl::new("http://chat.example.org");
        assert!(plain.is_origin("http://10.0.0.1:3000", Some("10.0.0.1:3000")));
        assert!(plain.is_origin("https://chat.example.org", Some("chat.example.org")), "TLS before it, unknown to us");
        assert!(url.is_origin("https://other.example.org", Some("other.example.org:443")));
        for (origin, host) in [
            ("https://evil.example", Some("chat.example.org")),
            ("https://chat.example.org.evil.example", Some("chat.example.org")),
            ("http://10.0.0.1:3000", Some("10.0.0.1:3000")),
            ("http://chat.example.org", Some("chat.example.org")),
            ("http://chat.example.org:80", Some("chat.example.org")),
            ("null", Some("chat.example.org")),
            ("", Some("")),
            ("file://", Some("")),
            ("https://evil.example", None),
        ] {
            assert!(!url.is_origin(origin, host), "{origin} at {host:?}");
        }
        assert!(!plain.is_origin("http://10.0.0.1:4000", Some("10.0.0.1:3000")));
    }

    #[test]
    fn loopback() {
        for own in ["localhost", "localhost:3000", "127.0.0.1:80", "127.1.2.3", "[::1]:3000"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in ["localhost.evil.example", "10.0.0.1", "0.0.0.0:3000", "", "[::]:1"] {
            assert!(!is_loopback(other), "{other}");
        }
    }

    #[test]
    fn passwords_stay_out() {
        assert_eq!(without_password("postgres://u:s3cret@db:5432/chat?sslmode=require"), "postgres://db:5432/chat");
        assert_eq!(without_password("smtp://user%40x:p@ss@mail.example.org:587"), "smtp://mail.example.org:587");
        assert_eq!(PublicUrl::new("https://a.b").websocket(), "wss://a.b");
    }
}
