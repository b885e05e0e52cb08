//! E-mail addresses with letters beyond ASCII in their domain.
//!
//! Mail servers only know the Punycode form of such a domain (RFC 5890), users know either form. Addresses are stored
//! and displayed as entered; the form for servers is used for comparing addresses and for sending.

use lettre::{Address, address::AddressError};
use protocol::{Error, ErrorKind, Field, email::check_email, limits::EMAIL_MAX, text::length};

/// Returns the form of an address that is compared: lower case, with the domain in Punycode.
pub(crate) fn email_key(email: &str) -> String {
    with_ascii_domain(&protocol::email::email_key(email))
}

/// Returns the form in which the address was compared before domains were converted to Punycode, if it differs.
pub(crate) fn former_key(key: &str) -> Option<String> {
    let (local, domain) = key.rsplit_once('@')?;
    let (unicode, result) = idna::domain_to_unicode(domain);
    (result.is_ok() && unicode != domain).then(|| format!("{local}@{unicode}"))
}

/// Checks an address and returns it without surrounding white space. Stricter than the check of the form: refuses what
/// a mail server would not accept anyway.
///
/// # Errors
/// Returns an [`Error`] on [`Field::Email`] if the address is invalid.
pub(crate) fn check_deliverable(email: &str) -> Result<&str, Error> {
    let email = check_email(email)?;
    let malformed = || ErrorKind::Malformed.on(Field::Email);
    let (_, domain) = email.rsplit_once('@').ok_or_else(malformed)?;
    let is_domain = idna::domain_to_ascii(domain).is_ok();
    let address = parse(email).map_err(|_| malformed())?;
    if is_domain && length(address.as_ref()) <= EMAIL_MAX { Ok(email) } else { Err(malformed()) }
}

/// Returns the address in the form for mail servers.
pub(crate) fn parse(email: &str) -> Result<Address, AddressError> {
    with_ascii_domain(email).parse()
}

/// Returns a host name in ASCII, as other servers know it.
pub(crate) fn ascii_host(host: &str) -> String {
    idna::domain_to_ascii(host).unwrap_or_else(|_| host.to_owned())
}

/// Returns the address with its domain in ASCII. An invalid domain stays unchanged: it belongs to nobody, and is
/// refused where it matters.
fn with_ascii_domain(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", ascii_host(domain)),
        None => email.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_key() {
        let key = "name@xn--bcher-kva.example";
        for spelling in
            ["name@bücher.example", "Name@BÜCHER.example ", "name@xn--bcher-kva.example", "name@bu\u{308}cher.example"]
        {
            assert_eq!(email_key(spelling), key, "{spelling}");
        }
        assert_eq!(former_key(key).as_deref(), Some("name@bücher.example"));
        assert_eq!(former_key("ada@example.org"), None);
        assert_eq!(email_key("Ada@Example.org"), "ada@example.org");
        assert_eq!(email_key("no address"), "no address");
        assert_ne!(email_key("name@bucher.example"), key);
        assert_ne!(email_key("ü@example.org"), email_key("u@example.org"), "only the domain");
    }

    #[test]
    fn addresses_that_can_be_written_to() {
        for good in ["ada@example.org", "name@bücher.example", "name@例え.jp", "नाम@example.org", "name@हिन्दी.example"]
        {
            assert!(check_deliverable(good).is_ok(), "{good}");
        }
        let long = format!("a@{}.example", vec!["ü".repeat(40); 5].join("."));
        for bad in ["ada", "a@b", "a@xn--a.example", &format!("a@{}.example", "ü".repeat(62)), &long] {
            assert_eq!(check_deliverable(bad).unwrap_err().field, Some(Field::Email), "{bad}");
        }
        assert_eq!(parse("name@bücher.example").unwrap().to_string(), "name@xn--bcher-kva.example");
    }
}
