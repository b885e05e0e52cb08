//! Blocking: what ends, and what the other sees of it.

use protocol::{
    ErrorKind, Field,
    limits::BLOCKS_MAX,
    relationship::{FriendStatus, RelationshipAction},
};
use sea_orm::Value;

use super::{crowd, names, pair, tie, told};
use crate::common::{TestDomain, refused};

both_databases! {
    async fn there_is_an_end_to_blocks(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let crowd = crowd(&t, BLOCKS_MAX + 1).await;
        let (last, rest) = crowd.split_last().unwrap();
        let rows: Vec<String> = (0..rest.len()).map(|n| format!("($1, ${}, 0)", n + 2)).collect();
        let values = std::iter::once(ada.user.uuid()).chain(rest.iter().copied()).map(Value::from);
        let columns = "blocker_id, blocked_id, created_at";
        t.execute(&format!("INSERT INTO blocks ({columns}) VALUES {}", rows.join(", ")), values).await;
        let refusal = refused(t.relationships().change(&ada, (*last).into(), RelationshipAction::Block).await).kind;
        assert_eq!(refusal, ErrorKind::LimitReached { max: BLOCKS_MAX });
        t.relationships().change(&ada, rest[0].into(), RelationshipAction::Unblock).await.unwrap();
        t.relationships().change(&ada, (*last).into(), RelationshipAction::Block).await.unwrap();
    }

    async fn a_block_ends_what_there_was_and_tells_nobody(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap();
        let unanswered = t.relationships().contacts(&ada).await.unwrap();
        let card = t.relationships().profile(&ada, "ben").await.unwrap();
        let found = t.relationships().search(&ada, "ben").await.unwrap();
        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());

        let relation = t.relationships().change(&ben, ada.user, RelationshipAction::Block).await.unwrap();
        assert!(relation.blocked && relation.friend_status == FriendStatus::None);
        assert_eq!(told(&mut to_ben), [("ada".into(), FriendStatus::None, true, 0)]);
        let circle = t.relationships().contacts(&ben).await.unwrap();
        assert_eq!(names(&circle.blocked), ["ada"]);
        assert!(circle.requests_received.is_empty());
        let me = t.accounts().me(&ben).await.unwrap();
        assert_eq!((me.requests, me.blocked), (0, vec![ada.user]));

        // She sees what she saw.
        assert!(told(&mut to_ada).is_empty());
        assert_eq!(t.relationships().contacts(&ada).await.unwrap(), unanswered);
        assert_eq!(t.relationships().profile(&ada, "ben").await.unwrap(), card);
        assert_eq!(t.relationships().search(&ada, "ben").await.unwrap(), found);
        // Asking anew looks like asking anybody, and reaches nobody.
        t.relationships().change(&ada, ben.user, RelationshipAction::Cancel).await.unwrap();
        assert_eq!(t.relationships().change(&ada, ben.user, RelationshipAction::Request).await.unwrap().friend_status, FriendStatus::RequestSent);
        assert_eq!(refused(t.relationships().change(&ada, ben.user, RelationshipAction::Request).await), ErrorKind::Conflict.on(Field::Username));
        assert!(told(&mut to_ben).is_empty());

        // Once more, in another tab: the same.
        assert_eq!(t.relationships().change(&ben, ada.user, RelationshipAction::Block).await.unwrap(), relation);
        // Afterwards they are strangers, and what was asked in between does not come up.
        let relation = t.relationships().change(&ben, ada.user, RelationshipAction::Unblock).await.unwrap();
        assert!(!relation.blocked && relation.friend_status == FriendStatus::None);
        assert_eq!(told(&mut to_ben), [("ada".into(), FriendStatus::None, false, 0)]);
        assert_eq!(t.relationships().change(&ben, ada.user, RelationshipAction::Request).await.unwrap().friend_status, FriendStatus::Friends);

        // A friend sees an end of the friendship; that is all.
        told(&mut to_ada);
        t.relationships().change(&ben, ada.user, RelationshipAction::Block).await.unwrap();
        assert_eq!(told(&mut to_ada), [("ben".into(), FriendStatus::None, false, 0)]);
        assert_eq!(t.count("friendships").await, 0);
        assert_eq!(refused(t.relationships().change(&ben, ben.user, RelationshipAction::Block).await), ErrorKind::Forbidden.on(Field::Username));
    }

    async fn both_block_each_other(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        t.relationships().change(&ben, ada.user, RelationshipAction::Request).await.unwrap();
        // His own request goes: he wants nothing of her any more.
        t.relationships().change(&ben, ada.user, RelationshipAction::Block).await.unwrap();
        assert_eq!(tie(&t, &ada, "ben").await, FriendStatus::None);
        t.relationships().change(&ada, ben.user, RelationshipAction::Block).await.unwrap();
        t.relationships().change(&ada, ben.user, RelationshipAction::Unblock).await.unwrap();
        assert!(t.relationships().profile(&ben, "ada").await.unwrap().blocked);
        assert!(!t.relationships().profile(&ada, "ben").await.unwrap().blocked);
    }
}
