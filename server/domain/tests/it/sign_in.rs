//! Signing in.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use domain::accounts::SignInOutcome;
use protocol::{ErrorKind, Field, limits::VERIFICATION_LIFETIME_MS};

use crate::common::{PASSWORD, TestDomain, refused, sign_up};

both_databases! {
    async fn by_address_or_name_whatever_the_case(t: TestDomain) {
        let ada = t.with_verified("Ada").await;
        for login in ["Ada", "ada", " ADA ", "ada@example.org", "Ada@EXAMPLE.org "] {
            assert_eq!(t.accounts().sign_in(login, PASSWORD).await.unwrap(), SignInOutcome::SignedIn(ada.user), "{login}");
        }
    }

    async fn a_browser_is_known_until_the_password_changes(t: TestDomain) {
        let (ada, ben) = (t.with_verified("Ada").await, t.with_verified("ben").await);
        let proof = t.accounts().device_cookie(ada.user).await.unwrap();
        assert_eq!(proof, t.accounts().device_cookie(ada.user).await.unwrap());
        let known = async |login: &str, proof: &str| t.accounts().device_owner(login, proof).await.unwrap();
        for login in ["ada", " ADA ", "Ada@EXAMPLE.org"] {
            assert_eq!(known(login, &proof).await, Some(ada.user), "{login}");
        }
        let bens = t.accounts().device_cookie(ben.user).await.unwrap();
        for (login, proof) in [("ada", bens.as_str()), ("ben", &proof), ("eve", &proof), ("", &proof), ("ada", ""),
            ("ada", &proof[1..]), ("ada\u{0}", &proof)] {
            assert_eq!(known(login, proof).await, None, "{login} {proof}");
        }
        let this = t.open_session(ada, 1).await;
        t.accounts().change_password(&ada, this, PASSWORD, "four green kettles").await.unwrap();
        assert_eq!(known("ada", &proof).await, None);
        t.accounts().delete(&ada, "four green kettles", true).await.unwrap();
        assert_eq!(refused(t.accounts().device_cookie(ada.user).await).kind, ErrorKind::Unauthenticated);
    }

    async fn a_password_is_right_however_its_accents_are_typed(t: TestDomain) {
        let (one, two) = ("caf\u{e9} tricycle 9", "cafe\u{301} tricycle 9");
        let ada = t.with_user("ada").await;
        let this = t.open_session(ada, 1).await;
        t.accounts().change_password(&ada, this, PASSWORD, two).await.unwrap();
        for password in [one, two] {
            assert_eq!(t.accounts().sign_in("ada", password).await.unwrap(), SignInOutcome::SignedIn(ada.user));
        }
        // As an earlier version stored it: as it was typed.
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        let hash = cheap.hash_password(two.as_bytes()).unwrap().to_string();
        t.execute("UPDATE users SET password_hash = $1", [hash.into()]).await;
        assert_eq!(t.accounts().sign_in("ada", two).await.unwrap(), SignInOutcome::SignedIn(ada.user));
        assert_eq!(refused(t.accounts().sign_in("ada", "cafe tricycle 9").await).kind, ErrorKind::WrongCredentials);
        let this = t.open_session(ada, 2).await;
        t.accounts().change_password(&ada, this, two, "green kettle 4").await.unwrap();
    }

    async fn what_is_wrong_is_not_told(t: TestDomain) {
        t.with_verified("ada").await;
        let long = "x".repeat(100_000);
        for (login, password) in [
            ("ada", "plum tricycle 8"),
            ("ada@example.org", "Plum tricycle 9"),
            ("ada", " plum tricycle 9"),
            ("eve", PASSWORD),
            ("eve@example.org", PASSWORD),
            ("' OR 1=1 --", PASSWORD),
            ("ada\u{0}", PASSWORD),
            ("ada", &long),
            (&long, PASSWORD),
        ] {
            let said = refused(t.accounts().sign_in(login, password).await);
            assert_eq!(said, ErrorKind::WrongCredentials.into());
        }
        assert_eq!(refused(t.accounts().sign_in(" ", PASSWORD).await), ErrorKind::Required.on(Field::Login));
        assert_eq!(refused(t.accounts().sign_in("ada", "").await), ErrorKind::Required.on(Field::Password));
    }

    async fn before_the_address_is_confirmed(t: TestDomain) {
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        for login in ["ada", "ada@example.org"] {
            assert_eq!(refused(t.accounts().sign_in(login, PASSWORD).await).kind, ErrorKind::Unverified);
            assert_eq!(refused(t.accounts().sign_in(login, "green kettle 4").await).kind, ErrorKind::WrongCredentials);
        }
        t.clock.advance(VERIFICATION_LIFETIME_MS + 1);
        assert_eq!(refused(t.accounts().sign_in("ada", PASSWORD).await).kind, ErrorKind::WrongCredentials);
    }

    async fn a_strangers_sign_up_tells_nothing_about_an_address(t: TestDomain) {
        // One address has an account, one gets it in between, one never does. The stranger sees the same.
        let stranger = "green kettle 4";
        t.with_verified("ada").await;
        t.accounts().sign_up(sign_up("bob@example.org", "bob")).await.unwrap();
        let bobs = t.token_for("bob@example.org").await;
        for (n, email) in ["ada@example.org", "bob@example.org", "eve@example.org"].into_iter().enumerate() {
            let mut entered = sign_up(email, &format!("stranger{n}"));
            entered.password = stranger.into();
            t.accounts().sign_up(entered).await.unwrap();
        }
        t.accounts().verify(&bobs).await.unwrap();
        for (n, email) in ["ada@example.org", "bob@example.org", "eve@example.org"].into_iter().enumerate() {
            for login in [email, &format!("stranger{n}")] {
                assert_eq!(refused(t.accounts().sign_in(login, stranger).await).kind, ErrorKind::Unverified, "{login}");
            }
            let taken = t.accounts().username_available(&format!("stranger{n}")).await;
            assert_eq!(refused(taken).kind, ErrorKind::Taken);
        }
        // And the owners are not kept out.
        for login in ["ada", "ada@example.org", "bob", "bob@example.org"] {
            t.accounts().sign_in(login, PASSWORD).await.unwrap();
        }
    }
}

/// Prints how long each answer takes. A figure to look at: `cargo test -p domain -- --ignored --nocapture times`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn times_of_the_answers() {
    let t = TestDomain::sqlite().await;
    t.with_verified("ada").await;
    t.accounts().sign_up(sign_up("bob@example.org", "bob")).await.unwrap();
    for (what, login, password) in [
        ("right", "ada", PASSWORD),
        ("wrong password", "ada@example.org", "green kettle 4"),
        ("unverified", "bob@example.org", PASSWORD),
        ("nobody", "eve@example.org", PASSWORD),
    ] {
        let mut times = Vec::new();
        for _ in 0..40 {
            let start = Instant::now();
            t.accounts().sign_in(login, password).await.ok();
            times.push(start.elapsed());
        }
        times.sort();
        let median: Duration = times[times.len() / 2];
        println!("{what:>16}: {median:?}");
    }
}
