//! E-mail addresses: their form, and the key under which they are compared.

use crate::{Error, ErrorKind, Field, limits::EMAIL_MAX, text::check_length};

/// Checks an e-mail address and returns it without surrounding white space.
///
/// Checks only the form that matters (one `@`, something before it, a dotted domain after it, no white space). Sending
/// a mail shows whether the address exists.
///
/// # Errors
/// Returns an [`Error`] on [`Field::Email`] if the address is empty, too long or malformed.
pub fn check_email(text: &str) -> Result<&str, Error> {
    let email = text.trim();
    check_length(email, 1, EMAIL_MAX, Field::Email)?;
    let malformed = || ErrorKind::Malformed.on(Field::Email);
    let (local, domain) = email.split_once('@').ok_or_else(malformed)?;
    let local_is_fine = !local.is_empty()
        && local.len() <= 64
        && local.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"".contains(c));
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            // Marks and joiners belong to the letters of many scripts; the server checks which of them a domain may
            // have.
            && l.chars().all(|c| c.is_alphanumeric() || c == '-' || !(c.is_ascii() || c.is_whitespace() || c.is_control()))
    };
    let domain_is_fine = domain.contains('.') && domain.split('.').all(label);
    if local_is_fine && domain_is_fine { Ok(email) } else { Err(malformed()) }
}

/// Returns the form under which e-mail addresses are compared, in lower case. The local part is case-sensitive by RFC
/// 5321, but no provider in use distinguishes `Ada@` from `ada@`, and people do not either.
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails() {
        for good in ["a@b.c", "ada+chat@mail.example.org", "Ada@EXAMPLE.org", "ü@müller.de", "a@हिन्दी.example"]
        {
            assert!(check_email(good).is_ok(), "{good}");
        }
        for bad in ["a", "a@b", "@b.c", "a@b.", "a b@c.d", "a@b@c.d", "a@-b.c", "<a>@b.c", "a@b..c", "a\n@b.c"] {
            assert_eq!(check_email(bad).unwrap_err().kind, ErrorKind::Malformed, "{bad}");
        }
        assert_eq!(check_email("").unwrap_err().kind, ErrorKind::Required);
        assert_eq!(email_key("Ada@Example.ORG "), "ada@example.org");
    }
}
