//! Mail over a real SMTP connection, and work that is tried again.

use std::time::Duration;

use domain::{Actor, accounts::SignInOutcome, config::OpenError};
use protocol::{ErrorKind, Field};

use crate::common::{
    PASSWORD, TestDomain, refused, sign_up,
    smtp::{NOBODY, SmtpSink},
    token_in, until,
};

/// Longer than the first wait, shorter than a verification link's life.
const A_MINUTE: i64 = 60_000;

both_databases! {
    async fn a_link_arrives_over_smtp(t: TestDomain) {
        let (mut t, sink) = (t, SmtpSink::start().await);
        t.reopen(|config| config.mail.smtp_url = Some(sink.url())).await;
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        let mail = sink.mail_to("ada@example.org").await;
        assert_eq!(mail.from, "chat@example.org");
        let text = mail.text();
        assert!(text.contains("Subject: Confirm your email address"), "{text}");
        assert!(text.contains("From: WeConnect <chat@example.org>") && text.contains("text/html"), "{text}");
        t.accounts().verify(&token_in(&text)).await.unwrap();
        until("the job is gone", async || (t.count("jobs").await == 0).then_some(())).await;
        assert_eq!(sink.received().len(), 1);
        assert_eq!(t.count("outbox_mails").await, 0);
    }

    async fn a_mail_waits_for_its_server(t: TestDomain) {
        let (mut t, sink) = (t, SmtpSink::start().await);
        sink.set_down(true);
        t.reopen(|config| config.mail.smtp_url = Some(sink.url())).await;
        // The sign-up itself succeeds: it does not wait for the mail.
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        for tries in 1..=2 {
            // While a try is under way its row is leased, for longer than the wait after a failure.
            let failed = async || {
                let soon = t.clock.now() + A_MINUTE;
                let failed = format!("attempts = {tries} AND last_error IS NOT NULL AND run_at <= {soon}");
                t.number(&format!("SELECT COUNT(*) FROM jobs WHERE {failed}")).await == 1
            };
            until("a failed try", async || failed().await.then_some(())).await;
            if tries == 1 {
                t.clock.advance(A_MINUTE);
            }
        }
        assert!(sink.received().is_empty());
        sink.set_down(false);
        t.clock.advance(2 * A_MINUTE);
        let mail = sink.mail_to("ada@example.org").await;
        t.accounts().verify(&token_in(&mail.text())).await.unwrap();
        until("the job is gone", async || (t.count("jobs").await == 0).then_some(())).await;
    }

    async fn a_mail_survives_a_restart(t: TestDomain) {
        let (mut t, sink) = (t, SmtpSink::start().await);
        sink.set_down(true);
        t.reopen(|config| config.mail.smtp_url = Some(sink.url())).await;
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        sink.set_down(false);
        t.reopen(|_| ()).await;
        // Past the lease of a worker that was ended in the middle.
        t.clock.advance(5 * A_MINUTE);
        sink.mail_to("ada@example.org").await;
    }

    async fn a_refused_address_is_given_up_and_stays_visible(t: TestDomain) {
        let (mut t, sink) = (t, SmtpSink::start().await);
        t.reopen(|config| config.mail.smtp_url = Some(sink.url())).await;
        assert_eq!(refused(t.accounts().sign_up(sign_up(NOBODY, "nobody")).await), ErrorKind::Undeliverable.on(Field::Email));
        let given_up = "SELECT COUNT(*) FROM jobs WHERE attempts = 1 AND last_error LIKE '%no such user%'";
        until("it is given up", async || (t.number(given_up).await == 1).then_some(())).await;
        // The next mail goes out, and this one is not tried again however late it gets.
        t.clock.advance(6 * 3_600_000);
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        sink.mail_to("ada@example.org").await;
        assert_eq!(t.number(given_up).await, 1);
        t.clock.advance(31 * 24 * 3_600_000);
        until("it is removed in the end", async || (t.count("jobs").await == 0).then_some(())).await;
    }

    async fn an_address_that_nothing_reaches_is_told_at_once(t: TestDomain) {
        let (mut t, sink) = (t, SmtpSink::start().await);
        t.reopen(|config| config.mail.smtp_url = Some(sink.url())).await;
        let undeliverable = || ErrorKind::Undeliverable.on(Field::Email);
        assert_eq!(refused(t.accounts().sign_up(sign_up(NOBODY, "ada")).await), undeliverable());
        // Whoever mistyped the address has the name with the right one.
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        let mail = sink.mail_to("ada@example.org").await;
        let ada = Actor::new(t.accounts().verify(&token_in(&mail.text())).await.unwrap());
        assert_eq!(refused(t.accounts().change_email(&ada, NOBODY, PASSWORD).await), undeliverable());
        // An address with an account is answered alike: nothing tells of it.
        t.execute("UPDATE users SET email = $1, email_key = $1", [NOBODY.into()]).await;
        assert_eq!(refused(t.accounts().sign_up(sign_up(NOBODY, "eve")).await), undeliverable());
        // A forgotten password has a mail only if there is an account, and so its answer never tells.
        t.accounts().forgot(NOBODY).await.unwrap();
        // What does not answer is no reason to refuse.
        sink.set_down(true);
        t.accounts().sign_up(sign_up("bob@example.org", "bob")).await.unwrap();
    }

    async fn servers_know_a_domain_by_its_punycode(t: TestDomain) {
        let (mut t, sink) = (t, SmtpSink::start().await);
        t.reopen(|config| {
            config.mail.smtp_url = Some(sink.url());
            config.mail.from = "WeConnect <chat@bücher.example>".into();
            config.public_url = "https://chat.bücher.example:8443".into();
        })
        .await;
        t.accounts().sign_up(sign_up("Name@Bücher.example", "ada")).await.unwrap();
        let mail = sink.mail_to("Name@xn--bcher-kva.example").await;
        assert_eq!(mail.from, "chat@xn--bcher-kva.example");
        assert_eq!(mail.helo, "chat.xn--bcher-kva.example");
        let text = mail.text();
        let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
        assert!(id.starts_with('<') && id.ends_with("@chat.xn--bcher-kva.example>"), "{id}");
        assert!(text.contains("To: Name@xn--bcher-kva.example"), "{text}");
        let ada = t.accounts().verify(&token_in(&text)).await.unwrap();
        // Both forms are one account.
        for login in ["name@bücher.example", "NAME@XN--BCHER-KVA.example"] {
            assert_eq!(t.accounts().sign_in(login, PASSWORD).await.unwrap(), SignInOutcome::SignedIn(ada), "{login}");
        }
        t.accounts().sign_up(sign_up("name@xn--bcher-kva.example", "eve")).await.unwrap();
        let told = async || {
            let mails = sink.received();
            mails.iter().any(|mail| mail.text().contains("have an account")).then_some(())
        };
        until("its owner is told that there is an account", told).await;
        // As an account is stored that was made before, and one of each.
        t.execute("UPDATE users SET email_key = $1", ["name@bücher.example".into()]).await;
        for login in ["name@bücher.example", "name@xn--bcher-kva.example"] {
            assert_eq!(t.accounts().sign_in(login, PASSWORD).await.unwrap(), SignInOutcome::SignedIn(ada), "{login}");
        }
        // Letters before the @ are another matter: this server does not take them, and says so at once.
        let umlaut = t.accounts().sign_up(sign_up("ü@example.org", "umlaut")).await;
        assert_eq!(refused(umlaut), ErrorKind::Undeliverable.on(Field::Email));
    }

    async fn tries_end(t: TestDomain) {
        let (mut t, sink) = (t, SmtpSink::start().await);
        sink.set_down(true);
        t.reopen(|config| config.mail.smtp_url = Some(sink.url())).await;
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        let tried = "SELECT COUNT(*) FROM jobs WHERE attempts = 1 AND last_error IS NOT NULL";
        until("the first try", async || (t.number(tried).await == 1).then_some(())).await;
        t.execute("UPDATE jobs SET attempts = 9, run_at = 0", []).await;
        let over = format!("SELECT COUNT(*) FROM jobs WHERE attempts = 10 AND run_at = {}", i64::MAX);
        until("the last try", async || (t.number(&over).await == 1).then_some(())).await;
        assert_eq!(t.number("SELECT COUNT(*) FROM jobs WHERE last_error IS NOT NULL").await, 1);
    }

    async fn a_job_of_a_node_that_died_is_taken_over(t: TestDomain) {
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        t.mail_to("ada@example.org").await;
        until("the job is gone", async || (t.count("jobs").await == 0).then_some(())).await;
        let mail = r#"{"to":"eve@example.org","subject":"s","text":"t","html":"h","link":null}"#;
        let insert = "INSERT INTO jobs (id, kind, payload, created_at, run_at, attempts) VALUES ($1, $2, $3, $4, $5, 1)";
        let (id, now) = (uuid::Uuid::now_v7(), t.clock.now());
        t.execute(insert, [id.into(), "mail".into(), mail.into(), now.into(), (now + A_MINUTE).into()]).await;
        t.clock.advance(2 * A_MINUTE);
        t.mail_to("eve@example.org").await;
    }

    async fn a_job_nobody_knows_is_given_up(t: TestDomain) {
        let insert = "INSERT INTO jobs (id, kind, payload, created_at, run_at, attempts) VALUES ($1, $2, $3, $4, $4, 0)";
        let now = t.clock.now();
        for kind in ["juggle", "mail"] {
            t.execute(insert, [uuid::Uuid::now_v7().into(), kind.into(), "{}".into(), now.into()]).await;
        }
        let over = format!("SELECT COUNT(*) FROM jobs WHERE run_at = {} AND last_error IS NOT NULL", i64::MAX);
        until("both are given up", async || (t.number(&over).await == 2).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_nodes_send_a_mail_once() {
    let mut t = TestDomain::postgres().await;
    let sink = SmtpSink::start().await;
    t.reopen(|config| config.mail.smtp_url = Some(sink.url())).await;
    let nodes = [t.node().await, t.node().await];
    let insert = "INSERT INTO jobs (id, kind, payload, created_at, run_at, attempts) VALUES ($1, $2, $3, $4, $4, 0)";
    let now = t.clock.now();
    for n in 0..100 {
        let mail = format!(r#"{{"to":"a{n}@example.org","subject":"s","text":"t","html":"h","link":null}}"#);
        t.execute(insert, [uuid::Uuid::now_v7().into(), "mail".into(), mail.into(), now.into()]).await;
    }
    until("all jobs are done", async || (t.count("jobs").await == 0).then_some(())).await;
    let mut to: Vec<_> = sink.received().into_iter().flat_map(|mail| mail.to).collect();
    to.sort();
    let sent = to.len();
    to.dedup();
    assert_eq!((sent, to.len()), (100, 100));
    drop(nodes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_mail_settings_are_said_at_the_start() {
    let t = TestDomain::sqlite().await;
    let open = async |smtp: Option<&str>, from: &str| {
        let mut config = t.config().clone();
        let folder = tempfile::tempdir().unwrap();
        config.database = domain::config::DatabaseConfig::Sqlite(folder.path().join("weconnect.db"));
        config.mail =
            domain::config::MailConfig { smtp_url: smtp.map(str::to_owned), from: from.into(), logs_links: false };
        domain::Domain::open(config, t.clock.clone()).await
    };
    for (smtp, from) in [(None, "nobody"), (None, ""), (Some("http://mail"), "a@b.c"), (Some("smtp://u:p@h"), "a@b.c")]
    {
        assert!(matches!(open(smtp, from).await, Err(OpenError::Mail(_))), "{smtp:?} {from}");
    }
    open(Some("smtp://127.0.0.1:1"), "chat@example.org").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_domain_lets_go_of_its_file() {
    let mut t = TestDomain::sqlite().await;
    let ada = t.with_user("ada").await;
    for _ in 0..3 {
        tokio::time::timeout(Duration::from_secs(30), t.reopen(|_| ())).await.unwrap();
        t.accounts().me(&ada).await.unwrap();
    }
}
