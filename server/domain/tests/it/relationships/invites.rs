//! Invitation links, with an account and without.

use domain::{Client, accounts::SignUp};
use futures::future::join_all;
use protocol::{
    ErrorKind, Field,
    limits::FRIENDS_MAX,
    relationship::{FriendStatus, RelationshipAction},
};

use super::{crowd, names, pair, store_ties, told};
use crate::common::{TestDomain, refused, sign_up};

both_databases! {
    async fn an_invitation_makes_friends_at_once(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let people = t.relationships();
        let codes = join_all((0..10).map(|_| people.invite(&ada))).await;
        let code = codes[0].clone().unwrap();
        assert!(codes.into_iter().all(|other| other.unwrap() == code), "one a person");
        assert!(code.len() >= 32);
        assert_eq!(t.relationships().invitation(Client::default(), None, &code).await.unwrap().person.id, ada.user);
        assert_eq!(t.relationships().invitation(Client::default(), Some(&ben), &code).await.unwrap().friend_status, FriendStatus::None);
        assert_eq!(refused(t.relationships().accept_invite(&ada, &code).await), ErrorKind::Forbidden.on(Field::Username));

        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        for _ in 0..2 {
            assert_eq!(t.relationships().accept_invite(&ben, &code).await.unwrap().friend_status, FriendStatus::Friends);
        }
        assert_eq!(told(&mut to_ada), [("ben".into(), FriendStatus::Friends, false, 0)]);
        assert_eq!(told(&mut to_ben), [("ada".into(), FriendStatus::Friends, false, 0)]);

        // It answers a request, open or declined.
        let carl = t.with_user("carl").await;
        t.relationships().change(&carl, ada.user, RelationshipAction::Request).await.unwrap();
        t.relationships().change(&ada, carl.user, RelationshipAction::Decline).await.unwrap();
        assert_eq!(t.relationships().accept_invite(&carl, &code).await.unwrap().friend_status, FriendStatus::Friends);
        assert_eq!(t.count("friendships").await, 2);
    }

    async fn an_invitation_that_leads_nowhere(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let old = t.relationships().invite(&ada).await.unwrap();
        let new = t.relationships().renew_invite(&ada).await.unwrap();
        assert_ne!(old, new);
        assert_eq!(t.relationships().invite(&ada).await.unwrap(), new);
        let no_link = async |code: &str| {
            for visitor in [Some(&ben), None] {
                assert_eq!(refused(t.relationships().invitation(Client::default(), visitor, code).await), ErrorKind::Expired.into());
            }
            assert_eq!(refused(t.relationships().accept_invite(&ben, code).await), ErrorKind::Expired.into());
        };
        for code in [old.as_str(), "", "nonsense", "a b", &"0".repeat(10_000)] {
            no_link(code).await;
        }
        // A block looks the same, whoever made it.
        for (blocker, blocked) in [(&ada, &ben), (&ben, &ada)] {
            t.relationships().change(blocker, blocked.user, RelationshipAction::Block).await.unwrap();
            assert_eq!(refused(t.relationships().invitation(Client::default(), Some(&ben), &new).await), ErrorKind::Expired.into());
            assert_eq!(refused(t.relationships().accept_invite(&ben, &new).await), ErrorKind::Expired.into());
            t.relationships().change(blocker, blocked.user, RelationshipAction::Unblock).await.unwrap();
        }
        t.execute("UPDATE users SET deleted_at = 1 WHERE id = $1", [ada.user.uuid().into()]).await;
        no_link(&new).await;
    }

    async fn who_signs_up_by_an_invitation_has_a_friend(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let mut to_ada = t.connect(&ada).await.unwrap();
        let code = t.relationships().invite(&ada).await.unwrap();
        let mut join = async |name: &str, invite: &str| {
            let email = format!("{name}@example.org");
            let form = SignUp { invite: Some(invite.to_owned()), ..sign_up(&email, name) };
            t.accounts().sign_up(form).await.unwrap();
            let token = t.token_for(&email).await;
            t.accounts().verify(&token).await.unwrap();
            told(&mut to_ada)
        };
        assert_eq!(join("ben", &code).await, [("ben".into(), FriendStatus::Friends, false, 0)]);
        assert_eq!(names(&t.relationships().contacts(&ada).await.unwrap().friends), ["ben"]);
        // A link that leads nowhere, any more or ever, is no reason not to come in.
        assert_eq!(join("carl", "nonsense").await, []);
        assert_eq!(join("dora", "not a code / at all").await, []);
        let crowd = crowd(&t, FRIENDS_MAX).await;
        store_ties(&t, ada.user, &crowd, 1).await;
        assert_eq!(join("emil", &code).await, []);
        t.relationships().renew_invite(&ada).await.unwrap();
        assert_eq!(join("fred", &code).await, []);
    }
}
