//! Each rule of blocking and privacy against each thing that one may want of another: one row a pair.

mod table;

use domain::{Actor, live::Outgoing, relationships::policy::Action};
use protocol::{
    ConversationId, Error, ErrorKind, Field, MessageId, Rev, Seq,
    live::{Change, Delta, ServerFrame},
    privacy::{Privacy, WhoSees, WhoWrites},
    relationship::{FriendStatus, RelationshipAction},
};
use uuid::Uuid;

use self::table::{
    Act::{self, *},
    Rule::{self, *},
    TABLE,
};
use crate::common::{TestDomain, refused, until};

impl Rule {
    async fn set_up(self, t: &TestDomain, ada: &Actor, ben: &Actor, n: usize) {
        let people = t.relationships();
        let befriend = async || {
            people.change(ada, ben.user, RelationshipAction::Request).await.unwrap();
            people.change(ben, ada.user, RelationshipAction::Accept).await.unwrap();
        };
        let set = async |who: &Actor, privacy: Privacy| people.set_privacy(who, privacy).await.unwrap();
        let messages = |messages| Privacy { messages, ..Privacy::default() };
        let presence = |presence| Privacy { presence, ..Privacy::default() };
        let silent = Privacy { receipts: false, ..Privacy::default() };
        match self {
            Strangers => {}
            Friends => befriend().await,
            BenBlocked => drop(people.change(ben, ada.user, RelationshipAction::Block).await.unwrap()),
            AdaBlocked => drop(people.change(ada, ben.user, RelationshipAction::Block).await.unwrap()),
            BenBlockedAFriend => {
                befriend().await;
                people.change(ben, ada.user, RelationshipAction::Block).await.unwrap();
            }
            BenUnblocked => {
                people.change(ben, ada.user, RelationshipAction::Block).await.unwrap();
                people.change(ben, ada.user, RelationshipAction::Unblock).await.unwrap();
            }
            FromFriendsToAStranger => set(ben, messages(WhoWrites::Friends)).await,
            FromFriendsToAFriend => {
                befriend().await;
                set(ben, messages(WhoWrites::Friends)).await;
            }
            FromAcquaintancesToAStranger => set(ben, messages(WhoWrites::Acquaintances)).await,
            FromAcquaintancesToAFriend => {
                befriend().await;
                set(ben, messages(WhoWrites::Acquaintances)).await;
            }
            FromAcquaintancesInOneRoom | FromAcquaintancesAfterLeaving => {
                set(ben, messages(WhoWrites::Acquaintances)).await;
                let mut room = None;
                for who in [ada, ben] {
                    room = Some(t.conversations().join_room(who, &format!("room {n}")).await.unwrap());
                }
                if self == FromAcquaintancesAfterLeaving {
                    t.conversations().leave(ben, room.unwrap()).await.unwrap();
                }
            }
            SeenByFriendsAsAStranger => set(ben, presence(WhoSees::Friends)).await,
            SeenByFriendsAsAFriend => {
                befriend().await;
                set(ben, presence(WhoSees::Friends)).await;
            }
            SeenByNobodyAsAFriend => {
                befriend().await;
                set(ben, presence(WhoSees::Nobody)).await;
            }
            BenTellsNoReceipts => set(ben, silent).await,
            AdaTellsNoReceipts => set(ada, silent).await,
            BenIsGone => {
                t.execute("UPDATE users SET deleted_at = 1 WHERE id = $1", [ben.user.uuid().into()]).await;
            }
        }
    }
}

impl Act {
    /// The question to the policy that decides about it.
    fn action(self) -> Action {
        match self {
            Write | BeginTalking => Action::Message,
            Call => Action::Call,
            AddToGroup => Action::AddToGroup,
            SeePresence => Action::SeePresence,
            SeeStatus => Action::SeeStatus,
            SeeTyping => Action::SeeTyping,
            SeeReceipts => Action::SeeReceipts,
            Befriend => Action::Befriend,
        }
    }
}

fn id() -> MessageId {
    Uuid::now_v7().into()
}

/// Whether one row comes out as it says.
async fn happens(t: &TestDomain, rule: Rule, act: Act, n: usize) -> bool {
    let (ada, ben) = (t.with_user(&format!("ada{n}")).await, t.with_user(&format!("ben{n}")).await);
    let name = format!("ben{n}");
    let mut talk = None;
    if act != BeginTalking {
        let direct = t.conversations().start_direct(&ada, &name).await.unwrap();
        t.messages().send(ada, id(), direct, "before").await.unwrap();
        talk = Some(direct);
    }
    rule.set_up(t, &ada, &ben, n).await;
    let by_policy = t.relationships().context(&ada, ben.user).await.unwrap().may(act.action());
    let by_service = match act {
        Write => writes(t, ada, talk.unwrap()).await,
        BeginTalking => begins(t, &ada, &name, rule == BenIsGone).await,
        SeeReceipts if rule == BenIsGone => reads(t, ben, talk.unwrap()).await,
        SeeReceipts => sees_receipts(t, ada, ben, talk.unwrap()).await,
        Befriend => reaches(t, &ada, &ben).await,
        // Nothing but the policy decides about these.
        Call | AddToGroup | SeePresence | SeeStatus | SeeTyping => by_policy,
    };
    assert_eq!(by_policy, by_service, "{rule:?} {act:?}: the service does not ask the policy");
    by_service
}

async fn writes(t: &TestDomain, ada: Actor, talk: ConversationId) -> bool {
    let before = t.count("messages").await;
    let answer = t.messages().send(ada, id(), talk, "now").await;
    let stored = t.count("messages").await - before;
    if answer.is_ok() {
        assert_eq!(stored, 1);
        return true;
    }
    assert_eq!(refused(answer), ErrorKind::Forbidden.on(Field::Body), "one sentence for all reasons");
    assert_eq!(stored, 0);
    // What was said before stays readable.
    assert_eq!(t.conversations().open(&ada, talk, None).await.unwrap().page.messages.len(), 1);
    false
}

async fn begins(t: &TestDomain, ada: &Actor, name: &str, is_gone: bool) -> bool {
    let before = t.count("conversations").await;
    let answer = t.conversations().start_direct(ada, name).await;
    let begun = t.count("conversations").await - before;
    if answer.is_ok() {
        assert_eq!(begun, 1);
        return true;
    }
    let nobody = ErrorKind::NotFound.on(Field::Username);
    assert_eq!(refused(answer), if is_gone { nobody } else { ErrorKind::Forbidden.on(Field::Body) });
    assert_eq!(begun, 0);
    false
}

/// Whether somebody can read whose account is deleted: there are no receipts then.
async fn reads(t: &TestDomain, ben: Actor, talk: ConversationId) -> bool {
    let answer = t.messages().seen(ben, talk, Seq(1)).await;
    assert_eq!(refused(answer), ErrorKind::NotFound.into());
    false
}

/// Ben reads; whether Ada sees it: live, in the changes, and when she opens the conversation.
async fn sees_receipts(t: &TestDomain, ada: Actor, ben: Actor, talk: ConversationId) -> bool {
    let rev = t.conversations().summary(&ada, talk).await.unwrap().rev;
    let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
    t.messages().seen(ben, talk, Seq(1)).await.unwrap();

    // His own tabs agree, whatever others see.
    let heard = until("ben's own tabs hear of it", async || match to_ben.try_recv()? {
        Outgoing::Text(text) => match serde_json::from_slice(&text).unwrap() {
            ServerFrame::Read { seen, unread, .. } => Some((seen, unread)),
            _ => None,
        },
        Outgoing::Close(..) => None,
    })
    .await;
    assert_eq!(heard, (Seq(1), 0));
    assert_eq!(t.conversations().summary(&ben, talk).await.unwrap().unread, 0);
    let own = t.conversations().open(&ben, talk, None).await.unwrap().members;
    assert_eq!(own.iter().find(|member| member.user.id == ben.user).unwrap().seen_seq, Seq(1));

    let of_ben = |members: Vec<protocol::Member>| {
        members.into_iter().find(|member| member.user.id == ben.user).map_or(Seq::ZERO, |member| member.seen_seq)
    };
    let in_delta = |delta: &Delta| {
        let positions = delta.changes.iter().filter_map(|change| match change {
            Change::Member(member) if member.user.id == ben.user => Some(member.seen_seq),
            Change::ReadPosition(position) if position.user == ben.user => Some(position.seen_seq),
            _ => None,
        });
        positions.max().unwrap_or_default()
    };
    let opened = of_ben(t.conversations().open(&ada, talk, None).await.unwrap().members);
    let changed = in_delta(&t.messages().changes(&ada, talk, rev).await.unwrap());
    let everything = in_delta(&t.messages().changes(&ada, talk, Rev(0)).await.unwrap());
    let mut live = Seq::ZERO;
    while let Some(Outgoing::Text(text)) = to_ada.try_recv() {
        if let ServerFrame::Delta(delta) = serde_json::from_slice(&text).unwrap() {
            live = live.max(in_delta(&delta));
        }
    }
    assert_eq!([opened, changed, everything], [live; 3], "all ways say the same");
    live == Seq(1)
}

/// Ada asks; whether Ben hears of it.
async fn reaches(t: &TestDomain, ada: &Actor, ben: &Actor) -> bool {
    match t.relationships().change(ada, ben.user, RelationshipAction::Request).await {
        Ok(relation) => assert_eq!(relation.friend_status, FriendStatus::RequestSent),
        error => {
            let error = refused(error);
            let known = [
                Error::from(ErrorKind::Forbidden),
                ErrorKind::Conflict.on(Field::Username),
                ErrorKind::NotFound.on(Field::Username),
            ];
            assert!(known.contains(&error), "{error:?}");
        }
    }
    let circle = t.relationships().contacts(ben).await.unwrap();
    // Who is gone has no account to look into.
    let requests = t.accounts().me(ben).await.map_or(0, |me| me.requests);
    let hears = circle.requests_received.iter().any(|relation| relation.person.id == ada.user);
    assert_eq!(requests == 1, hears);
    hears
}

#[test]
fn every_pair_is_in_the_table_once() {
    let mut pairs: Vec<_> = TABLE.iter().map(|(rule, act, _)| format!("{rule:?} {act:?}")).collect();
    pairs.sort();
    pairs.dedup();
    assert_eq!(pairs.len(), TABLE.len());
    assert_eq!(TABLE.len(), 18 * 9);
}

both_databases! {
    async fn each_rule_and_each_action(t: TestDomain) {
        let mut wrong = Vec::new();
        for (n, (rule, act, expected)) in TABLE.into_iter().enumerate() {
            if happens(&t, rule, act, n).await != expected {
                wrong.push(format!("{rule:?} {act:?}: not {expected}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn a_message_that_was_stored_before_is_answered_as_before(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let talk = t.conversations().start_direct(&ada, "ben").await.unwrap();
        let (stored, refused_id) = (id(), id());
        let first = t.messages().send(ada, stored, talk, "before").await.unwrap();
        t.relationships().change(&ben, ada.user, RelationshipAction::Block).await.unwrap();
        let messages = t.messages();
        // Both wait for one transaction.
        let (again, now) =
            tokio::join!(messages.send(ada, stored, talk, "before"), messages.send(ada, refused_id, talk, "now"));
        assert_eq!(again.unwrap(), first);
        assert_eq!(refused(now), ErrorKind::Forbidden.on(Field::Body));
        // Refused for now, not for ever: the same message goes once it may.
        t.relationships().change(&ben, ada.user, RelationshipAction::Unblock).await.unwrap();
        assert_eq!(t.messages().send(ada, refused_id, talk, "now").await.unwrap().seq, Seq(2));
    }

    async fn nothing_is_stored_after_a_block(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let talk = t.conversations().start_direct(&ada, "ben").await.unwrap();
        for _ in 0..10 {
            let messages = t.messages();
            let sends = futures::future::join_all((0..100).map(|_| async move {
                tokio::task::yield_now().await;
                messages.send(ada, id(), talk, "hello").await.is_ok()
            }));
            let block = async {
                tokio::task::yield_now().await;
                t.relationships().change(&ben, ada.user, RelationshipAction::Block).await.unwrap();
                t.count("messages").await
            };
            let (_, at_block) = tokio::join!(sends, block);
            assert_eq!(t.count("messages").await, at_block);
            t.relationships().change(&ben, ada.user, RelationshipAction::Unblock).await.unwrap();
        }
    }

    async fn rooms_know_no_block(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let room = t.conversations().join_room(&ada, "tea house").await.unwrap();
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        t.relationships().change(&ben, ada.user, RelationshipAction::Block).await.unwrap();
        for who in [ada, ben] {
            t.messages().send(who, id(), room, "hello").await.unwrap();
        }
    }
}
