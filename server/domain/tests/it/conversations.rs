//! Direct conversations and rooms: one per pair, one per name; the sidebar.

use domain::live::Outgoing;
use futures::future::join_all;
use protocol::{ConversationKind, ErrorKind, Field, Rev, Seq, limits::PAGE_DEFAULT, live::ConversationCursor};
use uuid::Uuid;

use crate::common::{TestDomain, members, refused, who_left};

both_databases! {
    async fn a_pair_has_one_direct_conversation(t: TestDomain) {
        let (ada, ben) = (t.with_user("Ada").await, t.with_user("Ben").await);
        let id = t.conversations().start_direct(&ada, "ben").await.unwrap();
        assert_eq!(t.conversations().start_direct(&ada, " @BEN ").await.unwrap(), id);
        assert_eq!(t.conversations().start_direct(&ben, "Ada").await.unwrap(), id);
        let row = t.conversations().summary(&ben, id).await.unwrap();
        assert_eq!((row.kind, row.title.as_str(), row.members), (ConversationKind::Direct, "Ada", 2));
        assert_eq!(row.peer.unwrap().id, ada.user);
    }

    async fn both_begin_it_at_once(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let conversations = t.conversations();
        let begin = (0..20).map(|n| {
            let (actor, other) = if n % 2 == 0 { (ada, "ben") } else { (ben, "ada") };
            async move { conversations.start_direct(&actor, other).await.unwrap() }
        });
        let ids = join_all(begin).await;
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!((t.count("conversations").await, t.count("members").await), (1, 2));
    }

    async fn who_cannot_be_talked_to(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let start = async |name| refused(t.conversations().start_direct(&ada, name).await);
        assert_eq!(start("nobody").await, ErrorKind::NotFound.on(Field::Username));
        assert_eq!(start("Ada").await, ErrorKind::Forbidden.on(Field::Username));
        assert_eq!(start(" ").await, ErrorKind::Required.on(Field::Username));
        assert_eq!(start("@").await, ErrorKind::Required.on(Field::Username));
        assert_eq!(start(&"x".repeat(10_000)).await, ErrorKind::NotFound.on(Field::Username));
    }

    async fn a_direct_conversation_shows_when_something_is_said(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let id = t.conversations().start_direct(&ada, "ben").await.unwrap();
        assert_eq!(t.conversations().list(&ada).await.unwrap().len(), 1);
        assert_eq!(t.conversations().list(&ben).await.unwrap().len(), 0);
        t.messages().send(ada, Uuid::now_v7().into(), id, "hello").await.unwrap();
        let rows = t.conversations().list(&ben).await.unwrap();
        assert_eq!((rows[0].id, rows[0].unread), (id, 1));
        assert_eq!(rows[0].last_message.as_ref().unwrap().content.text(), Some("hello"));
        assert_eq!(rows[0].last_author.as_ref().unwrap().username, "ada");
    }

    async fn an_empty_direct_conversation_is_open_to_both(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let id = t.conversations().start_direct(&ada, "ben").await.unwrap();
        let listed = async |actor| !t.conversations().list(&actor).await.unwrap().is_empty();
        assert!(listed(ada).await && !listed(ben).await);
        // A page that has it open is not told that it is gone, whatever the list says.
        let row = t.conversations().summary(&ben, id).await.unwrap();
        let known = vec![ConversationCursor { id, rev: row.rev, seen: row.seen_seq }];
        assert_eq!(t.conversations().sync(&ben, known.clone()).await.unwrap(), (vec![], vec![], vec![]));
        assert!(!listed(ben).await, "asking what changed opens nothing");

        // Opened by its address: it is in the list from now on, on his other tabs, too, and on nobody else's.
        let (mut adas, mut bens) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        let opened = t.conversations().open(&ben, id, None).await.unwrap();
        assert_eq!((opened.summary.id, opened.members.len()), (id, 2));
        assert!(listed(ben).await);
        let Some(Outgoing::Text(told)) = bens.try_recv() else { panic!("the other tabs hear nothing") };
        assert!(String::from_utf8_lossy(&told).contains(&id.to_string()));
        assert_eq!(adas.try_recv(), None, "whether somebody looked is their own business");
        t.conversations().open(&ben, id, None).await.unwrap();
        assert_eq!(bens.try_recv(), None);
        assert_eq!(t.conversations().sync(&ben, known).await.unwrap().1, []);

        t.messages().send(ben, Uuid::now_v7().into(), id, "hello").await.unwrap();
        assert_eq!(t.conversations().list(&ada).await.unwrap()[0].unread, 1);
    }

    async fn an_empty_direct_conversation_is_listed_by_whoever_begins_it(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let mut adas = t.connect(&ada).await.unwrap();
        let id = t.conversations().start_direct(&ada, "ben").await.unwrap();
        assert!(matches!(adas.try_recv(), Some(Outgoing::Text(_))), "her other tabs have it, too");
        let mut bens = t.connect(&ben).await.unwrap();
        assert_eq!(t.conversations().start_direct(&ben, "ada").await.unwrap(), id);
        assert_eq!(t.conversations().list(&ben).await.unwrap().len(), 1);
        assert!(matches!(bens.try_recv(), Some(Outgoing::Text(_))));
        assert_eq!(adas.try_recv(), None);
        t.messages().send(ben, Uuid::now_v7().into(), id, "hello").await.unwrap();
        t.messages().send(ada, Uuid::now_v7().into(), id, "hello yourself").await.unwrap();
    }

    async fn a_room_is_created_by_the_first_and_joined_by_the_others(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let id = t.conversations().join_room(&ada, "  Tea   House ").await.unwrap();
        assert_eq!(t.conversations().join_room(&ben, "#tea-house").await.unwrap(), id);
        // Again: nothing changes.
        let rev = t.conversations().summary(&ada, id).await.unwrap().rev;
        assert_eq!(t.conversations().join_room(&ben, "Tea House").await.unwrap(), id);
        let row = t.conversations().summary(&ben, id).await.unwrap();
        assert_eq!((row.kind, row.title.as_str(), row.members, row.rev), (ConversationKind::Room, "Tea House", 2, rev));
    }

    async fn many_enter_a_new_room_at_once(t: TestDomain) {
        let mut people = Vec::new();
        for n in 0..12 {
            people.push(t.with_user(&format!("user{n}")).await);
        }
        let conversations = t.conversations();
        let ids = join_all(people.iter().map(|actor| conversations.join_room(actor, "party"))).await;
        let first = *ids[0].as_ref().unwrap();
        assert!(ids.into_iter().all(|id| id.unwrap() == first));
        assert_eq!((t.count("conversations").await, t.count("members").await), (1, 12));
        // Each joining has a revision of its own.
        assert_eq!(t.conversations().summary(&people[0], first).await.unwrap().rev, Rev(12));
        assert_eq!(t.number("SELECT COUNT(DISTINCT rev) FROM members").await, 12);
        assert_eq!(t.number("SELECT COUNT(*) FROM members WHERE role = 2").await, 1);
    }

    async fn bad_room_names(t: TestDomain) {
        let ada = t.with_user("ada").await;
        for (name, kind) in [
            ("", ErrorKind::Required),
            ("x", ErrorKind::TooShort { min: 2 }),
            (&"x".repeat(49), ErrorKind::TooLong { max: 48 }),
            ("a/b", ErrorKind::Malformed),
            ("\u{200d}\u{ad}", ErrorKind::Required),
        ] {
            assert_eq!(refused(t.conversations().join_room(&ada, name).await), kind.on(Field::Room));
        }
        assert_eq!(t.count("conversations").await, 0);
    }

    async fn a_room_is_one_however_its_name_is_written(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let mut rooms = Vec::new();
        for names in [
            ["Café", "cafe\u{301}"],
            ["Q&A", "q&a"],
            ["C++", "c++"],
            ["C#", "c#"],
            ["Kids’ room", "kids' ROOM"],
            ["हिन्दी", "हिन्दी"],
            ["தமிழ் அறை", "தமிழ்-அறை"],
            ["کتاب\u{200c}ها", "کتابها"],
        ] {
            let id = t.conversations().join_room(&ada, names[0]).await.unwrap();
            assert_eq!(t.conversations().join_room(&ada, names[1]).await.unwrap(), id, "{names:?}");
            assert_eq!(t.conversations().summary(&ada, id).await.unwrap().title, names[0]);
            rooms.push(id);
        }
        rooms.sort();
        rooms.dedup();
        assert_eq!(rooms.len(), 8);
    }

    async fn what_was_said_before_one_came_is_history_and_not_unread(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let id = t.conversations().join_room(&ada, "tea house").await.unwrap();
        for body in ["one", "two"] {
            t.messages().send(ada, Uuid::now_v7().into(), id, body).await.unwrap();
        }
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        let open = t.conversations().open(&ben, id, None).await.unwrap();
        assert_eq!((open.page.messages.len(), open.summary.unread), (2, 0));
        assert!(open.members.is_empty(), "a room does not tell who read what");
    }

    async fn leaving_and_coming_back(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let id = t.conversations().join_room(&ada, "tea house").await.unwrap();
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        let before = t.conversations().summary(&ada, id).await.unwrap().rev;
        t.conversations().leave(&ben, id).await.unwrap();
        assert!(t.conversations().list(&ben).await.unwrap().is_empty());
        assert_eq!(refused(t.messages().send(ben, Uuid::now_v7().into(), id, "hi").await).kind, ErrorKind::NotFound);
        assert_eq!(refused(t.conversations().leave(&ben, id).await).kind, ErrorKind::NotFound);
        // The others see it as a change.
        let changes = t.messages().changes(&ada, id, before).await.unwrap();
        assert_eq!((who_left(&changes), members(&changes).len()), (vec![ben.user], 0));
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        t.messages().send(ben, Uuid::now_v7().into(), id, "back").await.unwrap();
        assert_eq!(t.conversations().summary(&ada, id).await.unwrap().members, 2);
        t.check_counts().await;
    }

    async fn who_comes_back_to_a_room_starts_at_its_end(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let id = t.conversations().join_room(&ada, "tea house").await.unwrap();
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        t.messages().send(ada, Uuid::now_v7().into(), id, "before").await.unwrap();
        t.conversations().leave(&ben, id).await.unwrap();
        for n in 0..3 {
            t.messages().send(ada, Uuid::now_v7().into(), id, &n.to_string()).await.unwrap();
        }
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        let open = t.conversations().open(&ben, id, None).await.unwrap();
        assert_eq!((open.summary.unread, open.summary.seen_seq), (0, Seq(4)), "what was said meanwhile is history");
        assert_eq!(open.page.messages.len(), 4);
        assert_eq!(t.number("SELECT COUNT(*) FROM members WHERE delivered_seq < seen_seq").await, 0);
        // What is said from now on is news; and who never left loses no place.
        t.messages().send(ada, Uuid::now_v7().into(), id, "after").await.unwrap();
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        assert_eq!(t.conversations().summary(&ben, id).await.unwrap().unread, 1);
    }

    async fn a_direct_conversation_cannot_be_left(t: TestDomain) {
        let ada = t.with_user("ada").await;
        t.with_user("ben").await;
        let id = t.conversations().start_direct(&ada, "ben").await.unwrap();
        assert_eq!(refused(t.conversations().leave(&ada, id).await).kind, ErrorKind::Forbidden);
    }

    async fn a_sync_says_what_differs_and_what_is_gone(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let tea = t.conversations().join_room(&ada, "tea").await.unwrap();
        let left = t.conversations().join_room(&ada, "left").await.unwrap();
        t.conversations().join_room(&ben, "tea").await.unwrap();
        let known = |rows: Vec<protocol::ConversationSummary>| -> Vec<ConversationCursor> {
            rows.into_iter().map(|row| ConversationCursor { id: row.id, rev: row.rev, seen: row.seen_seq }).collect()
        };
        let at_first = known(t.conversations().list(&ada).await.unwrap());
        assert_eq!(t.conversations().sync(&ada, at_first.clone()).await.unwrap(), (vec![], vec![], vec![]));

        t.messages().send(ben, Uuid::now_v7().into(), tea, "hi").await.unwrap();
        t.conversations().leave(&ada, left).await.unwrap();
        let (rows, gone, _) = t.conversations().sync(&ada, at_first).await.unwrap();
        assert_eq!(rows.iter().map(|row| (row.id, row.unread)).collect::<Vec<_>>(), [(tea, 1)]);
        assert_eq!(gone, [left]);

        // Reading in a room has no revision; the position itself tells.
        let now = known(t.conversations().list(&ada).await.unwrap());
        t.messages().seen(ada, tea, Seq(1)).await.unwrap();
        let (rows, _, people) = t.conversations().sync(&ada, now).await.unwrap();
        assert_eq!(rows.iter().map(|row| (row.id, row.unread)).collect::<Vec<_>>(), [(tea, 0)]);
        assert_eq!(people, []);

        // What does not differ may still show somebody under another name.
        let now = known(t.conversations().list(&ada).await.unwrap());
        t.profiles().update(&ben, "Benjamin", "", "").await.unwrap();
        let (rows, _, people) = t.conversations().sync(&ada, now).await.unwrap();
        assert_eq!(rows, []);
        assert_eq!(people.iter().map(protocol::UserSummary::name).collect::<Vec<_>>(), ["Benjamin"]);
        assert_eq!(t.conversations().sync(&ada, vec![]).await.unwrap().0.len(), 1);
    }

    async fn a_conversation_opens_where_one_stopped_reading(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let id = t.conversations().start_direct(&ada, "ben").await.unwrap();
        for n in 0..200 {
            t.messages().send(ada, Uuid::now_v7().into(), id, &n.to_string()).await.unwrap();
        }
        let first = |open: &protocol::message::ConversationSnapshot| open.page.messages.first().unwrap().seq.0;
        t.messages().seen(ben, id, Seq(60)).await.unwrap();
        let open = t.conversations().open(&ben, id, None).await.unwrap();
        assert!(open.page.has_older && open.page.has_newer);
        assert!((20..=60).contains(&first(&open)), "{}", first(&open));
        assert_eq!(open.members.len(), 2);
        // Little is unread: the end shows it.
        t.messages().seen(ben, id, Seq(190)).await.unwrap();
        let open = t.conversations().open(&ben, id, None).await.unwrap();
        assert!(!open.page.has_newer);
        assert_eq!(first(&open), 201 - i64::from(PAGE_DEFAULT));
    }

    async fn the_sidebar_is_in_order_of_activity(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let mut rooms = Vec::new();
        for name in ["one", "two", "three"] {
            t.clock.advance(1_000);
            rooms.push(t.conversations().join_room(&ada, name).await.unwrap());
        }
        t.clock.advance(1_000);
        t.messages().send(ada, Uuid::now_v7().into(), rooms[0], "up").await.unwrap();
        let order: Vec<_> = t.conversations().list(&ada).await.unwrap().into_iter().map(|row| row.id).collect();
        assert_eq!(order, [rooms[0], rooms[2], rooms[1]]);
    }
}
