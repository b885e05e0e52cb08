//! Sessions: as rows, and as their owner sees them.

use domain::sessions::{Entry, new_handle};
use protocol::{ErrorKind, UserId, limits::SESSION_LIFETIME_MS};
use uuid::Uuid;

use crate::common::{TestDomain, is_told, refused, until};

fn nobodys(data: &str, expires_at: i64) -> Entry {
    Entry { data: data.into(), expires_at, ..Entry::default() }
}

fn of(user: UserId, data: &str, expires_at: i64) -> Entry {
    Entry { user: Some(user), ..nobodys(data, expires_at) }
}

both_databases! {
    async fn a_session_lives_until_it_is_ended(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let (sessions, id) = (t.sessions(), [7; 32]);
        let expires = t.clock.now() + SESSION_LIFETIME_MS;
        assert_eq!(sessions.load(&id).await.unwrap(), None);
        assert!(sessions.create(&id, nobodys("{}", expires)).await.unwrap());
        assert_eq!(sessions.load(&id).await.unwrap(), Some(("{}".into(), expires)));

        assert!(sessions.update(&id, of(ada.user, "{\"user\":1}", expires + 5)).await.unwrap());
        assert_eq!(sessions.load(&id).await.unwrap(), Some(("{\"user\":1}".into(), expires + 5)));
        assert_eq!(t.number("SELECT COUNT(*) FROM sessions WHERE user_id IS NOT NULL").await, 1);

        sessions.delete(&id).await.unwrap();
        sessions.delete(&id).await.unwrap();
        assert_eq!(sessions.load(&id).await.unwrap(), None);
        assert!(!sessions.update(&id, nobodys("{}", expires)).await.unwrap(), "what ended stays ended");
        assert_eq!(t.count("sessions").await, 0);
    }

    async fn an_id_is_given_out_once(t: TestDomain) {
        let (sessions, expires) = (t.sessions(), t.clock.now() + 1_000);
        assert!(sessions.create(&[1; 32], nobodys("a", expires)).await.unwrap());
        assert!(!sessions.create(&[1; 32], nobodys("b", expires)).await.unwrap());
        t.clock.advance(2_000);
        assert!(!sessions.create(&[1; 32], nobodys("b", expires + 9_000)).await.unwrap());
    }

    async fn an_expired_session_is_none(t: TestDomain) {
        let (sessions, expires) = (t.sessions(), t.clock.now() + 10_000);
        sessions.create(&[1; 32], nobodys("a", expires)).await.unwrap();
        sessions.create(&[2; 32], nobodys("b", expires + 3_600_000)).await.unwrap();
        t.clock.advance(10_001);
        assert_eq!(sessions.load(&[1; 32]).await.unwrap(), None);
        sessions.delete_expired().await.unwrap();
        assert_eq!(t.count("sessions").await, 1);
        // The other is removed without being asked for.
        t.clock.advance(3_600_000);
        until("the session is removed", async || (t.count("sessions").await == 0).then_some(())).await;
    }

    async fn a_session_ends_with_its_account(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let expires = t.clock.now() + 1_000;
        t.sessions().create(&[1; 32], of(ada.user, "a", expires)).await.unwrap();
        t.execute("DELETE FROM users", []).await;
        assert_eq!(t.sessions().load(&[1; 32]).await.unwrap(), None);
        let nobody = UserId::from(Uuid::now_v7());
        assert!(t.sessions().create(&[2; 32], of(nobody, "a", expires)).await.is_err());
    }

    async fn a_session_that_gets_another_id_is_the_same(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let handle = t.open_session(ada, 1).await;
        let since = t.sessions().list(&ada, handle).await.unwrap()[0].since;
        t.clock.advance(5_000);
        let expires = t.clock.now() + 9_000;
        let entry = Entry { handle: Some(handle), ..of(ada.user, "new", expires) };
        assert!(t.sessions().create(&[2; 32], entry).await.unwrap());
        assert!(!t.has_session(1).await);
        assert_eq!(t.sessions().load(&[2; 32]).await.unwrap(), Some(("new".into(), expires)));
        let list = t.sessions().list(&ada, handle).await.unwrap();
        let device = (list[0].browser.as_deref(), list[0].system.as_deref());
        assert_eq!((list.len(), list[0].since, device), (1, since, (Some("Firefox"), Some("Linux"))));
        assert!(list[0].used >= since + 5_000);
    }

    async fn one_sees_where_one_is_signed_in(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let bens = t.open_session(ben, 9).await;
        let this = t.open_session(ada, 1).await;
        t.clock.advance(1_000);
        let phone = t.open_session(ada, 2).await;
        t.clock.advance(1_000);
        let tablet = t.open_session(ada, 3).await;
        // Somebody who entered a password and no code is signed in nowhere.
        t.sessions().create(&[4; 32], nobodys("{\"pending\":1}", t.clock.now() + 1_000)).await.unwrap();

        let handles = async || {
            let list = t.sessions().list(&ada, this).await.unwrap();
            assert!(list.iter().all(|session| session.current == (session.handle == this)));
            list.into_iter().map(|session| session.handle).collect::<Vec<_>>()
        };
        assert_eq!(handles().await, [this, tablet, phone]);

        let mut socket = t.connect(&ada).await.unwrap();
        t.sessions().end(&ada, phone).await.unwrap();
        assert!(is_told(&mut socket));
        assert_eq!(handles().await, [this, tablet]);
        assert!(!t.has_session(2).await && !t.sessions().is_live(&ada, phone).await.unwrap());
        // Again, another's, nobody's.
        for handle in [phone, bens, new_handle()] {
            assert_eq!(refused(t.sessions().end(&ada, handle).await).kind, ErrorKind::NotFound);
        }
        assert!(t.sessions().is_live(&ben, bens).await.unwrap());
        assert!(!t.sessions().is_live(&ada, bens).await.unwrap());

        t.sessions().end_others(&ada, this).await.unwrap();
        assert!(is_told(&mut socket));
        assert_eq!(handles().await, [this]);
        assert!(t.has_session(1).await && t.has_session(9).await);

        t.clock.advance(SESSION_LIFETIME_MS);
        assert_eq!(handles().await, []);
    }
}
