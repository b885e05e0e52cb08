//! Presence: who sees whom, and what sockets are told when it changes.

use std::time::Duration;

use domain::{
    Actor,
    live::{Connection, Outgoing, PresenceHandle},
};
use protocol::{
    ErrorKind, Field, UserId,
    limits::PRESENCE_SUBSCRIPTIONS_MAX,
    live::ServerFrame,
    presence::{Availability, Expiry, OwnPresence, Presence, Status, UserPresence},
};
use sea_orm::Value;
use uuid::Uuid;

use crate::common::{TestDomain, refused, until};

/// Somebody's page.
struct Tab {
    actor: Actor,
    socket: Connection,
    lookout: PresenceHandle,
}

impl Tab {
    async fn open(t: &TestDomain, actor: Actor) -> Self {
        let socket = t.connect(&actor).await.unwrap();
        let lookout = socket.presence_handle();
        Self { actor, socket, lookout }
    }

    /// Watches these people alone; returns those who are hidden.
    async fn watch(&self, t: &TestDomain, people: &[UserId]) -> Vec<UserPresence> {
        let request = t.presence().subscribe(&self.actor, &self.lookout, people.to_vec()).unwrap();
        t.presence().allow(&self.actor, request).await.unwrap()
    }

    async fn hear(&mut self) -> ServerFrame {
        let next = tokio::time::timeout(Duration::from_secs(30), self.socket.recv()).await;
        match next.expect("something is heard").unwrap() {
            Outgoing::Text(text) => serde_json::from_slice(&text).unwrap(),
            Outgoing::Close(code, reason) => panic!("closed: {code} {reason}"),
        }
    }

    /// How the one person looks of whom it is told next.
    async fn sighting(&mut self) -> UserPresence {
        match self.hear().await {
            ServerFrame::PresenceUpdate { mut people } if people.len() == 1 => people.remove(0),
            other => panic!("{other:?}"),
        }
    }

    async fn sees(&mut self, expected: Presence) -> UserPresence {
        let sighting = self.sighting().await;
        assert_eq!(sighting.presence, expected, "{sighting:?}");
        sighting
    }

    async fn is_told(&mut self) -> OwnPresence {
        match self.hear().await {
            ServerFrame::OwnPresence(chosen) => chosen,
            other => panic!("{other:?}"),
        }
    }
}

/// Reopens with presence that waits for nothing.
async fn hasty(t: &mut TestDomain) {
    t.reopen(|config| config.presence.grace = Duration::ZERO).await;
}

async fn befriend(t: &TestDomain, one: Actor, other: Actor) {
    let (low, high) = (one.user.min(other.user).uuid(), one.user.max(other.user).uuid());
    let values: [Value; 3] = [low.into(), high.into(), one.user.uuid().into()];
    t.execute(
        "INSERT INTO friendships (low_id, high_id, state, asked_by, created_at, changed_at) VALUES ($1, $2, 1, $3, 0, 0)",
        values,
    )
    .await;
}

async fn block(t: &TestDomain, blocker: Actor, blocked: Actor) {
    let values: [Value; 2] = [blocker.user.uuid().into(), blocked.user.uuid().into()];
    t.execute("INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, 0)", values).await;
}

async fn who_sees(t: &TestDomain, actor: Actor, column: i16) {
    let values: [Value; 2] = [column.into(), actor.user.uuid().into()];
    t.execute("UPDATE users SET who_presence = $1 WHERE id = $2", values).await;
}

/// When somebody was last seen, as the database has it; zero for never.
async fn last_seen(t: &TestDomain, name: &str) -> i64 {
    t.number(&format!("SELECT COALESCE(last_seen_at, 0) FROM users WHERE username = '{name}'")).await
}

const EVERYONE: i16 = 0;
const FRIENDS: i16 = 1;
const NOBODY: i16 = 2;

both_databases! {
    async fn who_may_see_whom(t: TestDomain) {
        let ben = t.with_user("ben").await;
        let _there = Tab::open(&t, ben).await;
        // Whom ben lets see him, whether they are friends, whether the first blocks the second: ada ben, ben ada.
        let cases = [
            (EVERYONE, false, false, false, true),
            (EVERYONE, true, false, false, true),
            (FRIENDS, false, false, false, false),
            (FRIENDS, true, false, false, true),
            (NOBODY, false, false, false, false),
            (NOBODY, true, false, false, false),
            (EVERYONE, false, true, false, false),
            (EVERYONE, false, false, true, false),
            (EVERYONE, true, true, false, false),
            (FRIENDS, true, false, true, false),
        ];
        for (n, (who, friends, blocks, blocked, expected)) in cases.into_iter().enumerate() {
            let ada = t.with_user(&format!("ada{n}")).await;
            who_sees(&t, ben, who).await;
            if friends { befriend(&t, ada, ben).await; }
            if blocks { block(&t, ada, ben).await; }
            if blocked { block(&t, ben, ada).await; }
            let asked = t.presence().of(&ada, &[ben.user]).await.unwrap();
            let mut tab = Tab::open(&t, ada).await;
            let hidden = tab.watch(&t, &[ben.user]).await;
            if expected {
                assert_eq!(asked[0].presence, Presence::Online, "case {n}");
                assert_eq!(hidden, [], "case {n}");
                tab.sees(Presence::Online).await;
            } else {
                assert_eq!(asked, [UserPresence::hidden(ben.user)], "case {n}");
                assert_eq!(hidden, [UserPresence::hidden(ben.user)], "case {n}");
            }
            // What changes is told to whom it may be told.
            let mut known = Tab::open(&t, ben).await;
            known.watch(&t, &[ben.user]).await;
            known.is_told().await;
            t.presence().set_status(&ben, "", &format!("case {n}"), Expiry::Never, 0).await.unwrap();
            known.is_told().await;
            match expected {
                true => assert_eq!(tab.sighting().await.status.unwrap().text, format!("case {n}")),
                false => assert_eq!(tab.socket.try_recv(), None, "case {n}"),
            }
        }
        // Somebody who never was, and oneself.
        let nobody = UserId::from(Uuid::now_v7());
        assert_eq!(t.presence().of(&ben, &[nobody]).await.unwrap(), [UserPresence::hidden(nobody)]);
        assert_eq!(t.presence().of(&ben, &[ben.user]).await.unwrap()[0].presence, Presence::Online);
        let crowd = vec![nobody; usize::try_from(PRESENCE_SUBSCRIPTIONS_MAX).unwrap() + 1];
        let error = refused(t.presence().of(&ben, &crowd).await);
        assert_eq!(error, ErrorKind::TooLong { max: PRESENCE_SUBSCRIPTIONS_MAX }.on(Field::Request));
        let first = t.presence().first_of(&ben, crowd.into_iter()).await.unwrap();
        assert_eq!(first.len(), usize::try_from(PRESENCE_SUBSCRIPTIONS_MAX).unwrap());
    }

    async fn what_one_does_and_what_one_chooses(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let mut adas = Tab::open(&t, ada).await;
        adas.watch(&t, &[ben.user]).await;
        assert_eq!(adas.sighting().await, UserPresence::hidden(ben.user));
        let bens = Tab::open(&t, ben).await;
        adas.sees(Presence::Online).await;
        bens.lookout.turn(false);
        adas.sees(Presence::Away).await;
        bens.lookout.turn(true);
        adas.sees(Presence::Online).await;
        for (chosen, seen) in [
            (Availability::Busy, Presence::Busy),
            (Availability::Away, Presence::Away),
            (Availability::Invisible, Presence::Offline),
            (Availability::Automatic, Presence::Online),
        ] {
            let told = t.presence().set_availability(&ben, chosen).await.unwrap();
            assert_eq!(told.availability, chosen);
            adas.sees(seen).await;
            assert_eq!(t.accounts().me(&ben).await.unwrap().availability, chosen);
        }
    }

    async fn several_tabs_are_one_person(t: TestDomain) {
        let mut t = t;
        hasty(&mut t).await;
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let (mut adas, first, second) =
            (Tab::open(&t, ada).await, Tab::open(&t, ben).await, Tab::open(&t, ben).await);
        adas.watch(&t, &[ben.user]).await;
        adas.sees(Presence::Online).await;
        // One is idle and one goes: neither is seen. The next that is told is of the last.
        first.lookout.turn(false);
        second.lookout.turn(false);
        adas.sees(Presence::Away).await;
        drop(first);
        second.lookout.turn(true);
        adas.sees(Presence::Online).await;
        drop(second);
        adas.sees(Presence::Offline).await;
    }

    async fn who_goes_was_last_seen_then(t: TestDomain) {
        let mut t = t;
        hasty(&mut t).await;
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let (mut adas, bens) = (Tab::open(&t, ada).await, Tab::open(&t, ben).await);
        adas.watch(&t, &[ben.user]).await;
        assert_eq!(adas.sees(Presence::Online).await.last_seen, None);
        t.clock.advance(3_600_000);
        let before = t.now();
        drop(bens);
        let seen = adas.sees(Presence::Offline).await.last_seen.unwrap();
        assert!((before - 1_000..=t.now()).contains(&seen), "{seen} {before}");
        assert_eq!(last_seen(&t, "ben").await, seen);
        // Nobody is there after a restart, whoever was before.
        drop(adas);
        t.reopen(|_| {}).await;
        let asked = t.presence().of(&ada, &[ben.user]).await.unwrap();
        assert_eq!((asked[0].presence, asked[0].last_seen), (Presence::Offline, Some(seen)));
    }

    async fn a_reload_is_not_seen(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let (mut adas, bens) = (Tab::open(&t, ada).await, Tab::open(&t, ben).await);
        adas.watch(&t, &[ben.user]).await;
        adas.sees(Presence::Online).await;
        drop(bens);
        let _again = Tab::open(&t, ben).await;
        t.presence().set_availability(&ben, Availability::Busy).await.unwrap();
        adas.sees(Presence::Busy).await;
        assert_eq!(last_seen(&t, "ben").await, 0);
    }

    async fn who_is_there_is_noted_from_time_to_time(t: TestDomain) {
        let mut t = t;
        t.reopen(|config| config.presence.note = Duration::from_millis(100)).await;
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let _tabs = (Tab::open(&t, ada).await, Tab::open(&t, ben).await);
        t.presence().set_availability(&ben, Availability::Invisible).await.unwrap();
        let since = last_seen(&t, "ben").await;
        t.clock.advance(60_000);
        let now = t.now();
        until("ada is noted", async || (last_seen(&t, "ada").await >= now).then_some(())).await;
        assert_eq!(last_seen(&t, "ben").await, since, "who is invisible is not seen");
    }

    async fn who_turns_invisible_looks_as_if_they_had_gone(t: TestDomain) {
        let mut t = t;
        hasty(&mut t).await;
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let (mut adas, bens) = (Tab::open(&t, ada).await, Tab::open(&t, ben).await);
        adas.watch(&t, &[ben.user]).await;
        adas.sees(Presence::Online).await;
        let before = t.now();
        t.presence().set_availability(&ben, Availability::Invisible).await.unwrap();
        let seen = adas.sees(Presence::Offline).await.last_seen.unwrap();
        assert!((before..=t.now()).contains(&seen));
        // Choosing it again, moving about, going and coming change nothing.
        t.clock.advance(3_600_000);
        t.presence().set_availability(&ben, Availability::Invisible).await.unwrap();
        bens.lookout.turn(false);
        drop(bens);
        let back = Tab::open(&t, ben).await;
        t.presence().set_status(&ben, "", "end", Expiry::Never, 0).await.unwrap();
        loop {
            let sighting = adas.sees(Presence::Offline).await;
            assert_eq!(sighting.last_seen, Some(seen));
            if sighting.status.is_some() {
                break;
            }
        }
        drop(back);
        assert_eq!(last_seen(&t, "ben").await, seen);
    }

    async fn a_status_is_told_and_ends(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let (mut adas, mut bens) = (Tab::open(&t, ada).await, Tab::open(&t, ben).await);
        adas.watch(&t, &[ben.user]).await;
        adas.sees(Presence::Online).await;
        bens.watch(&t, &[ben.user]).await;
        assert_eq!(bens.is_told().await, OwnPresence::default());
        let said = t.presence().set_status(&ben, "🌴", " On \n holiday ", Expiry::Hour, 0).await.unwrap();
        let status = said.status.clone().unwrap();
        assert_eq!((status.emoji.as_str(), status.text.as_str()), ("🌴", "On holiday"));
        assert!((t.now() + 3_590_000..=t.now() + 3_600_000).contains(&status.until.unwrap()));
        assert_eq!(adas.sees(Presence::Online).await.status, Some(status));
        assert_eq!(bens.is_told().await, said);
        // When the time has come nobody is told it any more.
        t.clock.advance(3_600_001);
        assert_eq!(t.presence().of(&ada, &[ben.user]).await.unwrap()[0].status, None);
        assert_eq!(t.accounts().me(&ben).await.unwrap().status, None);
        // Nothing said is no status, however long.
        let none = t.presence().set_status(&ben, "", " \u{ad}\u{ffa0}", Expiry::Hour, 0).await.unwrap();
        assert_eq!(none.status, None);
        assert_eq!(t.number("SELECT COUNT(*) FROM users WHERE status_until IS NOT NULL").await, 0);
        for (emoji, text, error) in [
            ("x", "", ErrorKind::Malformed.on(Field::Emoji)),
            ("♔", "", ErrorKind::Malformed.on(Field::Emoji)),
            ("🌴🌴", "", ErrorKind::Malformed.on(Field::Emoji)),
            ("", &*"x".repeat(101), ErrorKind::TooLong { max: 100 }.on(Field::Status)),
        ] {
            assert_eq!(refused(t.presence().set_status(&ben, emoji, text, Expiry::Never, 0).await), error);
        }
    }

    async fn whoever_is_no_longer_on_screen_is_not_told(t: TestDomain) {
        let (ada, ben, cleo) = (t.with_user("ada").await, t.with_user("ben").await, t.with_user("cleo").await);
        let mut adas = Tab::open(&t, ada).await;
        adas.watch(&t, &[ben.user]).await;
        adas.sees(Presence::Offline).await;
        adas.watch(&t, &[ben.user, cleo.user]).await;
        assert_eq!(adas.sighting().await.id, cleo.user, "only who is new");
        adas.watch(&t, &[cleo.user]).await;
        let _tabs = (Tab::open(&t, ben).await, Tab::open(&t, cleo).await);
        assert_eq!(adas.sees(Presence::Online).await.id, cleo.user);
        assert_eq!(adas.socket.try_recv(), None);
    }

    async fn who_watches_is_told_to_ask_again_when_they_may_see_less_or_more(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let (mut adas, mut bens) = (Tab::open(&t, ada).await, Tab::open(&t, ben).await);
        let gone = |who: Actor| ServerFrame::PresenceDropped { people: vec![who.user] };
        adas.watch(&t, &[ada.user, ben.user]).await;
        bens.watch(&t, &[ben.user, ada.user]).await;
        for tab in [&mut adas, &mut bens] {
            tab.is_told().await;
            tab.sees(Presence::Online).await;
        }
        // Between two.
        block(&t, ben, ada).await;
        t.presence().relationship_changed(ben.user, ada.user);
        assert_eq!(adas.hear().await, gone(ben));
        assert_eq!(bens.hear().await, gone(ada));
        assert_eq!(adas.watch(&t, &[ada.user, ben.user]).await, [UserPresence::hidden(ben.user)]);
        assert_eq!(bens.watch(&t, &[ben.user, ada.user]).await, [UserPresence::hidden(ada.user)]);
        t.presence().set_availability(&ben, Availability::Busy).await.unwrap();
        assert_eq!(bens.is_told().await.availability, Availability::Busy);
        assert_eq!(adas.socket.try_recv(), None);
        // Who was hidden is asked for again, too.
        t.execute("DELETE FROM blocks", []).await;
        t.presence().relationship_changed(ada.user, ben.user);
        assert_eq!(adas.hear().await, gone(ben));
        assert_eq!(bens.hear().await, gone(ada));
        assert_eq!(adas.watch(&t, &[ada.user, ben.user]).await, []);
        adas.sees(Presence::Busy).await;
        // What one lets everybody see; oneself one always sees.
        who_sees(&t, ben, FRIENDS).await;
        t.presence().privacy_changed(ben.user);
        assert_eq!(adas.hear().await, gone(ben));
        assert_eq!(adas.watch(&t, &[ben.user]).await, [UserPresence::hidden(ben.user)]);
        t.presence().set_availability(&ben, Availability::Away).await.unwrap();
        assert_eq!(bens.is_told().await.availability, Availability::Away);
        assert_eq!(adas.socket.try_recv(), None);
    }

    async fn what_changes_while_it_is_found_out_is_found_out_again(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let mut adas = Tab::open(&t, ada).await;
        let watched = t.presence().subscribe(&adas.actor, &adas.lookout, vec![ben.user]).unwrap();
        t.presence().relationship_changed(ada.user, ben.user);
        t.presence().allow(&ada, watched).await.unwrap();
        assert_eq!(adas.hear().await, ServerFrame::PresenceDropped { people: vec![ben.user] });
        // Named again meanwhile: an answer to the first question is none to the second.
        let first = t.presence().subscribe(&adas.actor, &adas.lookout, vec![ben.user]).unwrap();
        t.presence().subscribe(&adas.actor, &adas.lookout, vec![]).unwrap();
        let second = t.presence().subscribe(&adas.actor, &adas.lookout, vec![ben.user]).unwrap();
        t.presence().allow(&ada, first).await.unwrap();
        let _there = Tab::open(&t, ben).await;
        block(&t, ben, ada).await;
        assert_eq!(t.presence().allow(&ada, second).await.unwrap(), [UserPresence::hidden(ben.user)]);
        let mut own = Tab::open(&t, ben).await;
        own.watch(&t, &[ben.user]).await;
        own.is_told().await;
        assert_eq!(adas.socket.try_recv(), None);
    }

    async fn a_socket_that_lags_loses_presence_first(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let room = t.conversations().join_room(&ada, "tea house").await.unwrap();
        let mut adas = Tab::open(&t, ada).await;
        adas.watch(&t, &[ben.user]).await;
        adas.sees(Presence::Offline).await;
        for n in 0..200 {
            t.messages().send(ada, Uuid::now_v7().into(), room, &n.to_string()).await.unwrap();
        }
        let _there = Tab::open(&t, ben).await;
        let mut own = Tab::open(&t, ben).await;
        own.watch(&t, &[ben.user]).await;
        // Those who watch are told one after the other: when this tab hears the first, the other may not have been told
        // yet. When it hears the second, it has.
        for text in ["here", "still here"] {
            t.presence().set_status(&ben, "", text, Expiry::Never, 0).await.unwrap();
            while own.is_told().await.status.is_none_or(|status| status.text != text) {}
        }
        // The messages are all there; then it is said that nobody is watched.
        let mut last = None;
        while let Some(Outgoing::Text(text)) = adas.socket.try_recv() {
            last = Some(serde_json::from_slice::<ServerFrame>(&text).unwrap());
        }
        assert_eq!(last, Some(ServerFrame::PresenceDropped { people: vec![] }));
        adas.watch(&t, &[ben.user]).await;
        adas.sees(Presence::Online).await;
    }

    async fn many_are_told_in_few_frames(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let mut crowd = Vec::new();
        for n in 0..250 {
            crowd.push(t.with_user(&format!("user{n}")).await);
        }
        let mut adas = Tab::open(&t, ada).await;
        let people: Vec<UserId> = crowd.iter().map(|actor| actor.user).collect();
        adas.watch(&t, &people).await;
        let (mut told, mut frames) = (Vec::new(), 0);
        while told.len() < people.len() {
            let ServerFrame::PresenceUpdate { people } = adas.hear().await else { panic!("not sightings") };
            told.extend(people.into_iter().map(|sighting| sighting.id));
            frames += 1;
        }
        told.sort_unstable();
        assert_eq!((told, frames), (people, 2));
    }

    async fn a_status_without_words_is_its_emoji(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let chosen = t.presence().set_status(&ada, "☕", "", Expiry::Never, 0).await.unwrap();
        assert_eq!(chosen.status, Some(Status { emoji: "☕".into(), ..Status::default() }));
    }
}
