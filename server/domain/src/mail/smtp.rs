//! Mail over SMTP.

use std::{net::IpAddr, time::Duration};

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{PoolConfig, extension::ClientId, response::Category},
};
use uuid::Uuid;

use super::{Mail, MailError, Mailer};
use crate::config::OpenError;
use crate::email;

/// The longest that one SMTP command may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);

/// Sends mail through an SMTP server.
#[derive(Debug)]
pub(super) struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// The public host name of this server, or its address in brackets.
    host: String,
}

impl SmtpMailer {
    /// Accepts `smtps://user:password@host:port`, `smtp://…?tls=required` (STARTTLS) and, for a server on this machine
    /// or network, `smtp://host:port` without encryption.
    ///
    /// It introduces itself with `host`, as RFC 5321, section 4.1.4, requires, unless the URL has a path: then with
    /// that.
    pub(super) fn open(url: &str, from: Mailbox, host: String) -> Result<Self, OpenError> {
        if url.starts_with("smtp://") && url.contains('@') && !url.contains("tls=") {
            return Err(OpenError::Mail(
                "SMTP_URL would send its password unencrypted; use smtps://… or add ?tls=required".into(),
            ));
        }
        // The cause is left out: it may quote the URL, and with it the password.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| OpenError::Mail("SMTP_URL should look like smtps://user:password@mail.example.org".into()))?;
        // Mails are sent one at a time, hours apart: a connection is not worth keeping longer.
        let pool = PoolConfig::new().max_size(4).idle_timeout(Duration::from_secs(10));
        let builder = if has_path(url) { builder } else { builder.hello_name(introduction(&host)) };
        Ok(Self { transport: builder.timeout(Some(COMMAND_TIMEOUT)).pool_config(pool).build(), from, host })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = compose(mail, self.from.clone(), &self.host)?;
        let is_ascii = message.envelope().to().iter().all(|to| to.to_string().is_ascii());
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // Codes 55x are about this mail, such as an unknown recipient (RFC 5321, section 4.2.2). Other permanent
            // codes are about the protocol or the authentication, which the operator may repair.
            Err(e) if e.is_permanent() && e.status().is_some_and(|s| s.category == Category::MailSystem) => {
                Err(MailError::Permanent(e.to_string()))
            }
            // The server accepts only ASCII before the @ (no RFC 6531), so the client does not even send the mail.
            Err(e) if e.is_client() && !is_ascii => Err(MailError::Permanent(e.to_string())),
            Err(e) => Err(MailError::Temporary(with_causes(&e))),
        }
    }
}

/// Returns whether an SMTP URL has a path.
fn has_path(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('?').next().unwrap_or_default();
    rest.split_once('/').is_some_and(|(_, path)| !path.is_empty())
}

/// Returns the name with which the server introduces itself. An IP address is not a name, and is put in brackets.
fn introduction(host: &str) -> ClientId {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match bare.parse() {
        Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
        Err(_) => ClientId::Domain(host.to_owned()),
    }
}

fn compose(mail: &Mail, from: Mailbox, host: &str) -> Result<Message, MailError> {
    let permanent = |e: &dyn std::error::Error| MailError::Permanent(e.to_string());
    let to = email::parse(&mail.to).map_err(|e| permanent(&e))?;
    let mut message = Message::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(mail.subject.clone())
        // RFC 5322, section 3.6.4: the right side has to be unique to this server. An IP address is in brackets there,
        // too.
        .message_id(Some(format!("<{}@{}>", Uuid::now_v7().simple(), introduction(host))))
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(|e| permanent(&e))?;
    // RFC 3834: keeps out-of-office answers from coming back.
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    message.headers_mut().insert_raw(HeaderValue::new(automatic, "auto-generated".into()));
    Ok(message)
}

/// Returns an error's text with its causes. That of the transport is only "connection error"; the operator needs the
/// cause.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text = next.to_string();
        if !said.contains(&text) {
            said = format!("{said}: {text}");
        }
        cause = next.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(url: &str) -> Result<SmtpMailer, OpenError> {
        SmtpMailer::open(url, "WeConnect <chat@example.org>".parse().unwrap(), "chat.example.org".into())
    }

    #[tokio::test]
    async fn urls() {
        for good in [
            "smtp://127.0.0.1:2525",
            "smtps://user:p%40ss@mail.example.org",
            "smtp://user:secret@mail.example.org?tls=required",
            "smtp://127.0.0.1:2525/name.example.org",
        ] {
            assert!(open(good).is_ok(), "{good}");
        }
        for bad in ["", "mail.example.org", "http://mail.example.org", "smtp://user:secret@mail.example.org"] {
            let said = open(bad).unwrap_err().to_string();
            assert!(said.contains("SMTP_URL") && !said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn introductions() {
        for (host, expected) in [
            ("chat.example.org", "chat.example.org"),
            ("192.0.2.1", "[192.0.2.1]"),
            ("[2001:db8::7]", "[IPv6:2001:db8::7]"),
        ] {
            assert_eq!(introduction(host).to_string(), expected);
        }
        assert!(has_path("smtp://mail.example.org/me?tls=required"));
        for without in ["smtp://mail.example.org", "smtp://mail.example.org/", "smtps://a:b@c:1?x=/y"] {
            assert!(!has_path(without), "{without}");
        }
    }

    #[test]
    fn a_mail_has_both_parts_and_no_way_to_add_headers() {
        let mail = Mail {
            to: "ada@example.org".into(),
            subject: "Hi\r\nBcc: eve@example.org".into(),
            text: "plain".into(),
            html: "<p>rich</p>".into(),
            link: None,
        };
        let message = compose(&mail, "WeConnect <chat@example.org>".parse().unwrap(), "chat.example.org").unwrap();
        let raw = String::from_utf8(message.formatted()).unwrap();
        assert!(raw.contains("multipart/alternative") && raw.contains("plain") && raw.contains("<p>rich</p>"), "{raw}");
        assert!(!raw.lines().any(|line| line.starts_with("Bcc:")), "{raw}");
        assert!(raw.contains("Auto-Submitted: auto-generated"), "{raw}");
    }
}
