//! The second factor: set up, asked for, switched off.

use domain::{
    Actor,
    accounts::{PendingSignIn, SignInOutcome},
};
use protocol::{
    ErrorKind, Field,
    limits::{RECOVERY_CODES, SECOND_FACTOR_WITHIN_MS},
    second_factor::SecondFactor,
};
use sea_orm::ConnectionTrait;
use totp_rs::{Builder, Secret, Totp};

use crate::common::{PASSWORD, TestDomain, refused, token_in};

const STEP: i64 = 30_000;
const WRONG: ErrorKind = ErrorKind::WrongCredentials;

/// An app that was told the secret.
struct App(Totp);

impl App {
    async fn begin(t: &TestDomain, actor: &Actor) -> Self {
        t.accounts().begin_second_factor(actor, PASSWORD).await.unwrap();
        let SecondFactor::SettingUp { secret, uri, qr } = t.accounts().second_factor(actor).await.unwrap() else {
            panic!("nothing is being set up");
        };
        let typed: String = secret.split(' ').collect();
        assert!(uri.contains(&typed) && uri.contains("chat.example.org") && qr.size > 29 && !qr.path.is_empty());
        let secret = Secret::try_from_base32(&typed).unwrap();
        assert_eq!(secret.as_bytes().len(), 20);
        Self(Builder::new().with_secret(secret).build().unwrap())
    }

    /// Sets the second factor up; the recovery codes.
    async fn set_up(t: &TestDomain, actor: &Actor) -> (Self, Vec<String>) {
        let app = Self::begin(t, actor).await;
        let codes = t.accounts().confirm_second_factor(actor, &app.code(t, 0)).await.unwrap();
        t.clock.advance(2 * STEP);
        (app, codes)
    }

    /// The code of so many steps from now.
    fn code(&self, t: &TestDomain, steps: i64) -> String {
        let at = (t.clock.now() + steps * STEP) / 1_000;
        self.0.generate(u64::try_from(at).unwrap()).to_string()
    }
}

/// Enters the right password; who it will be once there is a code.
async fn pending(t: &TestDomain) -> PendingSignIn {
    match t.accounts().sign_in("ada", PASSWORD).await.unwrap() {
        SignInOutcome::Code(pending) => pending,
        SignInOutcome::SignedIn(_) => panic!("signed in without a code"),
    }
}

both_databases! {
    async fn it_counts_once_a_code_was_entered(t: TestDomain) {
        let ada = t.with_user("ada").await;
        assert_eq!(t.accounts().second_factor(&ada).await.unwrap(), SecondFactor::Off);
        let refusal = async |password| refused(t.accounts().begin_second_factor(&ada, password).await);
        assert_eq!(refusal("").await, ErrorKind::Required.on(Field::CurrentPassword));
        assert_eq!(refusal("wrong").await, WRONG.on(Field::CurrentPassword));

        let app = App::begin(&t, &ada).await;
        assert_eq!(t.accounts().sign_in("ada", PASSWORD).await.unwrap(), SignInOutcome::SignedIn(ada.user));
        assert!(!t.accounts().me(&ada).await.unwrap().has_second_factor);
        for (code, kind) in [(" ", ErrorKind::Required), ("000000000", WRONG), ("no code", WRONG)] {
            assert_eq!(refused(t.accounts().confirm_second_factor(&ada, code).await), kind.on(Field::Code));
        }
        let code = app.code(&t, 0);
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        let codes = t.accounts().confirm_second_factor(&ada, &spaced).await.unwrap();
        assert_eq!(codes.len(), usize::try_from(RECOVERY_CODES).unwrap());
        assert!(t.accounts().me(&ada).await.unwrap().has_second_factor);
        let on = SecondFactor::On { recovery_codes: RECOVERY_CODES };
        assert_eq!(t.accounts().second_factor(&ada).await.unwrap(), on);
        t.mail_about("ada@example.org", "Two-step sign-in is on").await;
        // The codes are stored as hashes.
        assert_eq!(t.number("SELECT COUNT(*) FROM recovery_codes WHERE length(code_hash) = 32").await, 10);

        assert_eq!(refused(t.accounts().begin_second_factor(&ada, PASSWORD).await).kind, ErrorKind::Conflict);
        assert_eq!(refused(t.accounts().confirm_second_factor(&ada, &code).await).kind, ErrorKind::Expired);
        assert_eq!(pending(&t).await.user, ada.user);
        assert_eq!(refused(t.accounts().sign_in("ada", "wrong").await).kind, WRONG);
    }

    async fn setting_up_ends_with_its_time(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let app = App::begin(&t, &ada).await;
        t.clock.advance(SECOND_FACTOR_WITHIN_MS + STEP);
        assert_eq!(t.accounts().second_factor(&ada).await.unwrap(), SecondFactor::Off);
        let late = refused(t.accounts().confirm_second_factor(&ada, &app.code(&t, 0)).await);
        assert_eq!(late, ErrorKind::Expired.on(Field::Code));
        // Beginning again makes another secret.
        let again = App::begin(&t, &ada).await;
        assert_ne!(app.0.secret(), again.0.secret());
        assert_eq!(refused(t.accounts().confirm_second_factor(&ada, &app.code(&t, 0)).await).kind, WRONG);
        t.accounts().confirm_second_factor(&ada, &again.code(&t, 0)).await.unwrap();
    }

    async fn a_code_is_good_once_and_around_its_time(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let (app, _) = App::set_up(&t, &ada).await;
        let enter = async |code: &str| t.accounts().enter_code(pending(&t).await, code).await;
        for steps in [-4, 4, 100] {
            assert_eq!(refused(enter(&app.code(&t, steps)).await), WRONG.on(Field::Code), "{steps}");
        }
        let early = app.code(&t, -1);
        assert_eq!(enter(&early).await.unwrap(), ada.user);
        assert_eq!(refused(enter(&early).await), WRONG.on(Field::Code));
        let (now, next) = (app.code(&t, 0), app.code(&t, 1));
        assert_eq!(enter(&next).await.unwrap(), ada.user);
        // With it, those before it are used up.
        for code in [&early, &now, &next] {
            assert_eq!(refused(enter(code).await), WRONG.on(Field::Code));
        }
        t.clock.advance(2 * STEP);
        assert_eq!(enter(&app.code(&t, 0)).await.unwrap(), ada.user);
    }

    async fn many_who_enter_a_code_at_once_are_one(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let (app, codes) = App::set_up(&t, &ada).await;
        let pending = pending(&t).await;
        for code in [app.code(&t, 0), codes[0].clone()] {
            let tries = (0..8).map(|_| async { t.accounts().enter_code(pending, &code).await });
            let results = futures::future::join_all(tries).await;
            assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        }
    }

    async fn a_recovery_code_is_good_once(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let (_, codes) = App::set_up(&t, &ada).await;
        let (_, bens) = App::set_up(&t, &ben).await;
        let enter = async |code: &str| t.accounts().enter_code(pending(&t).await, code).await;
        let typed = codes[0].to_uppercase().replace('-', " ");
        assert_eq!(enter(&typed).await.unwrap(), ada.user);
        for code in [&codes[0], &typed, &bens[0], &codes[1][1..]] {
            assert_eq!(refused(enter(code).await), WRONG.on(Field::Code));
        }
        let told = t.mail_about("ada@example.org", "A recovery code was used").await;
        assert!(told.text.contains("left: 9"), "{}", told.text);
        assert_eq!(t.accounts().second_factor(&ada).await.unwrap(), SecondFactor::On { recovery_codes: 9 });
        assert_eq!(t.accounts().second_factor(&ben).await.unwrap(), SecondFactor::On { recovery_codes: 10 });
    }

    async fn recovery_codes_are_renewed(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let (app, old) = App::set_up(&t, &ada).await;
        let renew = async |password, code: &str| t.accounts().renew_recovery_codes(&ada, password, code).await;
        assert_eq!(refused(renew("wrong", &app.code(&t, 0)).await), WRONG.on(Field::CurrentPassword));
        assert_eq!(refused(renew(PASSWORD, "000000000").await), WRONG.on(Field::Code));
        let new = renew(PASSWORD, &app.code(&t, 0)).await.unwrap();
        assert!(new.iter().all(|code| !old.contains(code)));
        assert_eq!(refused(t.accounts().enter_code(pending(&t).await, &old[0]).await).kind, WRONG);
        t.accounts().enter_code(pending(&t).await, &new[0]).await.unwrap();
        let ben = t.with_user("ben").await;
        let without = t.accounts().renew_recovery_codes(&ben, PASSWORD, "1").await;
        assert_eq!(refused(without).kind, ErrorKind::Conflict);
    }

    async fn it_is_switched_off_with_the_password_and_a_code(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let (app, codes) = App::set_up(&t, &ada).await;
        let before = pending(&t).await;
        let end = async |password, code: &str| t.accounts().end_second_factor(&ada, password, code).await;
        assert_eq!(refused(end("wrong", &app.code(&t, 0)).await), WRONG.on(Field::CurrentPassword));
        assert_eq!(refused(end(PASSWORD, "").await), ErrorKind::Required.on(Field::Code));
        assert_eq!(refused(end(PASSWORD, "000000000").await), WRONG.on(Field::Code));
        assert!(t.accounts().me(&ada).await.unwrap().has_second_factor);
        end(PASSWORD, &app.code(&t, 0)).await.unwrap();
        assert_eq!(t.accounts().sign_in("ada", PASSWORD).await.unwrap(), SignInOutcome::SignedIn(ada.user));
        assert_eq!(t.count("recovery_codes").await, 0);
        t.mail_about("ada@example.org", "Two-step sign-in is off").await;
        let late = refused(t.accounts().enter_code(before, &codes[0]).await);
        assert_eq!(late, ErrorKind::Expired.on(Field::Code));
        // Without the phone; and one that was never finished takes no code.
        let (_, codes) = App::set_up(&t, &ada).await;
        end(PASSWORD, &codes[0]).await.unwrap();
        t.accounts().begin_second_factor(&ada, PASSWORD).await.unwrap();
        end(PASSWORD, "").await.unwrap();
        assert_eq!(t.accounts().second_factor(&ada).await.unwrap(), SecondFactor::Off);
    }

    async fn what_was_switched_on_meanwhile_takes_a_code_to_switch_off(t: TestDomain) {
        // SQLite has one writer at a time.
        if !t.is_postgres() {
            return;
        }
        let ada = t.with_user("ada").await;
        t.accounts().begin_second_factor(&ada, PASSWORD).await.unwrap();
        let held = t.begin().await;
        held.execute_unprepared("UPDATE users SET totp_enabled_at = 1").await.unwrap();
        let accounts = t.accounts();
        let end = accounts.end_second_factor(&ada, PASSWORD, "");
        let go_on = async {
            t.until_locked_out().await;
            held.commit().await.unwrap();
        };
        let (ended, ()) = tokio::join!(end, go_on);
        assert_eq!(refused(ended), ErrorKind::Required.on(Field::Code));
        assert!(t.accounts().me(&ada).await.unwrap().has_second_factor);
    }

    async fn the_password_was_entered_a_moment_ago_and_is_still_the_same(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let (_, codes) = App::set_up(&t, &ada).await;
        let late = pending(&t).await;
        t.clock.advance(SECOND_FACTOR_WITHIN_MS);
        let expired = ErrorKind::Expired.on(Field::Code);
        assert_eq!(refused(t.accounts().enter_code(late, &codes[0]).await), expired);

        let outdated = pending(&t).await;
        t.clock.advance(1);
        t.accounts().forgot("ada@example.org").await.unwrap();
        let token = token_in(&t.mail_about("ada@example.org", "Choose a new password").await.text);
        t.accounts().reset(&token, "green kettle 4").await.unwrap();
        assert_eq!(refused(t.accounts().enter_code(outdated, &codes[0]).await), expired);
        // A reset leaves the second factor as it is.
        let SignInOutcome::Code(pending) = t.accounts().sign_in("ada", "green kettle 4").await.unwrap() else {
            panic!("signed in without a code");
        };
        t.accounts().enter_code(pending, &codes[0]).await.unwrap();
    }
}
