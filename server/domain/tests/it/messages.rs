//! Messages: stored once, in order, for those who are in it; history, changes, read positions.

use domain::Actor;
use futures::future::join_all;
use protocol::{
    ConversationId, ErrorKind, Field, MessageId, Rev, Seq,
    limits::{CHANGES_MAX, PAGE_DEFAULT},
    message::PageQuery,
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::common::{TestDomain, members, refused, texts, until};

fn id() -> MessageId {
    Uuid::now_v7().into()
}

/// A generator of numbers that are the same in each run, after Numerical Recipes.
struct Random(u32);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(self.0 >> 16).unwrap() % end
    }
}

/// Two people and their direct conversation.
async fn pair(t: &TestDomain) -> (Actor, Actor, ConversationId) {
    let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
    let conversation = t.conversations().start_direct(&ada, "ben").await.unwrap();
    (ada, ben, conversation)
}

async fn say(t: &TestDomain, actor: Actor, conversation: ConversationId, body: &str) -> Seq {
    t.messages().send(actor, id(), conversation, body).await.unwrap().seq
}

async fn bodies(t: &TestDomain, actor: &Actor, conversation: ConversationId, query: PageQuery) -> Vec<String> {
    let page = t.messages().page(actor, conversation, query, PAGE_DEFAULT).await.unwrap();
    page.messages.into_iter().map(|message| message.content.text().unwrap().to_owned()).collect()
}

both_databases! {
    async fn what_one_sends_the_other_reads(t: TestDomain) {
        let (ada, ben, conversation) = pair(&t).await;
        let first = t.messages().send(ada, id(), conversation, "  hello\r\nben ").await.unwrap();
        let second = t.messages().send(ben, id(), conversation, "hello ada").await.unwrap();
        assert_eq!((first.seq, second.seq), (Seq(1), Seq(2)));
        assert!(first.rev < second.rev);

        let page = t.messages().page(&ben, conversation, PageQuery::Newest, 50).await.unwrap();
        assert_eq!(page.rev, second.rev);
        assert!(!page.has_older && !page.has_newer);
        let read: Vec<_> = page.messages.iter().map(|m| (m.author, m.content.text().unwrap(), m.seq, m.rev, m.at)).collect();
        assert_eq!(
            read,
            [
                (ada.user, "hello\nben", first.seq, first.rev, first.at),
                (ben.user, "hello ada", second.seq, second.rev, second.at),
            ]
        );
        assert_eq!(page.people.len(), 2);
    }

    async fn the_same_id_is_stored_once_and_answered_alike(t: TestDomain) {
        let (ada, _, conversation) = pair(&t).await;
        let id = id();
        let first = t.messages().send(ada, id, conversation, "once").await.unwrap();
        // Again, later, with another text even: the first stands.
        for body in ["once", "twice"] {
            assert_eq!(t.messages().send(ada, id, conversation, body).await.unwrap(), first);
        }
        assert_eq!(bodies(&t, &ada, conversation, PageQuery::Newest).await, ["once"]);
    }

    async fn the_same_id_many_times_at_once_is_stored_once(t: TestDomain) {
        let (ada, _, conversation) = pair(&t).await;
        let id = id();
        let messages = t.messages();
        let answers = join_all((0..50).map(|_| messages.send(ada, id, conversation, "once"))).await;
        let first = answers[0].clone().unwrap();
        assert!(answers.into_iter().all(|answer| answer.unwrap() == first));
        assert_eq!(t.count("messages").await, 1);
        assert_eq!(say(&t, ada, conversation, "next").await, Seq(2));
    }

    async fn an_id_that_is_anothers_is_refused(t: TestDomain) {
        let (ada, ben, conversation) = pair(&t).await;
        let room = t.conversations().join_room(&ada, "tea house").await.unwrap();
        let id = id();
        t.messages().send(ada, id, conversation, "mine").await.unwrap();
        assert_eq!(refused(t.messages().send(ben, id, conversation, "no").await), ErrorKind::Conflict.on(Field::Request));
        assert_eq!(refused(t.messages().send(ada, id, room, "no").await), ErrorKind::Conflict.on(Field::Request));
        assert_eq!(t.count("messages").await, 1);
    }

    async fn one_bad_message_does_not_stop_the_others(t: TestDomain) {
        let (ada, ben, conversation) = pair(&t).await;
        let carl = t.with_user("carl").await;
        let taken = id();
        t.messages().send(ada, taken, conversation, "mine").await.unwrap();
        let messages = t.messages();
        // All of them wait for one transaction.
        let (good, stolen, stranger) = tokio::join!(
            messages.send(ben, id(), conversation, "good"),
            messages.send(ben, taken, conversation, "stolen"),
            messages.send(carl, id(), conversation, "stranger"),
        );
        assert_eq!(good.unwrap().seq, Seq(2));
        assert_eq!(refused(stolen).kind, ErrorKind::Conflict);
        assert_eq!(refused(stranger).kind, ErrorKind::NotFound);
    }

    async fn texts_that_are_none_are_refused(t: TestDomain) {
        let (ada, _, conversation) = pair(&t).await;
        assert_eq!(refused(t.messages().send(ada, id(), conversation, " \n ").await), ErrorKind::Required.on(Field::Body));
        let long = "é".repeat(8_001);
        assert_eq!(
            refused(t.messages().send(ada, id(), conversation, &long).await),
            ErrorKind::TooLong { max: 8_000 }.on(Field::Body)
        );
        assert_eq!(say(&t, ada, conversation, "a\u{0}b").await, Seq(1));
        assert_eq!(bodies(&t, &ada, conversation, PageQuery::Newest).await, ["ab"]);
    }

    async fn strangers_learn_nothing(t: TestDomain) {
        let (ada, _, conversation) = pair(&t).await;
        say(&t, ada, conversation, "secret").await;
        let eve = t.with_user("eve").await;
        let nowhere: ConversationId = Uuid::now_v7().into();
        // What exists and what does not look the same to somebody who is not in it.
        for id in [conversation, nowhere] {
            let messages = t.messages();
            assert_eq!(refused(messages.page(&eve, id, PageQuery::Newest, 50).await), ErrorKind::NotFound.into());
            assert_eq!(refused(messages.changes(&eve, id, Rev::ZERO).await), ErrorKind::NotFound.into());
            assert_eq!(refused(messages.send(eve, self::id(), id, "hi").await), ErrorKind::NotFound.into());
            assert_eq!(refused(messages.seen(eve, id, Seq(1)).await), ErrorKind::NotFound.into());
            assert_eq!(refused(t.conversations().open(&eve, id, None).await), ErrorKind::NotFound.into());
            assert_eq!(refused(t.conversations().leave(&eve, id).await), ErrorKind::NotFound.into());
        }
    }

    async fn many_at_once_get_places_without_holes(t: TestDomain) {
        let (ada, ben, conversation) = pair(&t).await;
        let messages = t.messages();
        let sends = (0..300).map(|n| {
            let actor = if n % 2 == 0 { ada } else { ben };
            async move { messages.send(actor, id(), conversation, &format!("{n}")).await.unwrap() }
        });
        let mut seqs: Vec<i64> = join_all(sends).await.into_iter().map(|stored| stored.seq.0).collect();
        seqs.sort_unstable();
        assert_eq!(seqs, (1..=300).collect::<Vec<_>>());
    }

    async fn a_senders_messages_keep_their_order(t: TestDomain) {
        let (ada, _, conversation) = pair(&t).await;
        let mut answers = Vec::new();
        for n in 0..600 {
            answers.push(t.messages().submit(ada, id(), conversation, &n.to_string()).await.unwrap());
        }
        let mut last = Seq::ZERO;
        for answer in answers {
            let stored = answer.await.unwrap().unwrap();
            assert_eq!(stored.seq, last.plus(1));
            last = stored.seq;
        }
    }

    async fn pages_cover_the_history_without_overlap(t: TestDomain) {
        let (ada, _, conversation) = pair(&t).await;
        for n in 1..=120 {
            say(&t, ada, conversation, &n.to_string()).await;
        }
        let page = |query, limit| {
            let t = &t;
            async move {
                let page = t.messages().page(&ada, conversation, query, limit).await.unwrap();
                let seqs: Vec<i64> = page.messages.iter().map(|m| m.seq.0).collect();
                (seqs.first().copied(), seqs.last().copied(), seqs.len(), page.has_older, page.has_newer)
            }
        };
        assert_eq!(page(PageQuery::Newest, 50).await, (Some(71), Some(120), 50, true, false));
        assert_eq!(page(PageQuery::Before(Seq(71)), 50).await, (Some(21), Some(70), 50, true, true));
        assert_eq!(page(PageQuery::Before(Seq(21)), 50).await, (Some(1), Some(20), 20, false, true));
        assert_eq!(page(PageQuery::After(Seq(20)), 50).await, (Some(21), Some(70), 50, true, true));
        assert_eq!(page(PageQuery::After(Seq(120)), 50).await, (None, None, 0, true, false));
        assert_eq!(page(PageQuery::Around(Seq(60)), 50).await, (Some(35), Some(84), 50, true, true));
        assert_eq!(page(PageQuery::Around(Seq(3)), 50).await, (Some(1), Some(27), 27, false, true));
        // Nonsense is answered with little, not with an error or with everything.
        assert_eq!(page(PageQuery::Before(Seq(i64::MIN)), 50).await.2, 0);
        assert_eq!(page(PageQuery::After(Seq(i64::MAX)), 50).await.2, 0);
        assert_eq!(page(PageQuery::Around(Seq(i64::MAX)), 50).await.2, 0);
        assert_eq!(page(PageQuery::Newest, u32::MAX).await.2, 100);
        assert_eq!(page(PageQuery::Newest, 0).await.2, 1);
    }

    async fn an_empty_conversation_has_an_empty_page(t: TestDomain) {
        let (ada, _, conversation) = pair(&t).await;
        let page = t.messages().page(&ada, conversation, PageQuery::Newest, 50).await.unwrap();
        assert!(page.messages.is_empty() && !page.has_older && !page.has_newer);
    }

    async fn changes_are_what_came_after_a_revision(t: TestDomain) {
        let (ada, ben, conversation) = pair(&t).await;
        say(&t, ada, conversation, "one").await;
        let since = t.messages().page(&ada, conversation, PageQuery::Newest, 50).await.unwrap().rev;
        assert!(t.messages().changes(&ada, conversation, since).await.unwrap().changes.is_empty());

        say(&t, ada, conversation, "two").await;
        t.messages().seen(ben, conversation, Seq(2)).await.unwrap();
        say(&t, ben, conversation, "three").await;
        let changes = t.messages().changes(&ada, conversation, since).await.unwrap();
        assert_eq!(texts(&changes), ["two", "three"]);
        assert_eq!(members(&changes).iter().map(|m| (m.user.id, m.seen_seq)).collect::<Vec<_>>(), [(ben.user, Seq(2))]);
        assert_eq!((changes.since, changes.rev), (since, since.plus(3)));
        assert!(!changes.truncated);
    }

    async fn a_large_gap_is_not_replayed(t: TestDomain) {
        let (ada, _, conversation) = pair(&t).await;
        let before = t.messages().changes(&ada, conversation, Rev::ZERO).await.unwrap().rev;
        let most = i64::from(CHANGES_MAX);
        let messages = t.messages();
        join_all((0..most).map(|n| async move { messages.send(ada, id(), conversation, &n.to_string()).await.unwrap() })).await;
        let all = t.messages().changes(&ada, conversation, before).await.unwrap();
        assert_eq!((all.changes.len(), all.truncated), (usize::try_from(most).unwrap(), false));

        say(&t, ada, conversation, "one more").await;
        let too_many = t.messages().changes(&ada, conversation, before).await.unwrap();
        assert_eq!((too_many.changes.len(), too_many.truncated), (0, true));
        // From the future, as after a backup was restored.
        let future = t.messages().changes(&ada, conversation, Rev(1_000_000)).await.unwrap();
        assert!(future.truncated);
    }

    async fn what_was_written_after_access_was_checked_is_not_handed_out(t: TestDomain) {
        // SQLite has no lock that readers wait for.
        if !t.is_postgres() {
            return;
        }
        let (ada, ben, conversation) = pair(&t).await;
        say(&t, ada, conversation, "for both").await;
        let held = t.begin().await;
        held.execute_unprepared("LOCK TABLE messages").await.unwrap();
        let messages = t.messages();
        let ask = messages.changes(&ben, conversation, Rev::ZERO);
        let go_on = async {
            let waiting = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = 'messages'::regclass";
            until("a reader waits", async || (t.number(waiting).await > 0).then_some(())).await;
            for statement in [
                "INSERT INTO messages (id, conversation_id, author_id, seq, rev, created_at, body)
                    SELECT gen_random_uuid(), conversation_id, author_id, seq + 1, rev + 2, created_at, 'for ada'
                    FROM messages",
                "UPDATE members SET rev = rev + 1000",
                "UPDATE conversations SET rev = rev + 1000, last_seq = last_seq + 1",
            ] {
                held.execute_unprepared(statement).await.unwrap();
            }
            held.commit().await.unwrap();
        };
        let (changes, ()) = tokio::join!(ask, go_on);
        let changes = changes.unwrap();
        assert_eq!((texts(&changes), changes.changes.len()), (vec!["for both"], 1));
    }

    async fn the_read_position_only_moves_forward(t: TestDomain) {
        let (ada, ben, conversation) = pair(&t).await;
        for n in 0..5 {
            say(&t, ada, conversation, &n.to_string()).await;
        }
        let unread = async || {
            let row = t.conversations().summary(&ben, conversation).await.unwrap();
            (row.seen_seq, row.unread)
        };
        assert_eq!(unread().await, (Seq::ZERO, 5));
        t.messages().seen(ben, conversation, Seq(3)).await.unwrap();
        assert_eq!(unread().await, (Seq(3), 2));
        t.messages().seen(ben, conversation, Seq(1)).await.unwrap();
        assert_eq!(unread().await, (Seq(3), 2));
        // Past the end means the end: what comes next is unread.
        t.messages().seen(ben, conversation, Seq(1_000)).await.unwrap();
        assert_eq!(unread().await, (Seq(5), 0));
        say(&t, ada, conversation, "new").await;
        assert_eq!(unread().await, (Seq(5), 1));
        assert_eq!(refused(t.messages().seen(ben, conversation, Seq(-1)).await).kind, ErrorKind::Malformed);
    }

    async fn own_messages_are_never_unread(t: TestDomain) {
        let (ada, ben, conversation) = pair(&t).await;
        say(&t, ada, conversation, "a").await;
        say(&t, ben, conversation, "b").await;
        say(&t, ada, conversation, "c").await;
        let row = |actor| { let t = &t; async move { t.conversations().summary(&actor, conversation).await.unwrap().unread } };
        assert_eq!((row(ada).await, row(ben).await), (1, 2));
    }

    async fn counts_of_unread_messages_are_those_that_counting_gives(t: TestDomain) {
        let names = ["ada", "ben", "eve"];
        let mut people = Vec::new();
        for name in names {
            people.push(t.with_user(name).await);
        }
        let room = t.conversations().join_room(&people[0], "tea").await.unwrap();
        let mut random = Random(7);
        let t = &t;
        for round in 0..60 {
            // Several at once, so that sending and reading meet in one transaction.
            let mut waiting = Vec::new();
            let mut reads = Vec::new();
            for _ in 0..random.below(6) {
                let actor = people[random.below(3)];
                if random.below(2) == 0 {
                    let seq = Seq(i64::try_from(random.below(round * 3 + 2)).unwrap());
                    reads.push(async move { drop(t.messages().seen(actor, room, seq).await) });
                } else {
                    waiting.push(t.messages().submit(actor, id(), room, "hello").await.unwrap());
                }
            }
            futures::future::join_all(reads).await;
            for answer in waiting {
                let _ = answer.await.unwrap();
            }
            let actor = people[1 + random.below(2)];
            match random.below(8) {
                0 => drop(t.conversations().leave(&actor, room).await),
                1 | 2 => drop(t.conversations().join_room(&actor, "tea").await),
                _ => {}
            }
            t.check_counts().await;
        }
        // Members are shown the numbers that counting gives.
        for (name, actor) in names.into_iter().zip(people) {
            let Ok(row) = t.conversations().summary(&actor, room).await else { continue };
            let others = format!(
                "SELECT COUNT(*) FROM messages m JOIN users u ON u.username <> '{name}' AND u.id = m.author_id WHERE m.seq > {}",
                row.seen_seq.0
            );
            assert_eq!(i64::from(row.unread), t.number(&others).await, "{name}");
        }
    }

    async fn a_database_that_is_away_refuses_and_forgets_nothing(t: TestDomain) {
        let (ada, _, conversation) = pair(&t).await;
        say(&t, ada, conversation, "before").await;
        // The table is gone, as far as the writer can tell: every message fails, and is told so.
        t.execute("ALTER TABLE messages RENAME TO messages_away", []).await;
        let lost = id();
        assert!(t.messages().send(ada, lost, conversation, "during").await.is_err());
        t.execute("ALTER TABLE messages_away RENAME TO messages", []).await;
        let stored = until("the writer stores again", async || t.messages().send(ada, lost, conversation, "during").await.ok()).await;
        assert_eq!(stored.seq, Seq(2));
        assert_eq!(bodies(&t, &ada, conversation, PageQuery::Newest).await, ["before", "during"]);
    }
}
