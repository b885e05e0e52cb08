//! Friends, blocks, search, invitations: what each of two people sees of them.

use domain::{
    Actor, Domain,
    live::{Connection, Outgoing},
};
use futures::future::join_all;
use protocol::{
    ErrorKind, Field, UserId,
    limits::{BLOCKS_MAX, FRIEND_REQUESTS_MAX, FRIENDS_MAX, SEARCH_MAX},
    live::ServerFrame,
    people::{Privacy, Relation, Tie, WhoSees, WhoWrites},
};
use sea_orm::Value;
use uuid::Uuid;

use crate::common::{TestDomain, refused, sign_up};

async fn pair(t: &TestDomain) -> (Actor, Actor) {
    (t.with_user("ada").await, t.with_user("ben").await)
}

async fn tie(t: &Domain, actor: &Actor, name: &str) -> Tie {
    t.people().profile(actor, name).await.unwrap().tie
}

/// What this person's sockets are told about others, as far as it was told by now.
fn told(socket: &mut Connection) -> Vec<(String, Tie, bool, u32)> {
    let mut told = Vec::new();
    while let Some(Outgoing::Text(text)) = socket.try_recv() {
        if let ServerFrame::Related { relation, requests } = serde_json::from_slice(&text).unwrap() {
            told.push((relation.person.username, relation.tie, relation.blocked, requests));
        }
    }
    told
}

fn names(relations: &[Relation]) -> Vec<&str> {
    relations.iter().map(|relation| relation.person.username.as_str()).collect()
}

/// Many people at once, in one statement.
async fn crowd(t: &TestDomain, count: u32) -> Vec<Uuid> {
    let ids: Vec<Uuid> = (0..count).map(|_| Uuid::now_v7()).collect();
    let mut values: Vec<Value> = Vec::new();
    let mut rows = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        values.extend([(*id).into(), format!("crowd{n}").into()]);
        let [a, b] = [values.len() - 1, values.len()];
        rows.push(format!("(${a}, ${b}, ${b}, ${b}, ${b}, 'x', false, 0)"));
    }
    let columns = "id, username, username_key, email, email_key, password_hash, is_admin, created_at";
    t.execute(&format!("INSERT INTO users ({columns}) VALUES {}", rows.join(", ")), values).await;
    ids
}

async fn store_ties(t: &TestDomain, me: UserId, others: &[Uuid], state: i16) {
    let me = me.uuid();
    let mut values: Vec<Value> = vec![me.into()];
    let mut rows = Vec::new();
    for other in others {
        values.extend([me.min(*other).into(), me.max(*other).into()]);
        rows.push(format!("(${}, ${}, {state}, $1, 0, 0)", values.len() - 1, values.len()));
    }
    let columns = "low_id, high_id, state, asked_by, created_at, changed_at";
    t.execute(&format!("INSERT INTO ties ({columns}) VALUES {}", rows.join(", ")), values).await;
}

/// Ada and Ben ask each other at the same moment, on these nodes.
async fn cross(t: &TestDomain, one: &Domain, other: &Domain) {
    let (here, there) = (one.people(), other.people());
    for n in 0..25 {
        let (ada, ben) = (t.with_user(&format!("ada{n}")).await, t.with_user(&format!("ben{n}")).await);
        let (a, b) = tokio::join!(here.request(&ada, ben.user), there.request(&ben, ada.user));
        let mut ties = [a.unwrap().tie, b.unwrap().tie];
        ties.sort_by_key(|tie| *tie == Tie::Friends);
        assert_eq!(ties, [Tie::Asked, Tie::Friends], "one asked, the other answered");
        for (who, name) in [(ada, format!("ben{n}")), (ben, format!("ada{n}"))] {
            assert_eq!(tie(one, &who, &name).await, Tie::Friends);
            assert_eq!(t.accounts().me(&who).await.unwrap().requests, 0);
        }
    }
    assert_eq!((t.count("ties").await, t.number("SELECT COUNT(*) FROM ties WHERE state = 1").await), (25, 25));
}

both_databases! {
    async fn asked_and_accepted(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        assert_eq!(t.people().request(&ada, ben.user).await.unwrap().tie, Tie::Asked);
        assert_eq!(told(&mut to_ada), [("ben".into(), Tie::Asked, false, 0)]);
        assert_eq!(told(&mut to_ben), [("ada".into(), Tie::Asking, false, 1)]);
        assert_eq!(names(&t.people().circle(&ada).await.unwrap().asked), ["ben"]);
        assert_eq!(names(&t.people().circle(&ben).await.unwrap().asking), ["ada"]);
        assert_eq!(t.accounts().me(&ben).await.unwrap().requests, 1);
        // Who asked can't answer.
        assert_eq!(refused(t.people().accept(&ada, ben.user).await).kind, ErrorKind::NotFound);

        t.clock.advance(1_000);
        let friends = t.people().accept(&ben, ada.user).await.unwrap();
        assert_eq!(friends.tie, Tie::Friends);
        assert!(t.clock.now() - friends.since < 500, "friends since now");
        assert_eq!(told(&mut to_ada), [("ben".into(), Tie::Friends, false, 0)]);
        assert_eq!(told(&mut to_ben), [("ada".into(), Tie::Friends, false, 0)]);
        // In another tab, again: nothing happens.
        assert_eq!(t.people().accept(&ben, ada.user).await.unwrap(), friends);
        assert!(told(&mut to_ada).is_empty());
        for (who, other) in [(&ada, "ben"), (&ben, "ada")] {
            let circle = t.people().circle(who).await.unwrap();
            assert_eq!(names(&circle.friends), [other]);
            assert!(circle.asked.is_empty() && circle.asking.is_empty());
        }
    }

    async fn who_asked_is_not_told_of_a_no(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let asked = t.people().request(&ada, ben.user).await.unwrap();
        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        t.clock.advance(1_000);
        assert_eq!(t.people().decline(&ben, ada.user).await.unwrap().tie, Tie::None);
        assert_eq!(told(&mut to_ben), [("ada".into(), Tie::None, false, 0)]);
        assert!(told(&mut to_ada).is_empty());
        // To the one it looks unanswered, in every detail; the other sees a stranger.
        assert_eq!(t.people().circle(&ada).await.unwrap().asked, [asked]);
        assert_eq!(t.people().circle(&ben).await.unwrap(), protocol::people::Circle::default());
        assert_eq!(refused(t.people().request(&ada, ben.user).await), ErrorKind::Conflict.on(Field::Username));
        assert_eq!(refused(t.people().accept(&ben, ada.user).await).kind, ErrorKind::NotFound);
        // Thought better of it.
        assert_eq!(t.people().request(&ben, ada.user).await.unwrap().tie, Tie::Friends);
        assert_eq!(told(&mut to_ada), [("ben".into(), Tie::Friends, false, 0)]);
    }

    async fn taken_back_and_ended(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        t.people().request(&ada, ben.user).await.unwrap();
        let mut to_ben = t.connect(&ben).await.unwrap();
        assert_eq!(t.people().cancel(&ada, ben.user).await.unwrap().tie, Tie::None);
        assert_eq!(told(&mut to_ben), [("ada".into(), Tie::None, false, 0)]);
        assert_eq!(refused(t.people().accept(&ben, ada.user).await).kind, ErrorKind::NotFound);
        assert_eq!(t.people().cancel(&ada, ben.user).await.unwrap().tie, Tie::None);

        t.people().request(&ada, ben.user).await.unwrap();
        // Only who asked can take it back, and not when the answer is there.
        assert_eq!(t.people().cancel(&ben, ada.user).await.unwrap().tie, Tie::Asking);
        t.people().accept(&ben, ada.user).await.unwrap();
        assert_eq!(refused(t.people().cancel(&ada, ben.user).await), ErrorKind::Conflict.on(Field::Username));
        told(&mut to_ben);
        assert_eq!(t.people().remove(&ada, ben.user).await.unwrap().tie, Tie::None);
        assert_eq!(told(&mut to_ben), [("ada".into(), Tie::None, false, 0)]);
        assert_eq!(t.people().remove(&ben, ada.user).await.unwrap().tie, Tie::None);
        assert_eq!(t.count("ties").await, 0);
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
            t.people().request(&ada, ben.user).await.unwrap();
            let node: &Domain = other.as_ref().unwrap_or(&t);
            let (here, there) = (t.people(), node.people());
            let (yes, back) = tokio::join!(here.accept(&ben, ada.user), there.cancel(&ada, ben.user));
            assert_ne!(yes.is_ok(), back.is_ok(), "one of them came first");
            let expected = if yes.is_ok() { Tie::Friends } else { Tie::None };
            assert_eq!(tie(&t, &ada, &format!("ben{n}")).await, expected);
            assert_eq!(tie(&t, &ben, &format!("ada{n}")).await, expected);
        }
    }

    async fn requests_that_cannot_be_made(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let request = async |other| refused(t.people().request(&ada, other).await);
        assert_eq!(request(ada.user).await, ErrorKind::Forbidden.on(Field::Username));
        assert_eq!(request(Uuid::now_v7().into()).await, ErrorKind::NotFound.on(Field::Username));
        t.people().request(&ada, ben.user).await.unwrap();
        assert_eq!(request(ben.user).await, ErrorKind::Conflict.on(Field::Username));
        t.people().accept(&ben, ada.user).await.unwrap();
        assert_eq!(request(ben.user).await, ErrorKind::Conflict.on(Field::Username));
        let gone = t.with_user("gone").await;
        t.execute("UPDATE users SET deleted_at = 1 WHERE id = $1", [gone.user.uuid().into()]).await;
        assert_eq!(request(gone.user).await, ErrorKind::NotFound.on(Field::Username));
        t.people().block(&ada, ben.user).await.unwrap();
        assert_eq!(request(ben.user).await, ErrorKind::Forbidden.into());
    }

    async fn there_is_an_end_to_requests_and_friends(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let carl = t.with_user("carl").await;
        let crowd = crowd(&t, FRIENDS_MAX).await;
        let too_many = FRIEND_REQUESTS_MAX;
        let (requests, _) = crowd.split_at(usize::try_from(FRIEND_REQUESTS_MAX).unwrap() - 1);
        store_ties(&t, carl.user, requests, 2).await;
        t.people().request(&carl, ben.user).await.unwrap();
        let refusal = refused(t.people().request(&carl, ada.user).await).kind;
        assert_eq!(refusal, ErrorKind::LimitReached { max: too_many });
        t.people().cancel(&carl, ben.user).await.unwrap();
        t.people().request(&carl, ada.user).await.unwrap();

        store_ties(&t, ada.user, &crowd, 1).await;
        let full = ErrorKind::LimitReached { max: FRIENDS_MAX };
        assert_eq!(refused(t.people().accept(&ada, carl.user).await), full.clone().into());
        // Said to the one whose friends are not too many: it is the other's.
        t.people().request(&ada, ben.user).await.unwrap();
        assert_eq!(refused(t.people().accept(&ben, ada.user).await), full.on(Field::Username));
        t.people().remove(&ada, crowd[0].into()).await.unwrap();
        assert_eq!(t.people().accept(&ben, ada.user).await.unwrap().tie, Tie::Friends);
        assert_eq!(t.people().circle(&ada).await.unwrap().friends.len(), crowd.len());
    }

    async fn there_is_an_end_to_blocks(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let crowd = crowd(&t, BLOCKS_MAX + 1).await;
        let (last, rest) = crowd.split_last().unwrap();
        let rows: Vec<String> = (0..rest.len()).map(|n| format!("($1, ${}, 0)", n + 2)).collect();
        let values = std::iter::once(ada.user.uuid()).chain(rest.iter().copied()).map(Value::from);
        let columns = "blocker_id, blocked_id, created_at";
        t.execute(&format!("INSERT INTO blocks ({columns}) VALUES {}", rows.join(", ")), values).await;
        let refusal = refused(t.people().block(&ada, (*last).into()).await).kind;
        assert_eq!(refusal, ErrorKind::LimitReached { max: BLOCKS_MAX });
        t.people().unblock(&ada, rest[0].into()).await.unwrap();
        t.people().block(&ada, (*last).into()).await.unwrap();
    }

    async fn a_block_ends_what_there_was_and_tells_nobody(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        t.people().request(&ada, ben.user).await.unwrap();
        let unanswered = t.people().circle(&ada).await.unwrap();
        let card = t.people().profile(&ada, "ben").await.unwrap();
        let found = t.people().search(&ada, "ben").await.unwrap();
        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());

        let relation = t.people().block(&ben, ada.user).await.unwrap();
        assert!(relation.blocked && relation.tie == Tie::None);
        assert_eq!(told(&mut to_ben), [("ada".into(), Tie::None, true, 0)]);
        let circle = t.people().circle(&ben).await.unwrap();
        assert_eq!(names(&circle.blocked), ["ada"]);
        assert!(circle.asking.is_empty());
        let me = t.accounts().me(&ben).await.unwrap();
        assert_eq!((me.requests, me.blocked), (0, vec![ada.user]));

        // She sees what she saw.
        assert!(told(&mut to_ada).is_empty());
        assert_eq!(t.people().circle(&ada).await.unwrap(), unanswered);
        assert_eq!(t.people().profile(&ada, "ben").await.unwrap(), card);
        assert_eq!(t.people().search(&ada, "ben").await.unwrap(), found);
        // Asking anew looks like asking anybody, and reaches nobody.
        t.people().cancel(&ada, ben.user).await.unwrap();
        assert_eq!(t.people().request(&ada, ben.user).await.unwrap().tie, Tie::Asked);
        assert_eq!(refused(t.people().request(&ada, ben.user).await), ErrorKind::Conflict.on(Field::Username));
        assert!(told(&mut to_ben).is_empty());

        // Once more, in another tab: the same.
        assert_eq!(t.people().block(&ben, ada.user).await.unwrap(), relation);
        // Afterwards they are strangers, and what was asked in between does not come up.
        let relation = t.people().unblock(&ben, ada.user).await.unwrap();
        assert!(!relation.blocked && relation.tie == Tie::None);
        assert_eq!(told(&mut to_ben), [("ada".into(), Tie::None, false, 0)]);
        assert_eq!(t.people().request(&ben, ada.user).await.unwrap().tie, Tie::Friends);

        // A friend sees an end of the friendship; that is all.
        told(&mut to_ada);
        t.people().block(&ben, ada.user).await.unwrap();
        assert_eq!(told(&mut to_ada), [("ben".into(), Tie::None, false, 0)]);
        assert_eq!(t.count("ties").await, 0);
        assert_eq!(refused(t.people().block(&ben, ben.user).await), ErrorKind::Forbidden.on(Field::Username));
    }

    async fn both_block_each_other(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        t.people().request(&ben, ada.user).await.unwrap();
        // His own request goes: he wants nothing of her any more.
        t.people().block(&ben, ada.user).await.unwrap();
        assert_eq!(tie(&t, &ada, "ben").await, Tie::None);
        t.people().block(&ada, ben.user).await.unwrap();
        t.people().unblock(&ada, ben.user).await.unwrap();
        assert!(t.people().profile(&ben, "ada").await.unwrap().blocked);
        assert!(!t.people().profile(&ada, "ben").await.unwrap().blocked);
    }

    async fn search_finds_by_both_names_and_never_oneself(t: TestDomain) {
        let ada = t.with_user("Ada").await;
        for (name, shown) in [
            ("lovelace", "Ada the Elder"),
            ("adam", ""),
            ("x.adalbert", ""),
            ("emile", "Émile Zola"),
            ("per_cent", "100% Real"),
            ("percent", "No Tricks"),
        ] {
            let who = t.with_user(name).await;
            t.execute("UPDATE users SET display_name = $1 WHERE id = $2", [shown.into(), who.user.uuid().into()]).await;
        }
        let gone = t.with_user("adagone").await;
        t.execute("UPDATE users SET deleted_at = 1 WHERE id = $1", [gone.user.uuid().into()]).await;
        let search = async |text| {
            let found = t.people().search(&ada, text).await.unwrap();
            names(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        for (text, expected) in [
            // What begins with it first: usernames, then names.
            ("ada", vec!["adam", "lovelace", "x.adalbert"]),
            (" @ADAM ", vec!["adam"]),
            ("the elder", vec!["lovelace"]),
            ("émile", vec!["emile"]),
            ("ÉMILE", vec!["emile"]),
            ("zola", vec!["emile"]),
            ("r_c", vec!["per_cent"]),
            ("0%", vec!["per_cent"]),
            (r"\%", vec![]),
            ("' OR ''='", vec![]),
            ("adagone", vec![]),
        ] {
            assert_eq!(search(text).await, expected, "{text}");
        }
        assert_eq!(refused(t.people().search(&ada, "@").await), ErrorKind::Required.on(Field::Search));
        assert_eq!(refused(t.people().search(&ada, "a").await), ErrorKind::TooShort { min: 2 }.on(Field::Search));
        let crowd = crowd(&t, SEARCH_MAX + 5).await;
        store_ties(&t, ada.user, &crowd[..1], 1).await;
        let found = t.people().search(&ada, "crowd").await.unwrap();
        assert_eq!(found.len(), usize::try_from(SEARCH_MAX).unwrap());
        assert_eq!(found.iter().find(|found| found.person.username == "crowd0").unwrap().tie, Tie::Friends);
    }

    async fn a_profile_is_found_however_it_is_spelt(t: TestDomain) {
        let (ada, _) = pair(&t).await;
        t.execute("UPDATE users SET bio = $1, pronouns = $2 WHERE username = 'ben'", ["Hi.".into(), "he/him".into()]).await;
        let profile = t.people().profile(&ada, "@BEN").await.unwrap();
        assert_eq!((profile.bio.as_str(), profile.pronouns.as_str()), ("Hi.", "he/him"));
        assert_eq!((profile.tie, profile.blocked), (Tie::None, false));
        assert_eq!(t.people().profile(&ada, "ada").await.unwrap().card.id, ada.user);
        t.execute("UPDATE users SET deleted_at = 1 WHERE username = 'ben'", []).await;
        for name in ["ben", "", "@", "nobody"] {
            assert_eq!(refused(t.people().profile(&ada, name).await), ErrorKind::NotFound.on(Field::Username));
        }
    }

    async fn privacy_is_kept(t: TestDomain) {
        let ada = t.with_user("ada").await;
        assert_eq!(t.accounts().me(&ada).await.unwrap().privacy, Privacy::default());
        for privacy in [
            Privacy { messages: WhoWrites::Acquaintances, presence: WhoSees::Friends, receipts: false },
            Privacy { messages: WhoWrites::Friends, presence: WhoSees::Nobody, receipts: true },
            Privacy::default(),
        ] {
            t.people().set_privacy(&ada, privacy).await.unwrap();
            assert_eq!(t.accounts().me(&ada).await.unwrap().privacy, privacy);
        }
    }

    async fn an_invitation_makes_friends_at_once(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let people = t.people();
        let codes = join_all((0..10).map(|_| people.invite(&ada))).await;
        let code = codes[0].clone().unwrap();
        assert!(codes.into_iter().all(|other| other.unwrap() == code), "one a person");
        assert!(code.len() >= 32);
        assert_eq!(t.people().invitation(None, &code).await.unwrap().person.id, ada.user);
        assert_eq!(t.people().invitation(Some(&ben), &code).await.unwrap().tie, Tie::None);
        assert_eq!(refused(t.people().accept_invite(&ada, &code).await), ErrorKind::Forbidden.on(Field::Username));

        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        for _ in 0..2 {
            assert_eq!(t.people().accept_invite(&ben, &code).await.unwrap().tie, Tie::Friends);
        }
        assert_eq!(told(&mut to_ada), [("ben".into(), Tie::Friends, false, 0)]);
        assert_eq!(told(&mut to_ben), [("ada".into(), Tie::Friends, false, 0)]);

        // It answers a request, open or declined.
        let carl = t.with_user("carl").await;
        t.people().request(&carl, ada.user).await.unwrap();
        t.people().decline(&ada, carl.user).await.unwrap();
        assert_eq!(t.people().accept_invite(&carl, &code).await.unwrap().tie, Tie::Friends);
        assert_eq!(t.count("ties").await, 2);
    }

    async fn an_invitation_that_leads_nowhere(t: TestDomain) {
        let (ada, ben) = pair(&t).await;
        let old = t.people().invite(&ada).await.unwrap();
        let new = t.people().renew_invite(&ada).await.unwrap();
        assert_ne!(old, new);
        assert_eq!(t.people().invite(&ada).await.unwrap(), new);
        let no_link = async |code: &str| {
            for visitor in [Some(&ben), None] {
                assert_eq!(refused(t.people().invitation(visitor, code).await), ErrorKind::Expired.into());
            }
            assert_eq!(refused(t.people().accept_invite(&ben, code).await), ErrorKind::Expired.into());
        };
        for code in [old.as_str(), "", "nonsense", "a b", &"0".repeat(10_000)] {
            no_link(code).await;
        }
        // A block looks the same, whoever made it.
        for (blocker, blocked) in [(&ada, &ben), (&ben, &ada)] {
            t.people().block(blocker, blocked.user).await.unwrap();
            assert_eq!(refused(t.people().invitation(Some(&ben), &new).await), ErrorKind::Expired.into());
            assert_eq!(refused(t.people().accept_invite(&ben, &new).await), ErrorKind::Expired.into());
            t.people().unblock(blocker, blocked.user).await.unwrap();
        }
        t.execute("UPDATE users SET deleted_at = 1 WHERE id = $1", [ada.user.uuid().into()]).await;
        no_link(&new).await;
    }

    async fn who_signs_up_by_an_invitation_has_a_friend(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let mut to_ada = t.connect(&ada).await.unwrap();
        let code = t.people().invite(&ada).await.unwrap();
        let mut join = async |name: &str, invite: &str| {
            let email = format!("{name}@example.org");
            let form = domain::accounts::SignUp { invite: Some(invite.to_owned()), ..sign_up(&email, name) };
            t.accounts().sign_up(form).await.unwrap();
            let token = t.token_for(&email).await;
            t.accounts().verify(&token).await.unwrap();
            told(&mut to_ada)
        };
        assert_eq!(join("ben", &code).await, [("ben".into(), Tie::Friends, false, 0)]);
        assert_eq!(names(&t.people().circle(&ada).await.unwrap().friends), ["ben"]);
        // A link that leads nowhere, any more or ever, is no reason not to come in.
        assert_eq!(join("carl", "nonsense").await, []);
        assert_eq!(join("dora", "not a code / at all").await, []);
        let crowd = crowd(&t, FRIENDS_MAX).await;
        store_ties(&t, ada.user, &crowd, 1).await;
        assert_eq!(join("emil", &code).await, []);
        t.people().renew_invite(&ada).await.unwrap();
        assert_eq!(join("fred", &code).await, []);
    }
}
