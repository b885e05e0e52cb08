//! Asking, answering, ending; both at once; how many there can be.

use domain::Domain;
use protocol::{
    ErrorKind, Field,
    limits::{FRIEND_REQUESTS_MAX, FRIENDS_MAX},
    relationship::{Contacts, FriendStatus, RelationshipAction},
};
use uuid::Uuid;

use super::{crowd, names, pair, store_ties, tie, told};
use crate::common::{TestDomain, refused};

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Ada and Ben ask each other at the same moment, on these nodes.
async fn cross(t: &TestDomain, one: &Domain, other: &Domain) {
    let (here, there) = (one.relationships(), other.relationships());
    for n in 0..25 {
        let (ada, ben) = (t.with_user(&format!("ada{n}")).await, t.with_user(&format!("ben{n}")).await);
        let (a, b) = tokio::join!(
            here.change(&ada, ben.user, RelationshipAction::Request),
            there.change(&ben, ada.user, RelationshipAction::Request)
        );
        let mut friendships = [a.unwrap().friend_status, b.unwrap().friend_status];
        friendships.sort_by_key(|tie| *tie == FriendStatus::Friends);
        assert_eq!(friendships, [FriendStatus::RequestSent, FriendStatus::Friends], "one asked, the other answered");
        for (who, name) in [(ada, format!("ben{n}")), (ben, format!("ada{n}"))] {
            assert_eq!(tie(one, &who, &name).await, FriendStatus::Friends);
            assert_eq!(t.accounts().me(&who).await.unwrap().requests, 0);
        }
    }
    assert_eq!(
        (t.count("friendships").await, t.number("SELECT COUNT(*) FROM friendships WHERE state = 1").await),
        (25, 25)
    );
}

both_databases! {
    async fn asked_and_accepted(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        assert_eq!(t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap().friend_status, FriendStatus::RequestSent);
        assert_eq!(told(&mut to_ada), [("ben".into(), FriendStatus::RequestSent, false, 0)]);
        assert_eq!(told(&mut to_ben), [("ada".into(), FriendStatus::RequestReceived, false, 1)]);
        assert_eq!(names(&t.relationships().contacts(&ada).await.unwrap().requests_sent), ["ben"]);
        assert_eq!(names(&t.relationships().contacts(&ben).await.unwrap().requests_received), ["ada"]);
        assert_eq!(t.accounts().me(&ben).await.unwrap().requests, 1);
        // Who asked can't answer.
        assert_eq!(refused(t.relationships().change(&ada, ben.user, RelationshipAction::Accept).await).kind, ErrorKind::NotFound);

        t.clock.advance(1_000);
        let friends = t.relationships().change(&ben, ada.user, RelationshipAction::Accept).await.unwrap();
        assert_eq!(friends.friend_status, FriendStatus::Friends);
        assert!(t.clock.now() - friends.since < 500, "friends since now");
        assert_eq!(told(&mut to_ada), [("ben".into(), FriendStatus::Friends, false, 0)]);
        assert_eq!(told(&mut to_ben), [("ada".into(), FriendStatus::Friends, false, 0)]);
        // In another tab, again: nothing happens.
        assert_eq!(t.relationships().change(&ben, ada.user, RelationshipAction::Accept).await.unwrap(), friends);
        assert!(told(&mut to_ada).is_empty());
        for (who, other) in [(&ada, "ben"), (&ben, "ada")] {
            let circle = t.relationships().contacts(who).await.unwrap();
            assert_eq!(names(&circle.friends), [other]);
            assert!(circle.requests_sent.is_empty() && circle.requests_received.is_empty());
        }
    }

    async fn who_asked_is_not_told_of_a_no(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let asked = t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap();
        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        t.clock.advance(1_000);
        assert_eq!(t.relationships().change(&ben, ada.user, RelationshipAction::Decline).await.unwrap().friend_status, FriendStatus::None);
        assert_eq!(told(&mut to_ben), [("ada".into(), FriendStatus::None, false, 0)]);
        assert!(told(&mut to_ada).is_empty());
        // To the one it looks unanswered, in every detail; the other sees a stranger.
        assert_eq!(t.relationships().contacts(&ada).await.unwrap().requests_sent, [asked]);
        assert_eq!(t.relationships().contacts(&ben).await.unwrap(), Contacts::default());
        assert_eq!(refused(t.relationships().change(&ada, ben.user, RelationshipAction::Request).await), ErrorKind::Conflict.on(Field::Username));
        assert_eq!(refused(t.relationships().change(&ben, ada.user, RelationshipAction::Accept).await).kind, ErrorKind::NotFound);
        // Thought better of it.
        assert_eq!(t.relationships().change(&ben, ada.user, RelationshipAction::Request).await.unwrap().friend_status, FriendStatus::Friends);
        assert_eq!(told(&mut to_ada), [("ben".into(), FriendStatus::Friends, false, 0)]);
    }

    async fn a_no_outlasts_asking_again(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap();
        t.relationships().change(&ben, ada.user, RelationshipAction::Decline).await.unwrap();
        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        for _ in 0..2 {
            // To who asks, it is as with anybody.
            assert_eq!(t.relationships().change(&ada, ben.user, RelationshipAction::Cancel).await.unwrap().friend_status, FriendStatus::None);
            assert_eq!(told(&mut to_ada), [("ben".into(), FriendStatus::None, false, 0)]);
            assert_eq!(t.relationships().contacts(&ada).await.unwrap(), Contacts::default());
            t.clock.advance(DAY);
            let now = t.clock.now();
            let asked = t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap();
            assert!(asked.friend_status == FriendStatus::RequestSent && asked.since >= now);
            assert_eq!(told(&mut to_ada), [("ben".into(), FriendStatus::RequestSent, false, 0)]);
            // The other has said no.
            assert!(told(&mut to_ben).is_empty());
            assert_eq!(t.relationships().contacts(&ben).await.unwrap(), Contacts::default());
        }
        // After a while it is a new question.
        t.relationships().change(&ada, ben.user, RelationshipAction::Cancel).await.unwrap();
        t.clock.advance(30 * DAY);
        t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap();
        assert_eq!(told(&mut to_ben), [("ada".into(), FriendStatus::RequestReceived, false, 1)]);
        // One that was taken back is no yes to who asks the other way round.
        t.relationships().change(&ben, ada.user, RelationshipAction::Decline).await.unwrap();
        t.relationships().change(&ada, ben.user, RelationshipAction::Cancel).await.unwrap();
        told(&mut to_ada);
        told(&mut to_ben);
        assert_eq!(t.relationships().change(&ben, ada.user, RelationshipAction::Request).await.unwrap().friend_status, FriendStatus::RequestSent);
        assert_eq!(told(&mut to_ada), [("ben".into(), FriendStatus::RequestReceived, false, 1)]);
        assert_eq!(t.relationships().change(&ada, ben.user, RelationshipAction::Accept).await.unwrap().friend_status, FriendStatus::Friends);
    }

    async fn taken_back_and_ended(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap();
        let mut to_ben = t.connect(&ben).await.unwrap();
        assert_eq!(t.relationships().change(&ada, ben.user, RelationshipAction::Cancel).await.unwrap().friend_status, FriendStatus::None);
        assert_eq!(told(&mut to_ben), [("ada".into(), FriendStatus::None, false, 0)]);
        assert_eq!(refused(t.relationships().change(&ben, ada.user, RelationshipAction::Accept).await).kind, ErrorKind::NotFound);
        assert_eq!(t.relationships().change(&ada, ben.user, RelationshipAction::Cancel).await.unwrap().friend_status, FriendStatus::None);

        t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap();
        // Only who asked can take it back, and not when the answer is there.
        assert_eq!(t.relationships().change(&ben, ada.user, RelationshipAction::Cancel).await.unwrap().friend_status, FriendStatus::RequestReceived);
        t.relationships().change(&ben, ada.user, RelationshipAction::Accept).await.unwrap();
        assert_eq!(refused(t.relationships().change(&ada, ben.user, RelationshipAction::Cancel).await), ErrorKind::Conflict.on(Field::Username));
        told(&mut to_ben);
        assert_eq!(t.relationships().change(&ada, ben.user, RelationshipAction::Remove).await.unwrap().friend_status, FriendStatus::None);
        assert_eq!(told(&mut to_ben), [("ada".into(), FriendStatus::None, false, 0)]);
        assert_eq!(t.relationships().change(&ben, ada.user, RelationshipAction::Remove).await.unwrap().friend_status, FriendStatus::None);
        assert_eq!(t.count("friendships").await, 0);
    }

    async fn requests_that_cross_make_friends_once(t: TestDomain) {
        if t.is_postgres() {
            cross(&t, &t, &t.node().await).await;
        } else {
            cross(&t, &t, &t).await;
        }
    }

    async fn a_yes_and_a_change_of_mind_at_once(t: TestDomain) {
        let other = if t.is_postgres() { Some(t.node().await) } else { None };
        for n in 0..25 {
            let (ada, ben) = (t.with_user(&format!("ada{n}")).await, t.with_user(&format!("ben{n}")).await);
            t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap();
            let node: &Domain = other.as_ref().unwrap_or(&t);
            let (here, there) = (t.relationships(), node.relationships());
            let (yes, back) = tokio::join!(here.change(&ben, ada.user, RelationshipAction::Accept), there.change(&ada, ben.user, RelationshipAction::Cancel));
            assert_ne!(yes.is_ok(), back.is_ok(), "one of them came first");
            let expected = if yes.is_ok() { FriendStatus::Friends } else { FriendStatus::None };
            assert_eq!(tie(&t, &ada, &format!("ben{n}")).await, expected);
            assert_eq!(tie(&t, &ben, &format!("ada{n}")).await, expected);
        }
    }

    async fn requests_that_cannot_be_made(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let request = async |other| refused(t.relationships().change(&ada, other, RelationshipAction::Request).await);
        assert_eq!(request(ada.user).await, ErrorKind::Forbidden.on(Field::Username));
        assert_eq!(request(Uuid::now_v7().into()).await, ErrorKind::NotFound.on(Field::Username));
        t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap();
        assert_eq!(request(ben.user).await, ErrorKind::Conflict.on(Field::Username));
        t.relationships().change(&ben, ada.user, RelationshipAction::Accept).await.unwrap();
        assert_eq!(request(ben.user).await, ErrorKind::Conflict.on(Field::Username));
        let gone = t.with_user("gone").await;
        t.execute("UPDATE users SET deleted_at = 1 WHERE id = $1", [gone.user.uuid().into()]).await;
        assert_eq!(request(gone.user).await, ErrorKind::NotFound.on(Field::Username));
        t.relationships().change(&ada, ben.user, RelationshipAction::Block).await.unwrap();
        assert_eq!(request(ben.user).await, ErrorKind::Forbidden.into());
    }

    async fn there_is_an_end_to_requests_and_friends(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let carl = t.with_user("carl").await;
        let crowd = crowd(&t, FRIENDS_MAX).await;
        let too_many = FRIEND_REQUESTS_MAX;
        let (requests, _) = crowd.split_at(usize::try_from(FRIEND_REQUESTS_MAX).unwrap() - 1);
        store_ties(&t, carl.user, requests, 2).await;
        t.relationships().change(&carl, ben.user, RelationshipAction::Request).await.unwrap();
        let refusal = refused(t.relationships().change(&carl, ada.user, RelationshipAction::Request).await).kind;
        assert_eq!(refusal, ErrorKind::LimitReached { max: too_many });
        t.relationships().change(&carl, ben.user, RelationshipAction::Cancel).await.unwrap();
        t.relationships().change(&carl, ada.user, RelationshipAction::Request).await.unwrap();

        store_ties(&t, ada.user, &crowd, 1).await;
        let full = ErrorKind::LimitReached { max: FRIENDS_MAX };
        assert_eq!(refused(t.relationships().change(&ada, carl.user, RelationshipAction::Accept).await), full.clone().into());
        // Said to the one whose friends are not too many: it is the other's.
        t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap();
        assert_eq!(refused(t.relationships().change(&ben, ada.user, RelationshipAction::Accept).await), full.on(Field::Username));
        t.relationships().change(&ada, crowd[0].into(), RelationshipAction::Remove).await.unwrap();
        assert_eq!(t.relationships().change(&ben, ada.user, RelationshipAction::Accept).await.unwrap().friend_status, FriendStatus::Friends);
        assert_eq!(t.relationships().contacts(&ada).await.unwrap().friends.len(), crowd.len());
    }
}
