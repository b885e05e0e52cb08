//! Web addresses: the server's own, and those that requests name.

use std::{fmt, net::IpAddr, str::FromStr, sync::Arc};

use axum::http::{HeaderMap, Uri, uri::Authority};
use ipnet::IpNet;

use crate::forwarded;

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

    /// Where a page of ours is there.
    pub fn at(&self, page: &Uri) -> String {
        format!("{}{}", self.0, page.path_and_query().map_or("/", |path| path.as_str()))
    }

    /// The address of a WebSocket there.
    pub fn websocket(&self) -> String {
        self.0.replacen("http", "ws", 1)
    }

    /// Whether `origin`, as a browser sends it (RFC 6454, section 7), is ours, for a request to `host`.
    ///
    /// Ours is the public address, and whatever host the request itself went to: a server is often reached by
    /// several names, and a page of another site can't forge the `Host` of its visitor's browser. But with TLS a page
    /// that came without is nobody's: whoever sits on the way can have written it.
    pub fn is_origin(&self, origin: &str, host: Option<&str>) -> bool {
        if origin.eq_ignore_ascii_case(&self.0) {
            return true;
        }
        let Some((scheme @ ("http" | "https"), authority)) = origin.split_once("://") else { return false };
        if scheme == "http" && self.is_https() {
            return false;
        }
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
    /// Each proxy adds the address that it sees at the right end of `X-Forwarded-For` or `Forwarded`; what stands further
    /// left anybody can have written. So the first from the right that is no proxy of ours is the one.
    ///
    /// A proxy that writes one of the headers may pass on the other as it came, from whoever wrote it. Where there are
    /// both and they disagree, neither is believed.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.contains(peer) {
            return peer;
        }
        let by_us = forwarded::by_x_forwarded_for(headers).map(|hops| self.walk(peer, hops));
        let by_rfc =
            forwarded::by_forwarded(headers).map(|hops| self.walk(peer, hops.into_iter().map(|hop| hop.client)));
        match (by_us, by_rfc) {
            (Some(one), Some(other)) if one != other => peer,
            (one, other) => one.or(other).unwrap_or(peer),
        }
    }

    /// Follows hops, the nearest first, up to the first that is none of these.
    fn walk(&self, peer: IpAddr, hops: impl IntoIterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut client = peer;
        for hop in hops {
            let Some(hop) = hop.filter(|_| self.contains(client)) else { break };
            client = hop;
        }
        client
    }

    /// Whether the proxy from which a request comes says that the browser reached it over TLS; `None` where it does not
    /// say, or is none of these.
    pub fn is_tls(&self, peer: IpAddr, headers: &HeaderMap) -> Option<bool> {
        let said = self.contains(peer.to_canonical()).then(|| forwarded::scheme(headers)).flatten()?;
        Some(matches!(said.as_str(), "https" | "wss"))
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
    use axum::http::HeaderValue;

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
    fn who_asks_through_proxies() {
        let proxies: Proxies = "127.0.0.0/8, ::1, 10.0.0.2".parse().unwrap();
        let client = |peer: &str, forwarded: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", HeaderValue::from_bytes(line.as_bytes()).unwrap());
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
        // As proxies write them that note the port as well, or quote.
        assert_eq!(client("127.0.0.1", &["203.0.113.9:51234"]), "203.0.113.9");
        assert_eq!(client("127.0.0.1", &["[2001:db8::7]:443, 10.0.0.2:8080"]), "2001:db8::7");
        assert_eq!(client("127.0.0.1", &["1.1.1.1, \"[2001:db8::7]:443\""]), "2001:db8::7");
        assert_eq!(client("127.0.0.1", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(client("127.0.0.1", &["\"1.1.1.1, 203.0.113.9"]), "203.0.113.9", "a quotation mark that stays open");
        assert_eq!(client("127.0.0.1", &["1.1.1.1", "\u{fc}, 10.0.0.2"]), "10.0.0.2", "what can't be read is no hop");
    }

    #[test]
    fn who_asks_by_the_standards_header() {
        let proxies: Proxies = "127.0.0.1, 10.0.0.2".parse().unwrap();
        let client = |peer: &str, lines: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, line) in lines {
                headers.append(*name, line.parse().unwrap());
            }
            proxies.client(peer.parse().unwrap(), &headers).to_string()
        };
        let (by_rfc, by_us) = ("forwarded", "x-forwarded-for");
        assert_eq!(client("192.0.2.1", &[(by_rfc, "for=203.0.113.9")]), "192.0.2.1", "a stranger's word");
        assert_eq!(client("127.0.0.1", &[(by_rfc, "For=203.0.113.9;proto=https;by=10.0.0.2")]), "203.0.113.9");
        let v6 = "for=1.1.1.1, for=\"[2001:db8:cafe::17]:4711\";host=\"a,b;for=2.2.2.2\", for=10.0.0.2";
        assert_eq!(client("127.0.0.1", &[(by_rfc, v6)]), "2001:db8:cafe::17");
        assert_eq!(client("127.0.0.1", &[(by_rfc, "for=1.1.1.1"), (by_rfc, "for=203.0.113.9")]), "203.0.113.9");
        for hidden in
            ["for=1.1.1.1, for=unknown", "for=1.1.1.1, for=_gazonk", "for=1.1.1.1, by=10.0.0.2", "for=1.1.1.1,"]
        {
            let expected = if hidden.ends_with(',') { "1.1.1.1" } else { "127.0.0.1" };
            assert_eq!(client("127.0.0.1", &[(by_rfc, hidden)]), expected, "{hidden}");
        }
        // One of the two may be as its sender wrote it.
        assert_eq!(client("127.0.0.1", &[(by_rfc, "for=203.0.113.9"), (by_us, "203.0.113.9")]), "203.0.113.9");
        assert_eq!(client("127.0.0.1", &[(by_rfc, "for=1.1.1.1"), (by_us, "203.0.113.9")]), "127.0.0.1");
    }

    #[test]
    fn whether_a_proxy_was_reached_over_tls() {
        let proxies: Proxies = "127.0.0.1".parse().unwrap();
        let is_tls = |peer: &str, name: &'static str, line: &str| {
            let headers = HeaderMap::from_iter([(axum::http::HeaderName::from_static(name), line.parse().unwrap())]);
            proxies.is_tls(peer.parse().unwrap(), &headers)
        };
        assert_eq!(is_tls("127.0.0.1", "x-forwarded-proto", "https"), Some(true));
        assert_eq!(is_tls("127.0.0.1", "x-forwarded-proto", "https, HTTP"), Some(false), "the nearest proxy's word");
        assert_eq!(is_tls("127.0.0.1", "forwarded", "for=1.1.1.1;Proto=\"https\""), Some(true));
        assert_eq!(is_tls("127.0.0.1", "forwarded", "for=1.1.1.1"), None);
        assert_eq!(is_tls("192.0.2.1", "x-forwarded-proto", "https"), None);
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
