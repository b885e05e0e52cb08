//! The headers that proxies add to a request: `X-Forwarded-For`, `X-Forwarded-Proto`, and `Forwarded` (RFC 7239).
//!
//! Anybody can send these headers. [`Proxies`](crate::proxies::Proxies) decides which of them to trust.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, header::FORWARDED};

/// A hop of `Forwarded`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// The address that the proxy saw; `None` if it is missing or cannot be parsed.
    pub client: Option<IpAddr>,
    /// The scheme of the request, in lower case.
    pub scheme: Option<String>,
}

/// Returns the hops of `X-Forwarded-For`, the nearest first, or `None` if there is no such header. A hop that cannot be
/// parsed is `None`: no hop beyond it may be trusted.
pub fn by_x_forwarded_for(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    // Split at every comma, quoted or not: a quotation mark that a stranger left open must not hide what our proxy
    // added.
    list(headers, "x-forwarded-for", |line| line.split(',').map(str::trim).collect())
        .map(|hops| hops.iter().rev().map(|hop| address(hop)).collect())
}

/// Returns the hops of `Forwarded`, the nearest first, or `None` if there is no such header.
pub fn by_forwarded(headers: &HeaderMap) -> Option<Vec<Hop>> {
    list(headers, FORWARDED.as_str(), |line| split(line, ','))
        .map(|hops| hops.iter().rev().map(|text| hop(text)).collect())
}

/// Returns the scheme of the request to the nearest proxy, in lower case.
pub fn scheme(headers: &HeaderMap) -> Option<String> {
    let schemes = list(headers, "x-forwarded-proto", |line| split(line, ','));
    let nearest = schemes.and_then(|schemes| Some(unquoted(schemes.last()?).to_ascii_lowercase()));
    nearest.or_else(|| by_forwarded(headers)?.into_iter().next()?.scheme)
}

/// Returns the elements of a list header, from all its lines. Empty elements do not count (RFC 9110, section 5.6.1).
fn list(headers: &HeaderMap, name: &str, split: impl Fn(&str) -> Vec<&str>) -> Option<Vec<String>> {
    let lines: Vec<_> = headers.get_all(name).iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    let elements = lines.iter().flat_map(|line| split(line));
    (!lines.is_empty()).then(|| elements.filter(|text| !text.is_empty()).map(str::to_owned).collect())
}

/// Splits a text at a character outside of quoted strings, and trims the parts.
fn split(text: &str, sign: char) -> Vec<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let parts = text.split(move |c: char| {
        let splits = c == sign && !is_quoted;
        is_quoted ^= c == '"' && !is_escaped;
        is_escaped = is_quoted && c == '\\' && !is_escaped;
        splits
    });
    parts.map(str::trim).collect()
}

fn hop(text: &str) -> Hop {
    let mut hop = Hop::default();
    for (name, value) in split(text, ';').into_iter().filter_map(|pair| pair.split_once('=')) {
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.client = address(value),
            "proto" => hop.scheme = Some(unquoted(value).to_ascii_lowercase()),
            _ => {}
        }
    }
    hop
}

/// Parses an address as proxies write it: alone, with a port, in brackets, quoted.
fn address(text: &str) -> Option<IpAddr> {
    let text = unquoted(text);
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    ip.ok().map(|ip: IpAddr| ip.to_canonical())
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_many_spellings() {
        for (text, expected) in [
            ("203.0.113.9", Some("203.0.113.9")),
            (" \"203.0.113.9:51234\" ", Some("203.0.113.9")),
            ("2001:db8::7", Some("2001:db8::7")),
            ("[2001:db8::7]", Some("2001:db8::7")),
            ("\"[2001:db8::7]:443\"", Some("2001:db8::7")),
            ("[::ffff:203.0.113.9]:1", Some("203.0.113.9")),
            ("unknown", None),
            ("_hidden", None),
            ("203.0.113.9:", None),
            ("203.0.113.9:99999", None),
            ("[203.0.113.9", None),
            ("", None),
        ] {
            assert_eq!(address(text).map(|ip| ip.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn quotes_hold_signs_together() {
        assert_eq!(split("a, \"b,\\\"c,\" ,d", ','), ["a", "\"b,\\\"c,\"", "d"]);
        assert_eq!(split("\"open, to the end", ','), ["\"open, to the end"]);
        assert_eq!(
            hop("host=\"x;for=1.1.1.1\";for=203.0.113.9;PROTO=HTTPS").client.unwrap().to_string(),
            "203.0.113.9"
        );
    }
}
