//! What the mails say. Each is a plain value from plain values; what people entered is escaped in the HTML part.

use super::Mail;

/// Asks to confirm an address.
pub(crate) fn verification(to: &str, username: &str, link: &str) -> Mail {
    Mail {
        to: to.to_owned(),
        subject: "Confirm your e-mail address".to_owned(),
        text: format!(
            "Welcome to WeConnect, {username}.\n\n\
             To finish signing up, open this link within 24 hours:\n\n{link}\n\n\
             If you did not sign up, ignore this mail: without the link nothing happens.\n"
        ),
        html: page(
            &format!("Welcome to WeConnect, {}.", escape(username)),
            "To finish signing up, confirm your e-mail address within 24 hours.",
            "Confirm e-mail address",
            link,
            "If you did not sign up, ignore this mail: without the link nothing happens.",
        ),
        link: Some(link.to_owned()),
    }
}

/// Answers a sign-up with an address that has an account. Only its owner learns that it has one.
pub(crate) fn already_registered(to: &str, username: &str, link: &str) -> Mail {
    Mail {
        to: to.to_owned(),
        subject: "You already have an account".to_owned(),
        text: format!(
            "Somebody, perhaps you, signed up to WeConnect with this e-mail address.\n\n\
             It has an account already, by the name of {username}. Sign in with the password you chose then:\n\n\
             {link}\n\n\
             If this was not you, ignore this mail: your account stays as it is.\n"
        ),
        html: page(
            "You already have an account.",
            &format!(
                "Somebody, perhaps you, signed up to WeConnect with this e-mail address. It has an account already, by \
                 the name of {}. Sign in with the password you chose then.",
                escape(username)
            ),
            "Sign in",
            link,
            "If this was not you, ignore this mail: your account stays as it is.",
        ),
        link: Some(link.to_owned()),
    }
}

/// A page with one thing to do. Takes texts that are escaped already, and a link that is not. Styles stand in the
/// elements, since mail programs drop style sheets, and nothing is fetched from anywhere.
fn page(title: &str, lead: &str, button: &str, link: &str, closing: &str) -> String {
    let link = escape(link);
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

/// Makes a text safe between tags and in a quoted attribute.
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
        for write in [verification, already_registered] {
            let mail = write("ada@example.org", "<img src=x onerror='1'>", "https://x/?a=1&b=\"2\"");
            assert!(mail.html.contains("&lt;img src=x onerror=&#39;1&#39;&gt;"), "{}", mail.html);
            assert!(mail.html.contains("href=\"https://x/?a=1&amp;b=&quot;2&quot;\""), "{}", mail.html);
            assert!(mail.text.contains("https://x/?a=1&b=\"2\""));
            assert_eq!(mail.link.as_deref(), Some("https://x/?a=1&b=\"2\""));
        }
    }
}
