//! Presence over real sockets: forms, peers that die without a word, several nodes, crashes.

use std::{collections::HashMap, time::Duration};

use app::words;
use protocol::{
    ErrorKind, Field, UserId,
    limits::PRESENCE_SUBSCRIPTIONS_MAX,
    live::{ClientFrame, ServerFrame},
    presence::{Availability, OwnPresence, Presence, UserPresence},
};
use uuid::Uuid;

use crate::support::{Browser, Live, Program, Redis, Store, TestServer, config, within};

/// Watches people as a real client does: asks again when it is told to.
struct Watcher {
    live: Live,
    people: Vec<UserId>,
    seen: HashMap<UserId, UserPresence>,
    chosen: Option<OwnPresence>,
}

impl Watcher {
    async fn new(browser: &Browser, people: &[UserId]) -> Self {
        let live = browser.live().await;
        let mut watcher = Self { live, people: people.to_vec(), seen: HashMap::new(), chosen: None };
        watcher.ask().await;
        watcher
    }

    async fn ask(&mut self) {
        self.live.say(&ClientFrame::SubscribePresence { people: self.people.clone() }).await;
    }

    async fn step(&mut self) {
        match self.live.next().await.unwrap() {
            ServerFrame::PresenceUpdate { people } => {
                self.seen.extend(people.into_iter().map(|sighting| (sighting.id, sighting)));
            }
            ServerFrame::OwnPresence(chosen) => self.chosen = Some(chosen),
            ServerFrame::PresenceDropped { people } => {
                people.iter().for_each(|person| drop(self.seen.remove(person)));
                self.ask().await;
            }
            ServerFrame::Resync => self.ask().await,
            _ => {}
        }
    }

    async fn sees(&mut self, user: UserId, expected: Presence) -> UserPresence {
        let seen = async {
            loop {
                match self.seen.get(&user) {
                    Some(sighting) if sighting.presence == expected => return sighting.clone(),
                    _ => self.step().await,
                }
            }
        };
        within(&format!("{user} is seen as {expected:?}"), seen).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_about_presence() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.with_user("ada").await, server.with_user("bob").await);
    let mut bobs = bob.live().await;
    let bob = bobs.user;
    let mut adas = Watcher::new(&ada, &[bob]).await;
    adas.sees(bob, Presence::Online).await;
    bobs.say(&ClientFrame::Activity { active: false }).await;
    adas.sees(bob, Presence::Away).await;
    bobs.say(&ClientFrame::Activity { active: true }).await;
    adas.sees(bob, Presence::Online).await;
    // As many as may be, and one more.
    let nobody = |n: usize| vec![UserId::from(Uuid::now_v7()); n];
    let max = usize::try_from(PRESENCE_SUBSCRIPTIONS_MAX).unwrap();
    bobs.say(&ClientFrame::SubscribePresence { people: nobody(max) }).await;
    bobs.expect("sightings", |frame| matches!(frame, ServerFrame::PresenceUpdate { .. }).then_some(())).await;
    bobs.say(&ClientFrame::SubscribePresence { people: nobody(max + 1) }).await;
    let refused = |frame: &ServerFrame| match frame {
        ServerFrame::Refused { conversation: None, error } => Some(error.clone()),
        _ => None,
    };
    let error = bobs.expect("a refusal", refused).await;
    assert_eq!(error, ErrorKind::TooLong { max: PRESENCE_SUBSCRIPTIONS_MAX }.on(Field::Request));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_and_a_choice_from_plain_forms() {
    let server = TestServer::start().await;
    let (ada, mut bob) = (server.with_user("ada").await, server.with_user("bob").await);
    let id = bob.live().await.user;
    let mut bobs = Watcher::new(&bob, &[id]).await;
    let mut adas = Watcher::new(&ada, &[id]).await;
    adas.sees(id, Presence::Online).await;
    let form = [("emoji", "🌴"), ("text", "On holiday"), ("expiry", "week"), ("offset", "60")];
    assert_eq!(bob.post("/settings", "/api/set_status", &form).await.location(), "/settings?");
    assert_eq!(bob.post("/", "/api/set_availability", &[("availability", "busy")]).await.location(), "/?");
    let sighting = adas.sees(id, Presence::Busy).await;
    let status = sighting.status.unwrap();
    assert_eq!((status.emoji.as_str(), status.text.as_str()), ("🌴", "On holiday"));
    assert!(status.until.is_some());
    while bobs.chosen.as_ref().is_none_or(|chosen| chosen.availability != Availability::Busy) {
        bobs.step().await;
    }
    // What can't be a status is handed back, with what was typed.
    let form = [("emoji", "no"), ("text", "On holiday"), ("expiry", "never")];
    let back = bob.post("/", "/api/set_status", &form).await.location().to_owned();
    let page = bob.get(&back).await.body;
    let not_an_emoji = words::error(&ErrorKind::Malformed.on(Field::Emoji));
    assert!(page.contains(&*not_an_emoji) && page.contains("value=\"On holiday\""), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_dies_without_a_word_is_not_there_for_long() {
    let server = TestServer::with(|config| {
        config.timing.ping = Duration::from_millis(100);
        config.timing.silence = Duration::from_millis(400);
        config.presence.grace = Duration::from_millis(200);
    })
    .await;
    let (ada, bob) = (server.with_user("ada").await, server.with_user("bob").await);
    let bobs = bob.live().await;
    let mut adas = Watcher::new(&ada, &[bobs.user]).await;
    adas.sees(bobs.user, Presence::Online).await;
    // Nobody reads it any more, so nothing answers pings; the connection itself stays open.
    let seen = adas.sees(bobs.user, Presence::Offline).await;
    assert!(seen.last_seen.is_some());
    drop(bobs);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_at_one_node_is_seen_at_the_other() {
    let (store, mut redis) = (Store::postgres().await, Redis::start().await);
    let url = redis.url();
    let together = |config: &mut server::config::Config| {
        config.redis_url = Some(url.clone());
        config.presence.grace = Duration::from_millis(100);
        // Longer than nodes are silent between two beats.
        config.presence.silence = Duration::from_secs(7);
    };
    let one = TestServer::on(&store, together).await;
    let two = TestServer::on(&store, together).await;
    let (ada, mut bob) = (one.with_user("ada").await, two.with_user("bob").await);
    let mut bobs = bob.live().await;
    let id = bobs.user;
    let mut adas = Watcher::new(&ada, &[id]).await;
    adas.sees(id, Presence::Online).await;
    bobs.say(&ClientFrame::Activity { active: false }).await;
    adas.sees(id, Presence::Away).await;
    bob.post("/", "/api/set_availability", &[("availability", "busy")]).await;
    adas.sees(id, Presence::Busy).await;
    bob.post("/", "/api/set_availability", &[("availability", "automatic")]).await;
    // A second device, at the other node.
    let at_one = bob.at(one.address).live().await;
    adas.sees(id, Presence::Online).await;
    drop(bobs);
    drop(at_one);
    adas.sees(id, Presence::Offline).await;

    // A node that starts later learns who is there already.
    let _bobs = bob.live().await;
    let three = TestServer::on(&store, together).await;
    let mut adas_at_three = Watcher::new(&ada.at(three.address), &[id]).await;
    adas_at_three.sees(id, Presence::Online).await;

    // What may be seen is taken back at every node.
    adas.sees(id, Presence::Online).await;
    let me = adas.live.user;
    store.execute(&format!("INSERT INTO blocks VALUES ('{id}', '{me}', 0)")).await;
    two.domain.presence().relationship_changed(id, me);
    for watcher in [&mut adas, &mut adas_at_three] {
        assert_eq!(watcher.sees(id, Presence::Offline).await, UserPresence::hidden(id));
    }
    store.execute("DELETE FROM blocks").await;
    two.domain.presence().relationship_changed(id, me);
    adas.sees(id, Presence::Online).await;

    // Without Redis every node has its own people; with it, all.
    redis.stop();
    adas.sees(id, Presence::Offline).await;
    let own = Watcher::new(&ada.at(two.address), &[id]).await.sees(id, Presence::Online).await;
    assert_eq!(own.id, id);
    redis.restart().await;
    adas.sees(id, Presence::Online).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_killed_leaves_no_ghosts() {
    let (store, redis) = (Store::postgres().await, Redis::start().await);
    let folder = tempfile::tempdir().unwrap();
    let url = redis.url();
    let survivor = TestServer::on(&store, |config| {
        config.redis_url = Some(url.clone());
        // The other has the timing that operators get.
        config.presence.silence = Duration::from_secs(7);
    })
    .await;
    let database = store.url();
    let victim =
        Program::start_with(folder.path(), &[("DATABASE_URL", database.as_str()), ("REDIS_URL", url.as_str())]).await;
    let (ada, bob) = (survivor.with_user("ada").await, survivor.with_user("bob").await);
    let bobs = bob.at(victim.address).live().await;
    let mut adas = Watcher::new(&ada, &[bobs.user]).await;
    adas.sees(bobs.user, Presence::Online).await;
    victim.kill();
    adas.sees(bobs.user, Presence::Offline).await;
    // Whoever comes back is there at once.
    let _back = bob.live().await;
    adas.sees(bobs.user, Presence::Online).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_there_after_a_crash_until_they_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path()).await;
    let (mut ada, mut bob) = (program.browser(), program.browser());
    ada.sign_up("ada").await;
    bob.sign_up("bob").await;
    let bobs = bob.live().await;
    let id = bobs.user;
    Watcher::new(&ada, &[id]).await.sees(id, Presence::Online).await;
    program.kill();
    let program = Program::start(folder.path()).await;
    let (ada, bob) = (ada.at(program.address), bob.at(program.address));
    let mut adas = Watcher::new(&ada, &[id]).await;
    adas.sees(id, Presence::Offline).await;
    let _back = bob.live().await;
    adas.sees(id, Presence::Online).await;
}

#[test]
fn what_operators_get_is_what_is_promised() {
    let config = config(&Store::sqlite());
    let (socket, presence) = (config.timing, config.presence);
    let promised = Duration::from_millis(protocol::limits::PRESENCE_STALE_MAX_MS);
    assert!(socket.silence + socket.ping + presence.grace < promised, "a dead peer");
    assert!(presence.silence < promised, "a dead node");
}
