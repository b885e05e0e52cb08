//! The end of an account.

use std::sync::atomic::{AtomicBool, Ordering};

use domain::{Error, live::Outgoing};
use protocol::{ConversationKind, ErrorKind, Field, Rev, live::ServerFrame, relationship::RelationshipAction};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::common::{PASSWORD, TestDomain, is_told, members, refused, sign_up, who_left};

both_databases! {
    async fn nobody_joins_a_room_while_their_account_ends(t: TestDomain) {
        if !t.is_postgres() {
            return;
        }
        let ada = t.with_user("ada").await;
        // The account is locked, as by a deletion that has left all rooms already.
        let held = t.begin().await;
        held.execute_unprepared("UPDATE users SET deleted_at = 1").await.unwrap();
        let conversations = t.conversations();
        let join = conversations.join_room(&ada, "tea house");
        let go_on = async {
            t.until_locked_out().await;
            held.commit().await.unwrap();
        };
        let (joined, ()) = tokio::join!(join, go_on);
        assert_eq!(refused(joined).kind, ErrorKind::Unauthenticated);
        assert_eq!(t.number("SELECT COUNT(*) FROM members WHERE present").await, 0);
    }

    async fn a_room_that_was_joined_meanwhile_is_left_too(t: TestDomain) {
        if !t.is_postgres() {
            return;
        }
        let ada = t.with_user("ada").await;
        let room = t.conversations().join_room(&t.with_user("ben").await, "tea house").await.unwrap();
        // The account is locked, as by a transaction that joins a room.
        let held = t.begin().await;
        held.execute_unprepared("SELECT 1 FROM users WHERE username = 'ada' FOR SHARE").await.unwrap();
        let accounts = t.accounts();
        let delete = accounts.delete(&ada, PASSWORD, true);
        let go_on = async {
            t.until_locked_out().await;
            let join = format!(
                "INSERT INTO members (conversation_id, user_id, role, joined_at, present, listed, delivered_seq, seen_seq, rev)
                 VALUES ('{room}', '{}', 0, 0, true, true, 0, 0, 1)",
                ada.user
            );
            held.execute_unprepared(&join).await.unwrap();
            held.commit().await.unwrap();
        };
        let (deleted, ()) = tokio::join!(delete, go_on);
        deleted.unwrap();
        assert_eq!(t.number("SELECT COUNT(*) FROM members WHERE present").await, 1, "ben");
    }

    async fn an_account_that_ended_takes_no_name(t: TestDomain) {
        if !t.is_postgres() {
            return;
        }
        let ada = t.with_user("ada").await;
        let held = t.begin().await;
        held.execute_unprepared("UPDATE users SET deleted_at = 1").await.unwrap();
        let accounts = t.accounts();
        let change = accounts.change_username(&ada, "lovelace", PASSWORD);
        let go_on = async {
            t.until_locked_out().await;
            held.commit().await.unwrap();
        };
        let (changed, ()) = tokio::join!(change, go_on);
        assert_eq!(refused(changed).kind, ErrorKind::Unauthenticated);
        assert_eq!(t.number("SELECT COUNT(*) FROM users WHERE username_key = 'lovelace'").await, 0);
    }

    async fn an_account_can_end_while_it_is_being_blocked(t: TestDomain) {
        for n in 0..20 {
            let (ada, ben) = (t.with_user(&format!("ada{n}")).await, t.with_user(&format!("ben{n}")).await);
            t.conversations().start_direct(&ada, &format!("ben{n}")).await.unwrap();
            let is_gone = AtomicBool::new(false);
            let end = async {
                t.accounts().delete(&ada, PASSWORD, true).await.unwrap();
                is_gone.store(true, Ordering::Release);
            };
            let block = async {
                while !is_gone.load(Ordering::Acquire) {
                    for change in [RelationshipAction::Block, RelationshipAction::Unblock] {
                        match t.relationships().change(&ben, ada.user, change).await {
                            Ok(_) | Err(Error::Refused(_)) => {}
                            Err(fault) => panic!("{change:?}: {fault}"),
                        }
                    }
                }
            };
            tokio::join!(end, block);
        }
    }

    async fn nothing_of_the_person_is_left(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        t.open_session(ada, 1).await;
        t.accounts().forgot("ada@example.org").await.unwrap();
        t.token_for("ada@example.org").await;
        let all = "display_name = 'Ada', bio = 'b', pronouns = 'p', status_text = 's', status_emoji = 'e', \
                   status_until = 1, last_seen_at = 1, availability = 3, totp_enabled_at = 1, picture_id = $1, \
                   totp_secret = $2";
        let secret = vec![1_u8; 20];
        let update = format!("UPDATE users SET {all} WHERE username = 'ada'");
        t.execute(&update, [Uuid::now_v7().into(), secret.clone().into()]).await;
        let (low, high) = (ada.user.uuid().min(ben.user.uuid()), ada.user.uuid().max(ben.user.uuid()));
        let friendships = "INSERT INTO friendships VALUES ($1, $2, 1, $1, 0, 0)";
        t.execute(friendships, [low.into(), high.into()]).await;
        for (one, other) in [(ada, ben), (ben, ada)] {
            let block = "INSERT INTO blocks VALUES ($1, $2, 0)";
            t.execute(block, [one.user.uuid().into(), other.user.uuid().into()]).await;
        }
        t.execute("INSERT INTO invites VALUES ('code', $1, 0)", [ada.user.uuid().into()]).await;
        let picture = "INSERT INTO pictures VALUES ($1, 96, $2, $3, 0)";
        t.execute(picture, [Uuid::now_v7().into(), ada.user.uuid().into(), secret.into()]).await;
        let code = "INSERT INTO recovery_codes VALUES ($1, $2)";
        t.execute(code, [ada.user.uuid().into(), vec![2_u8; 32].into()]).await;
        let mut socket = t.connect(&ada).await.unwrap();

        let delete = async |password, confirmed| t.accounts().delete(&ada, password, confirmed).await;
        assert_eq!(refused(delete(PASSWORD, false).await), ErrorKind::Required.on(Field::Confirmation));
        let wrong = ErrorKind::WrongCredentials.on(Field::CurrentPassword);
        assert_eq!(refused(delete("wrong", true).await), wrong);
        assert!(t.has_session(1).await);
        delete(PASSWORD, true).await.unwrap();

        assert!(is_told(&mut socket) && !t.has_session(1).await);
        for table in ["account_tokens", "recovery_codes", "pictures", "invites", "friendships", "blocks", "sessions"] {
            assert_eq!(t.count(table).await, 0, "{table}");
        }
        let blank = "username = 'deleted' AND display_name = 'Deleted account' AND email = '' AND password_hash = '' \
                     AND bio = '' AND pronouns = '' AND status_text = '' AND status_emoji = '' \
                     AND status_until IS NULL AND last_seen_at IS NULL AND availability = 0 AND picture_id IS NULL \
                     AND totp_secret IS NULL AND totp_enabled_at IS NULL AND deleted_at > 0 \
                     AND username_key LIKE 'deleted:%' AND email_key = username_key";
        assert_eq!(t.number(&format!("SELECT COUNT(*) FROM users WHERE {blank}")).await, 1);
        t.mail_about("ada@example.org", "Your account was deleted").await;
        assert_eq!(refused(t.accounts().me(&ada).await).kind, ErrorKind::Unauthenticated);
        assert_eq!(refused(delete(PASSWORD, true).await).kind, ErrorKind::Unauthenticated);
    }

    async fn nobody_gets_in_and_the_names_are_free(t: TestDomain) {
        let ada = t.with_verified("ada").await;
        t.accounts().delete(&ada, PASSWORD, true).await.unwrap();
        let tombstone = format!("deleted:{}", ada.user);
        for login in ["ada", "ada@example.org", "deleted", &tombstone] {
            for password in [PASSWORD, "x"] {
                let said = refused(t.accounts().sign_in(login, password).await);
                assert_eq!(said, ErrorKind::WrongCredentials.into(), "{login}");
            }
        }
        t.all_mailed().await;
        let mails = t.count("outbox_mails").await;
        t.accounts().forgot("ada@example.org").await.unwrap();
        t.all_mailed().await;
        assert_eq!(t.count("outbox_mails").await, mails);

        t.clock.advance(1_000);
        t.accounts().sign_up(sign_up("ada@example.org", "ada")).await.unwrap();
        t.all_mailed().await;
        let again = t.accounts().verify(&t.token_for("ada@example.org").await).await.unwrap();
        assert_ne!(again, ada.user);
        assert!(t.accounts().me(&domain::Actor::new(again)).await.unwrap().is_admin, "the only one there");
    }

    async fn what_was_said_stays_without_a_name(t: TestDomain) {
        let (ada, ben, eve) = (t.with_user("ada").await, t.with_user("ben").await, t.with_user("eve").await);
        let direct = t.conversations().start_direct(&ada, "ben").await.unwrap();
        let room = t.conversations().join_room(&ada, "tea house").await.unwrap();
        let left = t.conversations().join_room(&ada, "left before").await.unwrap();
        t.conversations().leave(&ada, left).await.unwrap();
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        for conversation in [direct, room] {
            t.messages().send(ada, Uuid::now_v7().into(), conversation, "hello").await.unwrap();
        }
        let known: Vec<Rev> = vec![
            t.conversations().summary(&ben, direct).await.unwrap().rev,
            t.conversations().summary(&ben, room).await.unwrap().rev,
        ];
        let mut socket = t.connect(&ben).await.unwrap();
        t.accounts().delete(&ada, PASSWORD, true).await.unwrap();

        let row = t.conversations().summary(&ben, direct).await.unwrap();
        assert_eq!((row.kind, row.title.as_str(), row.members), (ConversationKind::Direct, "Deleted account", 2));
        assert_eq!(row.peer.unwrap().id, ada.user);
        assert_eq!(row.last_message.unwrap().content.text(), Some("hello"));
        assert_eq!(t.conversations().summary(&ben, room).await.unwrap().members, 1);
        let page = t.conversations().open(&ben, room, None).await.unwrap().page;
        assert_eq!(page.messages[0].content.text(), Some("hello"));
        assert_eq!(page.people[0].name(), "Deleted account");
        // Who is there hears of it, and who comes back asks.
        for (id, since, stays) in [(direct, known[0], true), (room, known[1], false)] {
            let delta = std::iter::from_fn(|| socket.try_recv()).find_map(|next| match next {
                Outgoing::Text(text) => match serde_json::from_slice(&text).unwrap() {
                    ServerFrame::Delta(delta) if delta.conversation == id => Some(delta),
                    _ => None,
                },
                Outgoing::Close(..) => None,
            });
            // Conversations are told in the order of their ids: that of their making.
            let changes = t.messages().changes(&ben, id, since).await.unwrap();
            for delta in [delta.unwrap(), changes] {
                let names: Vec<_> = members(&delta).iter().map(|member| member.user.name()).collect();
                if stays {
                    assert_eq!((names, who_left(&delta)), (vec!["Deleted account"], vec![]));
                } else {
                    assert_eq!((names, who_left(&delta)), (vec![], vec![ada.user]));
                }
            }
        }
        t.check_counts().await;
        // Nobody begins anything with it, and it says nothing more.
        for name in ["ada", "deleted", &format!("deleted:{}", ada.user)] {
            assert_eq!(refused(t.conversations().start_direct(&eve, name).await).kind, ErrorKind::NotFound, "{name}");
            assert_eq!(refused(t.accounts().find(&eve, name).await).kind, ErrorKind::NotFound, "{name}");
        }
        for id in [direct, room] {
            let said = t.messages().send(ada, Uuid::now_v7().into(), id, "still here").await;
            assert_eq!(refused(said).kind, ErrorKind::NotFound);
        }
        assert_eq!(refused(t.conversations().join_room(&ada, "tea house").await).kind, ErrorKind::Unauthenticated);
        assert_eq!(t.conversations().summary(&ben, room).await.unwrap().members, 1);
    }

    async fn there_is_always_an_administrator(t: TestDomain) {
        let ada = t.with_verified("ada").await;
        let (ben, eve) = (t.with_user("ben").await, t.with_user("eve").await);
        let is_admin = async |actor| t.accounts().me(actor).await.unwrap().is_admin;
        assert!(is_admin(&ada).await);
        t.accounts().delete(&ada, PASSWORD, true).await.unwrap();
        assert!(is_admin(&ben).await && !is_admin(&eve).await);
        // With another one there, nobody else becomes one.
        t.execute("UPDATE users SET is_admin = $1 WHERE username = 'eve'", [true.into()]).await;
        let fay = t.with_user("fay").await;
        t.accounts().delete(&ben, PASSWORD, true).await.unwrap();
        assert!(is_admin(&eve).await && !is_admin(&fay).await);
        t.accounts().delete(&fay, PASSWORD, true).await.unwrap();
        t.accounts().delete(&eve, PASSWORD, true).await.unwrap();
        assert_eq!(t.number("SELECT COUNT(*) FROM users WHERE is_admin").await, 0);
    }
}
