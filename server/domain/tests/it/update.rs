//! What its owner changes about an account: address, name, password.

use domain::{Actor, accounts::SignInOutcome};
use futures::future::join_all;
use protocol::{ErrorKind, Field, limits::EMAIL_CHANGE_LIFETIME_MS};

use crate::common::{PASSWORD, TestDomain, is_told, refused, sign_up};

const NEW: &str = "green kettle 4";

async fn email_of(t: &TestDomain, actor: &Actor) -> String {
    t.accounts().me(actor).await.unwrap().email
}

both_databases! {
    async fn an_address_changes_when_its_link_is_followed(t: TestDomain) {
        let ada = t.with_user("ada").await;
        t.accounts().change_email(&ada, " Ada@Elsewhere.example ", PASSWORD).await.unwrap();
        let mail = t.mail_about("Ada@Elsewhere.example", "Confirm your new email address").await;
        assert!(mail.text.contains("https://chat.example.org/confirm-email?token="), "{}", mail.text);
        let token = t.token_for("Ada@Elsewhere.example").await;
        assert_eq!(email_of(&t, &ada).await, "ada@example.org");
        t.accounts().sign_in("ada@example.org", PASSWORD).await.unwrap();

        t.accounts().confirm_email(&token).await.unwrap();
        assert_eq!(email_of(&t, &ada).await, "Ada@Elsewhere.example");
        let entrance = t.accounts().sign_in("ada@elsewhere.example", PASSWORD).await.unwrap();
        assert_eq!(entrance, SignInOutcome::SignedIn(ada.user));
        assert_eq!(
            refused(t.accounts().sign_in("ada@example.org", PASSWORD).await).kind,
            ErrorKind::WrongCredentials
        );
        let told = t.mail_about("ada@example.org", "Your email address was changed").await;
        assert!(told.text.contains("Ada@Elsewhere.example"), "{}", told.text);
        assert_eq!(refused(t.accounts().confirm_email(&token).await).kind, ErrorKind::Expired);
        // The old one is free.
        t.accounts().sign_up(sign_up("ada@example.org", "another")).await.unwrap();
        t.mail_about("ada@example.org", "Confirm your email address").await;
    }

    async fn an_address_in_use_looks_like_any_other(t: TestDomain) {
        let ada = t.with_user("ada").await;
        t.with_user("ben").await;
        let mut seen = Vec::new();
        for email in ["ben@example.org", "free@example.org"] {
            let answer = t.accounts().change_email(&ada, email, PASSWORD).await.is_ok();
            seen.push((answer, t.count("account_tokens").await));
        }
        assert_eq!(seen, [(true, 1), (true, 1)]);
        let told = t.mail_about("ben@example.org", "This email address is already in use").await;
        assert!(told.text.contains("account ben") && !told.text.contains("ada") && !told.text.contains("token="));
    }

    async fn an_address_that_was_taken_meanwhile_is_refused(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        t.accounts().change_email(&ada, "new@example.org", PASSWORD).await.unwrap();
        let adas = t.token_for("new@example.org").await;
        t.all_mailed().await;
        t.clock.advance(1_000);
        t.accounts().change_email(&ben, "NEW@example.org", PASSWORD).await.unwrap();
        let bens = t.token_for("NEW@example.org").await;
        // Each twice, all at once: one person gets it.
        let tokens = [&adas, &bens, &adas, &bens];
        let results = join_all(tokens.map(|token| async { t.accounts().confirm_email(token).await })).await;
        let (made, refusals): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!(made.len(), 1);
        assert!(refusals.into_iter().all(|r| refused(r).kind == ErrorKind::Expired));
        assert_eq!(t.number("SELECT COUNT(*) FROM users WHERE email_key = 'new@example.org'").await, 1);
    }

    async fn a_change_of_address_asks_and_expires(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let change = async |email, password| refused(t.accounts().change_email(&ada, email, password).await);
        assert_eq!(change("x", PASSWORD).await, ErrorKind::Malformed.on(Field::Email));
        assert_eq!(change("a@b.c", "").await, ErrorKind::Required.on(Field::CurrentPassword));
        assert_eq!(change("a@b.c", "wrong").await, ErrorKind::WrongCredentials.on(Field::CurrentPassword));
        assert_eq!(t.count("account_tokens").await, 0);

        t.accounts().change_email(&ada, "one@example.org", PASSWORD).await.unwrap();
        let first = t.token_for("one@example.org").await;
        t.accounts().change_email(&ada, "two@example.org", PASSWORD).await.unwrap();
        let second = t.token_for("two@example.org").await;
        assert_eq!(refused(t.accounts().confirm_email(&first).await).kind, ErrorKind::Expired);
        t.clock.advance(EMAIL_CHANGE_LIFETIME_MS + 1);
        assert_eq!(refused(t.accounts().confirm_email(&second).await).kind, ErrorKind::Expired);
        assert_eq!(email_of(&t, &ada).await, "ada@example.org");
    }

    async fn a_new_address_ends_links_in_the_old_mailbox(t: TestDomain) {
        let ada = t.with_user("ada").await;
        t.accounts().forgot("ada@example.org").await.unwrap();
        let reset = t.token_for("ada@example.org").await;
        t.accounts().change_email(&ada, "new@example.org", PASSWORD).await.unwrap();
        t.accounts().confirm_email(&t.token_for("new@example.org").await).await.unwrap();
        assert_eq!(refused(t.accounts().reset(&reset, NEW).await).kind, ErrorKind::Expired);
    }

    async fn the_own_address_can_be_spelt_otherwise(t: TestDomain) {
        let ada = t.with_user("ada").await;
        t.accounts().change_email(&ada, "Ada@Example.org", PASSWORD).await.unwrap();
        t.accounts().confirm_email(&t.token_for("Ada@Example.org").await).await.unwrap();
        assert_eq!(email_of(&t, &ada).await, "Ada@Example.org");
    }

    async fn a_name_changes_and_the_old_one_is_free(t: TestDomain) {
        let ada = t.with_user("ada").await;
        t.accounts().change_username(&ada, " Countess ", PASSWORD).await.unwrap();
        assert_eq!(t.accounts().me(&ada).await.unwrap().user.username, "Countess");
        assert_eq!(t.accounts().find(&ada, "countess").await.unwrap().id, ada.user);
        assert_eq!(refused(t.accounts().find(&ada, "ada").await).kind, ErrorKind::NotFound);
        t.accounts().sign_in("COUNTESS", PASSWORD).await.unwrap();
        t.accounts().sign_up(sign_up("other@example.org", "ada")).await.unwrap();
        assert_eq!(refused(t.accounts().username_available("c0untess").await).kind, ErrorKind::Taken);
    }

    async fn names_that_cannot_be_had(t: TestDomain) {
        let ada = t.with_user("Pauline").await;
        t.with_user("Paul").await;
        t.accounts().sign_up(sign_up("marn@example.org", "marn")).await.unwrap();
        let change = async |name, password| refused(t.accounts().change_username(&ada, name, password).await);
        for (name, kind) in [
            ("", ErrorKind::Required),
            ("x", ErrorKind::TooShort { min: 3 }),
            ("a b", ErrorKind::Malformed),
            ("Everyone", ErrorKind::Taken),
            ("PAUL", ErrorKind::Taken),
            ("PauI", ErrorKind::Taken),
            ("pau1", ErrorKind::Taken),
            ("marn", ErrorKind::Taken),
            ("mam", ErrorKind::Taken),
        ] {
            assert_eq!(change(name, PASSWORD).await, kind.on(Field::Username), "{name}");
        }
        assert_eq!(change("free", "").await, ErrorKind::Required.on(Field::CurrentPassword));
        assert_eq!(change("free", NEW).await, ErrorKind::WrongCredentials.on(Field::CurrentPassword));
        // The own name, and what looks like it, is no obstacle.
        for name in ["PAULINE", "PauIine", "pauline"] {
            t.accounts().change_username(&ada, name, PASSWORD).await.unwrap();
        }
    }

    async fn one_name_goes_to_one_of_many_who_change(t: TestDomain) {
        let mut people = Vec::new();
        for n in ["ada", "ben", "cleo", "dora"] {
            people.push(t.with_user(n).await);
        }
        let names = ["Paul", "pauI", "PAUL", "pau1"];
        let changes = people.iter().zip(names).map(|(actor, name)| {
            let node = &t;
            async move { node.accounts().change_username(actor, name, PASSWORD).await }
        });
        let results = join_all(changes).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert_eq!(t.number("SELECT COUNT(*) FROM users WHERE username_skeleton = 'paul'").await, 1);
    }

    async fn a_new_password_ends_the_other_sessions_only(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let this = t.open_session(ada, 1).await;
        let other = t.open_session(ada, 2).await;
        t.open_session(ben, 3).await;
        let (mut hers, mut his) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        t.accounts().forgot("ada@example.org").await.unwrap();
        let reset = t.token_for("ada@example.org").await;

        t.accounts().change_password(&ada, this, PASSWORD, NEW).await.unwrap();
        assert!(is_told(&mut hers) && !is_told(&mut his));
        assert!(t.sessions().is_live(&ada, this).await.unwrap(), "its sockets stay");
        assert!(!t.has_session(1).await, "under its old id nobody finds it");
        assert!(!t.has_session(2).await && !t.sessions().is_live(&ada, other).await.unwrap());
        assert!(t.has_session(3).await);
        assert_eq!(t.accounts().sign_in("ada", NEW).await.unwrap(), SignInOutcome::SignedIn(ada.user));
        assert_eq!(refused(t.accounts().sign_in("ada", PASSWORD).await).kind, ErrorKind::WrongCredentials);
        t.mail_about("ada@example.org", "Your password was changed").await;
        assert_eq!(refused(t.accounts().reset(&reset, PASSWORD).await).kind, ErrorKind::Expired);
    }

    async fn a_password_that_is_not_changed_changes_nothing(t: TestDomain) {
        let ada = t.with_user("lovelace").await;
        let this = t.open_session(ada, 1).await;
        let change = async |current, new| refused(t.accounts().change_password(&ada, this, current, new).await);
        assert_eq!(change("", NEW).await, ErrorKind::Required.on(Field::CurrentPassword));
        assert_eq!(change("wrong", NEW).await, ErrorKind::WrongCredentials.on(Field::CurrentPassword));
        let long = "x".repeat(100_000);
        assert_eq!(change(&long, NEW).await, ErrorKind::WrongCredentials.on(Field::CurrentPassword));
        assert_eq!(change(PASSWORD, "").await, ErrorKind::Required.on(Field::Password));
        assert_eq!(change(PASSWORD, "Lovelace18").await, ErrorKind::Weak.on(Field::Password));
        assert!(t.has_session(1).await);
        // A session that ended in the meantime does not go on.
        t.sessions().end(&ada, this).await.unwrap();
        assert_eq!(change(PASSWORD, NEW).await.kind, ErrorKind::Unauthenticated);
        t.accounts().sign_in("lovelace", PASSWORD).await.unwrap();
    }
}
