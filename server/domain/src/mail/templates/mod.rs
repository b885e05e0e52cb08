//! Texts of the mails. Each template computes a mail from plain values alone; user input is escaped in the HTML part.

mod account;
mod sign_up;

pub(crate) use account::{
    address_changed, address_taken, confirm_address, deleted, password_changed, recovery_code_used, reset,
    second_factor_off, second_factor_on,
};
pub(crate) use sign_up::{already_registered, verification};

use super::Mail;

/// The content of a mail as plain text, from which both bodies are made.
struct Letter<'a> {
    to: &'a str,
    subject: &'a str,
    /// The heading, above the rest.
    title: &'a str,
    /// The text that says what happened, or what to do.
    lead: &'a str,
    /// The only action: the label of its button, and its link.
    action: (&'a str, &'a str),
    /// The text that follows the action.
    closing: &'a str,
}

impl Letter<'_> {
    fn write(self) -> Mail {
        let Self { to, subject, title, lead, action: (button, link), closing } = self;
        Mail {
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: format!("{title}\n\n{lead}\n\n{button}:\n{link}\n\n{closing}\n"),
            html: page(&escape(title), &escape(lead), &escape(button), &escape(link), &escape(closing)),
            link: Some(link.to_owned()),
        }
    }
}

/// Returns an HTML page with one action, from texts that are escaped already. Styles are inline, since mail programs
/// drop style sheets, and the page loads nothing from anywhere.
fn page(title: &str, lead: &str, button: &str, link: &str, closing: &str) -> String {
    format!(
        "<!DOCTYPE html>\n\
         <html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body style=\"margin:0;padding:32px 16px;background:#f5f4f1;color:#1d1d1b;\
         font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:16px;line-height:24px\">\n\
         <div style=\"max-width:480px;margin:0 auto;padding:32px;background:#ffffff;border-radius:16px\">\n\
         <h1 style=\"margin:0 0 16px;font-size:20px;line-height:28px\">{title}</h1>\n\
         <p style=\"margin:0 0 24px\">{lead}</p>\n\
         <p style=\"margin:0 0 24px\"><a href=\"{link}\" style=\"display:inline-block;padding:12px 24px;\
         background:#1d1d1b;color:#ffffff;border-radius:8px;text-decoration:none\">{button}</a></p>\n\
         <p style=\"margin:0 0 16px;font-size:14px;word-break:break-all\">{link}</p>\n\
         <p style=\"margin:0;font-size:14px;color:#5c5b57\">{closing}</p>\n\
         </div></body></html>\n"
    )
}

/// Escapes a text for use between tags and in a quoted attribute.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_entered_is_escaped() {
        let name = "<img src=x onerror='1'>";
        let link = "https://x/?a=1&b=\"2\"";
        let to = "ada@example.org";
        for mail in [
            verification(to, name, link),
            already_registered(to, name, link),
            reset(to, name, link),
            password_changed(to, name, link),
            confirm_address(to, name, link),
            address_taken(to, name, link),
            address_changed(to, name, "new@example.org", link),
            second_factor_on(to, name, link),
            second_factor_off(to, name, link),
            recovery_code_used(to, name, 3, link),
            deleted(to, name, link),
        ] {
            assert!(mail.html.contains("&lt;img src=x onerror=&#39;1&#39;&gt;"), "{}", mail.html);
            assert!(!mail.html.contains("<img"), "{}", mail.html);
            assert!(mail.html.contains("href=\"https://x/?a=1&amp;b=&quot;2&quot;\""), "{}", mail.html);
            assert!(mail.text.contains(name) && mail.text.contains(link), "{}", mail.text);
            assert_eq!(mail.link.as_deref(), Some(link));
        }
    }
}
