//! A forgotten password.

use domain::accounts::SignInOutcome;
use protocol::{ErrorKind, Field, limits::RESET_LIFETIME_MS};

use crate::common::{PASSWORD, TestDomain, is_told, refused, sign_up, token_in};

const NEW: &str = "green kettle 4";
const SUBJECT: &str = "Choose a new password";

both_databases! {
    async fn a_link_sets_a_new_password_once(t: TestDomain) {
        let ada = t.with_verified("Ada").await;
        t.accounts().forgot(" ADA@example.org ").await.unwrap();
        let mail = t.mail_about("ada@example.org", SUBJECT).await;
        assert!(mail.text.contains("https://chat.example.org/reset?token=") && mail.html.contains("Ada"));
        let token = token_in(&mail.text);
        assert_eq!(t.number("SELECT COUNT(*) FROM account_tokens WHERE length(token_hash) = 32").await, 1);

        t.accounts().reset(&token, NEW).await.unwrap();
        assert_eq!(t.accounts().sign_in("ada", NEW).await.unwrap(), SignInOutcome::SignedIn(ada.user));
        assert_eq!(refused(t.accounts().sign_in("ada", PASSWORD).await).kind, ErrorKind::WrongCredentials);
        let told = t.mail_about("ada@example.org", "Your password was changed").await;
        assert!(told.text.contains("https://chat.example.org/forgot"), "{}", told.text);

        assert_eq!(refused(t.accounts().reset(&token, "yellow spoon 77").await).kind, ErrorKind::Expired);
        t.accounts().sign_in("ada", NEW).await.unwrap();
    }

    async fn it_ends_all_sessions_and_their_sockets(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        t.open_session(ada, 1).await;
        t.open_session(ada, 2).await;
        t.open_session(ben, 3).await;
        let (mut hers, mut his) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        t.accounts().forgot("ada@example.org").await.unwrap();
        let token = t.token_for("ada@example.org").await;
        assert!(t.has_session(1).await && !is_told(&mut hers), "asking changes nothing");
        t.accounts().reset(&token, NEW).await.unwrap();
        assert!(!t.has_session(1).await && !t.has_session(2).await && t.has_session(3).await);
        assert!(is_told(&mut hers) && !is_told(&mut his));
    }

    async fn a_link_ends_with_its_time(t: TestDomain) {
        t.with_user("ada").await;
        t.accounts().forgot("ada@example.org").await.unwrap();
        let token = t.token_for("ada@example.org").await;
        t.clock.advance(RESET_LIFETIME_MS + 1);
        assert_eq!(refused(t.accounts().reset(&token, NEW).await).kind, ErrorKind::Expired);
        t.accounts().sign_in("ada", PASSWORD).await.unwrap();
    }

    async fn the_newest_link_counts(t: TestDomain) {
        t.with_user("ada").await;
        t.accounts().forgot("ada@example.org").await.unwrap();
        let first = t.token_for("ada@example.org").await;
        t.all_mailed().await;
        t.clock.advance(1_000);
        t.accounts().forgot("ada@example.org").await.unwrap();
        t.all_mailed().await;
        let second = t.token_for("ada@example.org").await;
        assert_ne!(first, second);
        assert_eq!(refused(t.accounts().reset(&first, NEW).await).kind, ErrorKind::Expired);
        t.accounts().reset(&second, NEW).await.unwrap();
    }

    async fn a_link_is_for_one_account_and_one_thing(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        t.accounts().forgot("ada@example.org").await.unwrap();
        let reset = t.token_for("ada@example.org").await;
        t.accounts().change_email(&ben, "new@example.org", PASSWORD).await.unwrap();
        let email = t.token_for("new@example.org").await;
        assert_eq!(refused(t.accounts().reset(&email, NEW).await).kind, ErrorKind::Expired);
        assert_eq!(refused(t.accounts().confirm_email(&reset).await).kind, ErrorKind::Expired);
        for token in ["", "0", "'; DROP TABLE users; --", &"0".repeat(64), &"é\u{0}".repeat(5_000)] {
            assert_eq!(refused(t.accounts().reset(token, NEW).await).kind, ErrorKind::Expired);
        }
        t.accounts().reset(&reset, NEW).await.unwrap();
        assert_eq!(t.accounts().sign_in("ada", NEW).await.unwrap(), SignInOutcome::SignedIn(ada.user));
        assert_eq!(t.accounts().sign_in("ben", PASSWORD).await.unwrap(), SignInOutcome::SignedIn(ben.user));
    }

    async fn a_bad_password_does_not_cost_the_link(t: TestDomain) {
        t.with_user("lovelace").await;
        t.accounts().forgot("lovelace@example.org").await.unwrap();
        let token = t.token_for("lovelace@example.org").await;
        for (password, expected) in [
            ("", ErrorKind::Required),
            ("short", ErrorKind::TooShort { min: 10 }),
            ("Lovelace18", ErrorKind::Weak),
        ] {
            assert_eq!(refused(t.accounts().reset(&token, password).await), expected.on(Field::Password));
        }
        t.accounts().reset(&token, NEW).await.unwrap();
    }

    async fn it_ends_other_links_of_the_account(t: TestDomain) {
        let ada = t.with_user("ada").await;
        t.accounts().change_email(&ada, "eve@example.org", PASSWORD).await.unwrap();
        let email = t.token_for("eve@example.org").await;
        t.accounts().forgot("ada@example.org").await.unwrap();
        t.accounts().reset(&t.token_for("ada@example.org").await, NEW).await.unwrap();
        assert_eq!(refused(t.accounts().confirm_email(&email).await).kind, ErrorKind::Expired);
        assert_eq!(t.count("account_tokens").await, 0);
    }

    async fn nobody_is_mailed_who_is_not_there(t: TestDomain) {
        t.with_user("ada").await;
        t.accounts().sign_up(sign_up("waiting@example.org", "waiting")).await.unwrap();
        t.all_mailed().await;
        let before = t.count("outbox_mails").await;
        for email in ["nobody@example.org", "waiting@example.org"] {
            t.accounts().forgot(email).await.unwrap();
        }
        t.all_mailed().await;
        assert_eq!((t.count("outbox_mails").await, t.count("account_tokens").await), (before, 0));
        for (email, kind) in [("", ErrorKind::Required), ("ada", ErrorKind::Malformed)] {
            assert_eq!(refused(t.accounts().forgot(email).await), kind.on(Field::Email));
        }
    }

    async fn a_strangers_sign_up_tells_nothing_after_a_reset(t: TestDomain) {
        // It took over the salt of the account's password; the next one keeps it.
        t.with_verified("ada").await;
        let mut entered = sign_up("ada@example.org", "stranger");
        entered.password = "yellow spoon 77".into();
        t.accounts().sign_up(entered).await.unwrap();
        t.accounts().forgot("ada@example.org").await.unwrap();
        let token = token_in(&t.mail_about("ada@example.org", SUBJECT).await.text);
        t.accounts().reset(&token, NEW).await.unwrap();
        let said = refused(t.accounts().sign_in("ada@example.org", "yellow spoon 77").await);
        assert_eq!(said.kind, ErrorKind::Unverified);
        t.accounts().sign_in("ada@example.org", NEW).await.unwrap();
    }
}
