//! Signing up, confirming, and looking people up.

use domain::accounts::SignUp;
use futures::future::join_all;
use protocol::{ErrorKind, Field, limits::VERIFICATION_LIFETIME_MS};

use crate::common::{PASSWORD, TestDomain, refused, sign_up, token_in, until};

both_databases! {
    async fn a_sign_up_becomes_an_account_when_its_link_is_followed(t: TestDomain) {
        let accounts = t.accounts();
        accounts.sign_up(sign_up(" Ada@Example.org ", " Ada ")).await.unwrap();
        assert_eq!(t.count("users").await, 0);

        let mail = t.mail_to("Ada@Example.org").await;
        assert!(mail.text.contains("https://chat.example.org/verify?token="), "{}", mail.text);
        assert!(mail.text.contains("Ada") && mail.html.contains("Ada"));
        let token = token_in(&mail.text);
        assert!(mail.html.contains(&token));

        let id = accounts.verify(&token).await.unwrap();
        let me = accounts.me(&domain::Actor::new(id)).await.unwrap();
        assert_eq!((me.user.username.as_str(), me.email.as_str()), ("Ada", "Ada@Example.org"));
        assert_eq!(me.user.id, id);
        assert!(me.is_admin, "the first account is the administrator");
        assert_eq!(t.count("sign_ups").await, 0);
        until("the job is gone", async || (t.count("jobs").await == 0).then_some(())).await;
    }

    async fn the_token_is_not_stored(t: TestDomain) {
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        let token = t.token_for("ada@example.org").await;
        // 32 bytes, and not the 64 characters of the link.
        assert_eq!(t.number("SELECT COUNT(*) FROM sign_ups WHERE length(token_hash) = 32").await, 1);
        assert_eq!(token.len(), 64);
        let hash = t.number("SELECT COUNT(*) FROM sign_ups WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'");
        assert_eq!(hash.await, 1);
    }

    async fn a_link_works_once(t: TestDomain) {
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        let token = t.token_for("ada@example.org").await;
        t.accounts().verify(&token).await.unwrap();
        assert_eq!(refused(t.accounts().verify(&token).await).kind, ErrorKind::Expired);
        assert_eq!(t.count("users").await, 1);
    }

    async fn a_link_ends_with_its_time(t: TestDomain) {
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        let token = t.token_for("ada@example.org").await;
        assert_eq!(refused(t.accounts().username_available("Ada").await), ErrorKind::Taken.on(Field::Username));
        t.clock.advance(VERIFICATION_LIFETIME_MS + 1);
        assert_eq!(refused(t.accounts().verify(&token).await).kind, ErrorKind::Expired);
        t.accounts().username_available("Ada").await.unwrap();
        until("the row is removed", async || (t.count("sign_ups").await == 0).then_some(())).await;
    }

    async fn a_wrong_token_is_refused(t: TestDomain) {
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        for token in ["", "0", "'; DROP TABLE users; --", &"0".repeat(64), &"é\u{0}".repeat(5_000)] {
            assert_eq!(refused(t.accounts().verify(token).await).kind, ErrorKind::Expired);
        }
    }

    async fn bad_fields_are_named(t: TestDomain) {
        let with = |email: &str, username: &str, password: &str| SignUp {
            email: email.into(),
            username: username.into(),
            password: password.into(),
            invite: None,
        };
        let email_max = format!("{}@{}.org", "a".repeat(64), "b".repeat(250));
        let cases = [
            (with("", "ada", PASSWORD), ErrorKind::Required.on(Field::Email)),
            (with("ada", "ada", PASSWORD), ErrorKind::Malformed.on(Field::Email)),
            (with("a@b.c\r\nBcc: e@f.g", "ada", PASSWORD), ErrorKind::Malformed.on(Field::Email)),
            (with(".a..b@example.org", "ada", PASSWORD), ErrorKind::Malformed.on(Field::Email)),
            (with(&email_max, "ada", PASSWORD), ErrorKind::TooLong { max: 254 }.on(Field::Email)),
            (with("a@b.c", " ", PASSWORD), ErrorKind::Required.on(Field::Username)),
            (with("a@b.c", "ad", PASSWORD), ErrorKind::TooShort { min: 3 }.on(Field::Username)),
            (with("a@b.c", &"a".repeat(33), PASSWORD), ErrorKind::TooLong { max: 32 }.on(Field::Username)),
            (with("a@b.c", "a\u{0}da", PASSWORD), ErrorKind::Malformed.on(Field::Username)),
            (with("a@b.c", "everyone", PASSWORD), ErrorKind::Taken.on(Field::Username)),
            (with("a@b.c", "ada", ""), ErrorKind::Required.on(Field::Password)),
            (with("a@b.c", "ada", "short"), ErrorKind::TooShort { min: 10 }.on(Field::Password)),
            (with("a@b.c", "ada", &"x7-".repeat(70)), ErrorKind::TooLong { max: 200 }.on(Field::Password)),
            (with("a@b.c", "ada", "password123"), ErrorKind::Weak.on(Field::Password)),
            (with("a@b.c", "ada", "Summer2026!"), ErrorKind::Weak.on(Field::Password)),
            (with("a@b.c", "lovelace", "Lovelace18"), ErrorKind::Weak.on(Field::Password)),
        ];
        for (entered, expected) in cases {
            let said = format!("{entered:?}");
            assert_eq!(refused(t.accounts().sign_up(entered).await), expected, "{said}");
        }
        assert_eq!((t.count("sign_ups").await, t.count("jobs").await), (0, 0));
    }

    async fn a_name_is_kept_for_its_sign_up(t: TestDomain) {
        t.with_user("Grace").await;
        let accounts = t.accounts();
        accounts.sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        let taken = ErrorKind::Taken.on(Field::Username);
        for name in ["ADA", "grace"] {
            assert_eq!(refused(accounts.username_available(name).await), taken);
            assert_eq!(refused(accounts.sign_up(sign_up("eve@example.org", name)).await), taken);
        }
        assert_eq!(refused(accounts.username_available("x").await).kind, ErrorKind::TooShort { min: 3 });
        accounts.username_available("eve").await.unwrap();

        // The same address may use it again, and either link leads in.
        let first = t.token_for("ada@example.org").await;
        accounts.sign_up(sign_up("Ada@example.org", "Ada")).await.unwrap();
        let second = t.token_for("Ada@example.org").await;
        assert_ne!(first, second);
        accounts.verify(&first).await.unwrap();
        assert_eq!(refused(accounts.verify(&second).await).kind, ErrorKind::Expired);
    }

    async fn names_that_look_like_one_are_taken(t: TestDomain) {
        t.with_user("Paul").await;
        let accounts = t.accounts();
        accounts.sign_up(sign_up("marn@example.org", "marn")).await.unwrap();
        let taken = ErrorKind::Taken.on(Field::Username);
        for name in ["PauI", "pau1", "mam"] {
            assert_eq!(refused(accounts.username_available(name).await), taken, "{name}");
            assert_eq!(refused(accounts.sign_up(sign_up("eve@example.org", name)).await), taken, "{name}");
        }
        accounts.username_available("m-a-m").await.unwrap();
        // The own sign-up is no obstacle, and one that is over is none to anybody.
        accounts.sign_up(sign_up("marn@example.org", "mam")).await.unwrap();
        t.clock.advance(VERIFICATION_LIFETIME_MS + 1);
        accounts.sign_up(sign_up("eve@example.org", "mam")).await.unwrap();
    }

    async fn an_address_with_an_account_looks_like_one_without(t: TestDomain) {
        t.with_user("ada").await;
        let accounts = t.accounts();
        let mut seen = Vec::new();
        for (email, username) in [("ada@example.org", "countess"), ("new@example.org", "newcomer")] {
            let rows = t.count("sign_ups").await;
            accounts.sign_up(sign_up(email, username)).await.unwrap();
            let stored = t.count("sign_ups").await - rows;
            let again = accounts.sign_up(sign_up(email, username)).await.is_ok();
            let other = refused(accounts.sign_up(sign_up("eve@example.org", username)).await);
            let free = refused(accounts.username_available(username).await);
            let by_email = refused(accounts.sign_in(email, PASSWORD_OF_A_STRANGER).await);
            let mails = format!("SELECT COUNT(*) FROM outbox_mails WHERE recipient = '{email}'");
            until("a mail for each sign-up", async || (t.number(&mails).await == 2).then_some(())).await;
            seen.push((stored, again, other, free, by_email));
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[0].0, 1);

        let mail = t.mail_to("ada@example.org").await;
        assert!(mail.text.contains("already") && mail.text.contains("/sign-in") && !mail.text.contains("token="));
        assert_eq!(t.count("users").await, 1);
    }

    async fn one_address_gets_one_account_from_many_links(t: TestDomain) {
        let accounts = t.accounts();
        let mut tokens = Vec::new();
        for name in ["ada1", "ada2", "ada3", "ada4"] {
            let email = format!("{}@example.org", if name == "ada2" { "ADA" } else { "ada" });
            accounts.sign_up(sign_up(&email, name)).await.unwrap();
            let mailed = async || {
                let mails = t.mail_outbox().latest(100).await.unwrap();
                mails.into_iter().find(|mail| mail.text.contains(name)).map(|mail| token_in(&mail.text))
            };
            tokens.push(until("its mail", mailed).await);
        }
        // Each twice, all at once.
        let twice: Vec<_> = tokens.iter().chain(&tokens).collect();
        let results = join_all(twice.into_iter().map(|token| accounts.verify(token))).await;
        let (made, refusals): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!(made.len(), 1);
        assert!(refusals.into_iter().all(|r| refused(r).kind == ErrorKind::Expired));
        assert_eq!(t.count("users").await, 1);
    }

    async fn one_name_goes_to_one_of_many(t: TestDomain) {
        let other = if t.is_postgres() { t.node().await } else { (*t).clone() };
        let signs = (0..8).map(|n| {
            let node = if n % 2 == 0 { (*t).clone() } else { other.clone() };
            async move { node.accounts().sign_up(sign_up(&format!("a{n}@example.org"), "ada")).await }
        });
        let results = join_all(signs).await;
        let (kept, refusals): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!(kept.len(), 1);
        assert!(refusals.into_iter().all(|r| refused(r) == ErrorKind::Taken.on(Field::Username)));
        assert_eq!(t.count("sign_ups").await, 1);
    }

    async fn exactly_one_of_the_first_is_the_administrator(t: TestDomain) {
        let other = if t.is_postgres() { t.node().await } else { (*t).clone() };
        let mut tokens = Vec::new();
        for n in 0..8 {
            let email = format!("a{n}@example.org");
            t.accounts().sign_up(sign_up(&email, &format!("ada{n}"))).await.unwrap();
            tokens.push(t.token_for(&email).await);
        }
        let verify = tokens.iter().enumerate().map(|(n, token)| {
            let node = if n % 2 == 0 { (*t).clone() } else { other.clone() };
            async move { node.accounts().verify(token).await }
        });
        for made in join_all(verify).await {
            made.unwrap();
        }
        assert_eq!(t.count("users").await, 8);
        assert_eq!(t.number("SELECT COUNT(*) FROM users WHERE is_admin").await, 1);
    }

    async fn people_are_found_by_their_exact_name(t: TestDomain) {
        let ada = t.with_user("Ada").await;
        let grace = t.with_user("Grace.H").await;
        let found = t.accounts().find(&ada, " grace.h ").await.unwrap();
        assert_eq!((found.id, found.name()), (grace.user, "Grace.H"));
        assert_eq!(refused(t.accounts().find(&ada, " ").await), ErrorKind::Required.on(Field::Username));
        for name in ["grace", "gr%", "a", "grace.h\u{0}", "everyone"] {
            assert_eq!(refused(t.accounts().find(&ada, name).await), ErrorKind::NotFound.on(Field::Username));
        }
        // Somebody who only signed up is not there yet.
        t.accounts().sign_up(sign_up("eve@example.org", "eve")).await.unwrap();
        assert_eq!(refused(t.accounts().find(&ada, "eve").await).kind, ErrorKind::NotFound);
    }

    async fn an_account_that_is_gone_is_nobody(t: TestDomain) {
        let ada = t.with_user("Ada").await;
        assert!(!t.accounts().me(&ada).await.unwrap().is_admin);
        t.execute("DELETE FROM users", []).await;
        assert_eq!(refused(t.accounts().me(&ada).await).kind, ErrorKind::Unauthenticated);
    }
}

/// Nobody chose it.
const PASSWORD_OF_A_STRANGER: &str = "green kettle 4";
