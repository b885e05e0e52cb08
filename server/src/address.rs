//! Web addresses: the server's own, and those that requests name.

use std::{fmt, net::IpAddr, str::FromStr, sync::Arc};

use axum::http::{HeaderMap, Uri, uri::Authority};
use ipnet::IpNet;

/// The address that people type: scheme, host and perhaps a port, in lower case, without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Arc<str>);

impl PublicUrl {
    /// Takes an address of the form that [`cli`](crate::cli) checks.
    pub fn new(url: impl Into<Arc<str>>) -> Self {
        Self(url.into())
    }

    /// Whether browsers reach it over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether only this machine reaches it.
    pub fn is_loopback(&self) -> bool {
        self.0.split_once("://").is_some_and(|(_, authority)| is_loopback(authority))
    }

    /// The address of a WebSocket there.
    pub fn websocket(&self) -> String {
        self.0.replacen("http", "ws", 1)
    }

    /// Whether `origin`, as a browser sends it (RFC 6454, section 7), is ours, for a request to `host`.
    ///
    /// Ours is the public address, and whatever host the request itself went to: a server is often reached by
    /// several names, and a page of another site can't forge the `Host` of its visitor's browser.
    pub fn is_origin(&self, origin: &str, host: Option<&str>) -> bool {
        if origin.eq_ignore_ascii_case(&self.0) {
            return true;
        }
        let Some((scheme @ ("http" | "https"), authority)) = origin.split_once("://") else { return false };
        // Browsers leave out the scheme's own port; a proxy may have put it in.
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

/// The machines whose word is taken for whom they ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Arc<[IpNet]>);

impl Proxies {
    /// Where a request comes from: the peer or, where the peer is one of these, whom it asks for.
    ///
    /// Each proxy adds the address that it sees at the right end of `X-Forwarded-For`; what stands further left anybody
    /// can have written. So the first from the right that is no proxy of ours is the one.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lines = headers.get_all("x-forwarded-for").iter().rev().filter_map(|line| line.to_str().ok());
        let mut client = peer.to_canonical();
        for hop in lines.flat_map(|line| line.rsplit(',')) {
            if !self.contains(client) {
                break;
            }
            let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
            client = hop.to_canonical();
        }
        client
    }

    fn contains(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&ip))
    }
}

impl FromStr for Proxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| {
            let network = part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| format!("{part} is neither an address nor a network such as 172.16.0.0/12"))
        };
        parts.map(network).collect::<Result<Vec<_>, _>>().map(|networks| Self(networks.into()))
    }
}

/// Whether an authority (`host` or `host:port`) names this machine and no other.
pub fn is_loopback(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<Authority>() else { return false };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// An address of a service without the name and password in it.
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
        assert!(url.is_origin("http://10.0.0.1:3000", Some("10.0.0.1:3000")));
        assert!(url.is_origin("https://other.example.org", Some("other.example.org:443")));
        for (origin, host) in [
            ("https://evil.example", Some("chat.example.org")),
            ("https://chat.example.org.evil.example", Some("chat.example.org")),
            ("http://10.0.0.1:4000", Some("10.0.0.1:3000")),
            ("null", Some("chat.example.org")),
            ("", Some("")),
            ("file://", Some("")),
            ("https://evil.example", None),
        ] {
            assert!(!url.is_origin(origin, host), "{origin} at {host:?}");
        }
    }

    #[test]
    fn who_asks_through_proxies() {
        let proxies: Proxies = "127.0.0.0/8, ::1, 10.0.0.2".parse().unwrap();
        let client = |peer: &str, forwarded: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            proxies.client(peer.parse().unwrap(), &headers).to_string()
        };
        assert_eq!(client("192.0.2.1", &["203.0.113.9"]), "192.0.2.1", "a stranger's word is worth nothing");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("::ffff:127.0.0.1", &["::ffff:203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("127.0.0.1", &["1.1.1.1, 203.0.113.9"]), "203.0.113.9", "the left was there before");
        assert_eq!(client("127.0.0.1", &["203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        assert_eq!(client("127.0.0.1", &["1.1.1.1", "203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("127.0.0.1", &["nonsense, 10.0.0.2"]), "10.0.0.2");
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
