//! Trusted reverse proxies, whose headers name the client of a request.

use std::{net::IpAddr, str::FromStr, sync::Arc};

use axum::http::HeaderMap;
use ipnet::IpNet;

use crate::forwarded;

/// The addresses of trusted reverse proxies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Arc<[IpNet]>);

impl Proxies {
    /// Returns the address that a request comes from: the peer or, if the peer is a trusted proxy, the client that it
    /// names.
    ///
    /// Each proxy appends the address of its peer to the right end of `X-Forwarded-For` or `Forwarded`; anybody can
    /// have written what is further left. So the client is the first address from the right that is not a trusted
    /// proxy.
    ///
    /// A proxy that writes one of the headers may pass on the other one as it came from the client. If both headers
    /// exist and disagree, neither is trusted.
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

    /// Follows the hops, the nearest first, up to the first that is not a trusted proxy.
    fn walk(&self, peer: IpAddr, hops: impl IntoIterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut client = peer;
        for hop in hops {
            let Some(hop) = hop.filter(|_| self.contains(client)) else { break };
            client = hop;
        }
        client
    }

    /// Returns whether the peer, a trusted proxy, says that the browser connected to it over TLS; `None` if it does not
    /// say so, or is not a trusted proxy.
    pub fn is_tls(&self, peer: IpAddr, headers: &HeaderMap) -> Option<bool> {
        let said = self.is_trusted(peer).then(|| forwarded::scheme(headers)).flatten()?;
        Some(matches!(said.as_str(), "https" | "wss"))
    }

    /// Returns whether the peer is a trusted proxy.
    pub fn is_trusted(&self, peer: IpAddr) -> bool {
        self.contains(peer.to_canonical())
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

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

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
        // Written by proxies that add the port or quotes.
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
        // One of the two may come unchanged from the client.
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
}
