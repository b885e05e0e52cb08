//! Sessions as rows.

use protocol::{UserId, limits::SESSION_LIFETIME_MS};
use uuid::Uuid;

use crate::common::{TestDomain, until};

both_databases! {
    async fn a_session_lives_until_it_is_ended(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let (sessions, id) = (t.sessions(), [7; 32]);
        let expires = t.clock.now() + SESSION_LIFETIME_MS;
        assert_eq!(sessions.load(&id).await.unwrap(), None);
        assert!(sessions.create(&id, None, "{}".into(), expires).await.unwrap());
        assert_eq!(sessions.load(&id).await.unwrap(), Some(("{}".into(), expires)));

        sessions.save(&id, Some(ada.user), "{\"user\":1}".into(), expires + 5).await.unwrap();
        assert_eq!(sessions.load(&id).await.unwrap(), Some(("{\"user\":1}".into(), expires + 5)));
        assert_eq!(t.number("SELECT COUNT(*) FROM sessions WHERE user_id IS NOT NULL").await, 1);

        sessions.delete(&id).await.unwrap();
        sessions.delete(&id).await.unwrap();
        assert_eq!(sessions.load(&id).await.unwrap(), None);
    }

    async fn saving_stores_what_was_not_there(t: TestDomain) {
        let expires = t.clock.now() + 1_000;
        t.sessions().save(&[1; 32], None, "a".into(), expires).await.unwrap();
        assert_eq!(t.sessions().load(&[1; 32]).await.unwrap(), Some(("a".into(), expires)));
    }

    async fn an_id_is_given_out_once(t: TestDomain) {
        let (sessions, expires) = (t.sessions(), t.clock.now() + 1_000);
        assert!(sessions.create(&[1; 32], None, "a".into(), expires).await.unwrap());
        assert!(!sessions.create(&[1; 32], None, "b".into(), expires).await.unwrap());
        t.clock.advance(2_000);
        assert!(!sessions.create(&[1; 32], None, "b".into(), expires + 9_000).await.unwrap());
    }

    async fn an_expired_session_is_none(t: TestDomain) {
        let (sessions, expires) = (t.sessions(), t.clock.now() + 10_000);
        sessions.create(&[1; 32], None, "a".into(), expires).await.unwrap();
        sessions.create(&[2; 32], None, "b".into(), expires + 3_600_000).await.unwrap();
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
        t.sessions().create(&[1; 32], Some(ada.user), "a".into(), expires).await.unwrap();
        t.execute("DELETE FROM users", []).await;
        assert_eq!(t.sessions().load(&[1; 32]).await.unwrap(), None);
        let nobody = UserId::from(Uuid::now_v7());
        assert!(t.sessions().save(&[2; 32], Some(nobody), "a".into(), expires).await.is_err());
    }
}
