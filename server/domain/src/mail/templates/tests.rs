use super::*;

const ADDRESS: &str = "ada@example.org";

/// Returns every mail.
fn mails(username: &str, new_email: &str, link: &str) -> Vec<Mail> {
    let mails = [
        VerifyEmail { username, link }.mail_to(ADDRESS),
        AlreadyRegistered { username, link }.mail_to(ADDRESS),
        ResetPassword { username, link }.mail_to(ADDRESS),
        PasswordChanged { username, link }.mail_to(ADDRESS),
        ConfirmEmail { username, link }.mail_to(ADDRESS),
        EmailTaken { username, link }.mail_to(ADDRESS),
        EmailChanged { username, new_email, link }.mail_to(ADDRESS),
        SecondFactorOn { username, link }.mail_to(ADDRESS),
        SecondFactorOff { username, link }.mail_to(ADDRESS),
        RecoveryCodeUsed { username, codes_left: 3, link }.mail_to(ADDRESS),
        AccountDeleted { username, link }.mail_to(ADDRESS),
    ];
    mails.into_iter().map(Result::unwrap).collect()
}

/// Returns the text between the tags, each on a line, as a browser shows it.
fn text_of(html: &str) -> String {
    let lines = html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| format!("{}\n", text.trim()));
    let text: String = lines.collect();
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

#[test]
fn what_people_entered_is_escaped() {
    let name = "<img src=x onerror='1'>";
    let link = "https://x/?a=1&b=\"2\"";
    for mail in mails(name, "<img>@example.org", link) {
        assert!(mail.html.contains("&#60;img src=x onerror=&#39;1&#39;&#62;"), "{}", mail.html);
        assert!(!mail.html.contains("<img"), "{}", mail.html);
        assert!(mail.html.contains("href=\"https://x/?a=1&#38;b=&#34;2&#34;\""), "{}", mail.html);
        assert!(mail.text.contains(name) && mail.text.contains(link), "{}", mail.text);
        assert_eq!(mail.link.as_deref(), Some(link));
    }
}

#[test]
fn both_bodies_say_the_same() {
    let link = "https://x/?a=1&b=2";
    for mail in mails("o'hara", "o'hara@example.org", link) {
        let html = text_of(&mail.html);
        let shown: Vec<&str> = html.lines().filter(|line| !line.is_empty()).collect();
        let [tab, title, lead, button, shown_link, closing] = shown[..] else { panic!("{shown:?}") };
        assert_eq!(tab, title);
        assert_eq!(mail.text, format!("{title}\n\n{lead}\n\n{button}:\n{link}\n\n{closing}\n"));
        assert_eq!((mail.to.as_str(), shown_link), (ADDRESS, link));
    }
}

#[test]
fn each_mail_has_its_own_subject() {
    let mails = mails("ada", "new@example.org", "https://x/y");
    let subjects: std::collections::BTreeSet<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects.len(), mails.len(), "{subjects:?}");
    assert!(subjects.iter().all(|subject| !subject.is_empty() && !subject.contains('\n')), "{subjects:?}");
}
