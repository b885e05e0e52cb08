//! The outgoing queue of several tabs that share a storage, against a server and broken connections.

use std::collections::BTreeMap;

use proptest::prelude::*;
use protocol::{ConversationId, Error, ErrorKind, Field, MessageId, live::ClientFrame};

use crate::live::outbox::{Delivery, KEY_START, Outbox, Outgoing};

fn conversation(n: u8) -> ConversationId {
    ConversationId::from_parts(1, &[n; 10])
}

/// The frames that a tab's socket still carries, each way in order.
#[derive(Default)]
struct Tab {
    outbox: Outbox,
    online: bool,
    up: Vec<ClientFrame>,
    down: Vec<Result<MessageId, (MessageId, Error)>>,
    /// Storage events that this tab has not received yet.
    told: Vec<(String, Option<String>)>,
}

#[derive(Default)]
struct World {
    now: i64,
    random: u8,
    tabs: Vec<Tab>,
    storage: BTreeMap<String, String>,
    /// The messages that the server stored, in order.
    stored: Vec<(ConversationId, MessageId)>,
    /// Every message that was written, with its conversation and tab, in order.
    written: Vec<(u32, ConversationId, MessageId)>,
    given_up: Vec<MessageId>,
    refused: Vec<MessageId>,
    tabs_made: u32,
    names: Vec<u32>,
}

#[derive(Clone, Debug)]
enum Step {
    Open,
    Close(u8),
    Write(u8, u8),
    Connect(u8),
    Disconnect(u8),
    Flush(u8),
    /// The server takes a frame; the verdict decides how it answers if the message is new.
    Serve(u8, u8),
    Answer(u8),
    Tell(u8),
    Retry(u8),
    Discard(u8),
    Wait(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let tab = any::<u8>;
    prop_oneof![
        1 => Just(Step::Open),
        1 => tab().prop_map(Step::Close),
        6 => (tab(), 0_u8..2).prop_map(|(tab, n)| Step::Write(tab, n)),
        3 => tab().prop_map(Step::Connect),
        2 => tab().prop_map(Step::Disconnect),
        6 => tab().prop_map(Step::Flush),
        6 => (tab(), 0_u8..10).prop_map(|(tab, verdict)| Step::Serve(tab, verdict)),
        6 => tab().prop_map(Step::Answer),
        4 => tab().prop_map(Step::Tell),
        1 => tab().prop_map(Step::Retry),
        1 => tab().prop_map(Step::Discard),
        3 => (0_u16..5_000).prop_map(Step::Wait),
    ]
}

impl World {
    fn keep(&mut self, index: usize, id: MessageId) {
        // Like the client: messages in the queue are stored in the browser, others are removed.
        let key = Outgoing::key(id);
        let value = self.tabs[index].outbox.get(id).and_then(Outgoing::encode);
        match &value {
            Some(value) => self.storage.insert(key.clone(), value.clone()),
            None => self.storage.remove(&key),
        };
        for (other, tab) in self.tabs.iter_mut().enumerate() {
            if other != index {
                tab.told.push((key.clone(), value.clone()));
            }
        }
    }

    fn adopt(&mut self, index: usize) {
        let tab = &mut self.tabs[index];
        for (key, value) in &self.storage {
            if let Some(kept) = Outgoing::decode(key, value) {
                tab.outbox.adopt(kept);
            }
        }
    }

    fn open(&mut self) {
        self.tabs.push(Tab::default());
        self.names.push(self.tabs_made);
        self.tabs_made += 1;
        self.adopt(self.tabs.len() - 1);
    }

    fn serve(&mut self, index: usize, verdict: u8) {
        let tab = &mut self.tabs[index];
        if tab.up.is_empty() {
            return;
        }
        let ClientFrame::Send { id, conversation, .. } = tab.up.remove(0) else { return };
        let answer = if self.stored.contains(&(conversation, id)) {
            Ok(id)
        } else {
            match verdict {
                0 => Err((id, ErrorKind::Unavailable.into())),
                1 => Err((id, ErrorKind::RateLimited { retry_after: 2 }.into())),
                2 => {
                    self.refused.push(id);
                    Err((id, ErrorKind::Forbidden.on(Field::Request)))
                }
                _ => {
                    self.stored.push((conversation, id));
                    Ok(id)
                }
            }
        };
        tab.down.push(answer);
    }

    fn answer(&mut self, index: usize) {
        if self.tabs[index].down.is_empty() {
            return;
        }
        let (now, random) = (self.now, f64::from(self.random) / 256.0);
        let tab = &mut self.tabs[index];
        let id = match tab.down.remove(0) {
            Ok(id) => {
                tab.outbox.stored(id);
                id
            }
            Err((id, error)) => {
                tab.outbox.rejected(id, error, now, random);
                id
            }
        };
        self.keep(index, id);
    }

    fn flush(&mut self, index: usize) {
        let tab = &mut self.tabs[index];
        if tab.online {
            let frames = tab.outbox.due(self.now);
            tab.up.extend(frames);
        }
    }

    fn disconnect(tab: &mut Tab, reaches: bool) -> Vec<ClientFrame> {
        tab.online = false;
        tab.outbox.disconnected();
        tab.down.clear();
        let up = std::mem::take(&mut tab.up);
        if reaches { up } else { vec![] }
    }

    fn step(&mut self, step: Step) {
        self.random = self.random.wrapping_mul(31).wrapping_add(7);
        self.now += 1;
        let tabs = self.tabs.len();
        let index = |nth: u8| usize::from(nth).checked_rem(tabs);
        let pick = |tab: &Tab| {
            let failed = |entry: &&Outgoing| matches!(entry.delivery, Delivery::Failed(_));
            tab.outbox.entries().iter().find(failed).map(|entry| entry.id)
        };
        match step {
            Step::Open if tabs < 3 => self.open(),
            Step::Open => {}
            Step::Wait(millis) => self.now += i64::from(millis),
            Step::Close(nth) => {
                if let Some(index) = index(nth) {
                    self.tabs.remove(index);
                    self.names.remove(index);
                }
            }
            Step::Write(nth, n) => {
                if let Some(index) = index(nth) {
                    let random = [self.random; 10];
                    let now = self.now;
                    let id = self.tabs[index].outbox.push(conversation(n), n.to_string(), now, &random);
                    self.written.push((self.names[index], conversation(n), id));
                    self.keep(index, id);
                }
            }
            Step::Connect(nth) => {
                if let Some(index) = index(nth) {
                    self.tabs[index].online = true;
                    self.adopt(index);
                }
            }
            Step::Disconnect(nth) => {
                if let Some(index) = index(nth) {
                    let reaches = nth % 2 == 0;
                    let on_its_way = Self::disconnect(&mut self.tabs[index], reaches);
                    self.tabs[index].up = on_its_way;
                    // Frames that were sent before the break are served; the responses are lost.
                    while !self.tabs[index].up.is_empty() {
                        self.serve(index, 9);
                    }
                    self.tabs[index].down.clear();
                }
            }
            Step::Flush(nth) => {
                if let Some(index) = index(nth) {
                    self.flush(index);
                }
            }
            Step::Serve(nth, verdict) => {
                if let Some(index) = index(nth) {
                    self.serve(index, verdict);
                }
            }
            Step::Answer(nth) => {
                if let Some(index) = index(nth) {
                    self.answer(index);
                }
            }
            Step::Tell(nth) => {
                if let Some(index) = index(nth) {
                    self.tell(index);
                }
            }
            Step::Retry(nth) => {
                if let Some(index) = index(nth)
                    && let Some(id) = pick(&self.tabs[index])
                {
                    assert!(self.tabs[index].outbox.retry(id));
                    self.keep(index, id);
                }
            }
            Step::Discard(nth) => {
                if let Some(index) = index(nth)
                    && let Some(id) = pick(&self.tabs[index])
                {
                    assert!(self.tabs[index].outbox.discard(id));
                    self.given_up.push(id);
                    self.keep(index, id);
                }
            }
        }
    }

    fn tell(&mut self, index: usize) {
        if self.tabs[index].told.is_empty() {
            return;
        }
        let (key, value) = self.tabs[index].told.remove(0);
        match value {
            // A message is adopted after a delay, if it is still there; here the delay is over.
            Some(_) => {
                if let Some(kept) = self.storage.get(&key).and_then(|value| Outgoing::decode(&key, value)) {
                    self.tabs[index].outbox.adopt(kept);
                }
            }
            None => {
                if let Some(id) = Outgoing::id_of(&key) {
                    self.tabs[index].outbox.dropped_elsewhere(id);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases * 2, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    /// Every message is stored exactly once, and those of a conversation in the order in which a tab wrote them, for
    /// any sequence of disconnects, lost responses, refusals and tabs that come and go.
    #[test]
    fn exactly_once_in_order(steps in prop::collection::vec(step(), 0..150)) {
        let mut world = World::default();
        world.open();
        for step in steps {
            world.step(step);
            for tab in &world.tabs {
                let sending = |n| tab.outbox.entries().iter()
                    .filter(|entry| entry.conversation == conversation(n) && entry.delivery == Delivery::Sending)
                    .count();
                prop_assert!(sending(0) <= 1 && sending(1) <= 1);
            }
        }
        // All tabs are closed, one is opened, the connection holds, and the user retries the refused messages.
        world.tabs.clear();
        world.names.clear();
        world.open();
        world.tabs[0].online = true;
        for _ in 0..2_000 {
            world.now += 60_000;
            let failed: Vec<_> = world.tabs[0].outbox.entries().iter()
                .filter(|entry| matches!(entry.delivery, Delivery::Failed(_))).map(|entry| entry.id).collect();
            for id in failed {
                world.tabs[0].outbox.retry(id);
            }
            world.flush(0);
            world.serve(0, 9);
            world.answer(0);
        }
        prop_assert!(world.tabs[0].outbox.entries().is_empty());
        prop_assert!(world.storage.is_empty());
        for (_, conversation, id) in &world.written {
            let times = world.stored.iter().filter(|stored| **stored == (*conversation, *id)).count();
            prop_assert!(times == 1 || (times == 0 && world.given_up.contains(id)));
        }
        // A message that was refused once is stored when the user retries it, not at its old position.
        let in_order = |name: u32, n: u8| world.written.iter()
            .filter(|(tab, to, id)| *tab == name && *to == conversation(n)
                && !world.refused.contains(id) && !world.given_up.contains(id))
            .map(|(_, _, id)| *id).collect::<Vec<_>>();
        for (name, n) in (0..world.tabs_made).flat_map(|name| [(name, 0), (name, 1)]) {
            let written = in_order(name, n);
            let stored: Vec<_> = world.stored.iter().map(|(_, id)| *id).filter(|id| written.contains(id)).collect();
            prop_assert_eq!(stored, written);
        }
    }

    #[test]
    fn what_is_kept_comes_back(body in any::<String>(), at in 0_i64..1 << 48, random: [u8; 10], failed: bool) {
        let delivery = if failed { Delivery::Failed(ErrorKind::NotFound.into()) } else { Delivery::Queued };
        let id = MessageId::from_parts(at, &random);
        let outgoing = Outgoing { id, conversation: conversation(0), body, at, delivery };
        prop_assert_eq!(Outgoing::decode(&Outgoing::key(id), &outgoing.encode().unwrap()), Some(outgoing));
    }

    #[test]
    fn garbage_is_nothing(key in ".{0,60}", value in ".{0,60}") {
        prop_assert_eq!(Outgoing::decode(&format!("{KEY_START}{key}"), &value), None);
    }
}

#[test]
fn order_holds_whatever_the_clock_does() {
    let mut outbox = Outbox::default();
    let ids: Vec<_> = [5, 5, 3, 900].map(|now| outbox.push(conversation(0), "x".into(), now, &[9; 10])).into();
    assert!(ids.is_sorted());
    assert_eq!(outbox.entries().iter().map(|entry| entry.id).collect::<Vec<_>>(), ids);
}

#[test]
fn not_now_stops_the_line_and_no_other() {
    let mut outbox = Outbox::default();
    let first = outbox.push(conversation(0), "1".into(), 0, &[0; 10]);
    let second = outbox.push(conversation(0), "2".into(), 0, &[0; 10]);
    let other = outbox.push(conversation(1), "3".into(), 0, &[0; 10]);
    let ids = |frames: Vec<ClientFrame>| {
        let id = |frame| if let ClientFrame::Send { id, .. } = frame { Some(id) } else { None };
        frames.into_iter().filter_map(id).collect::<Vec<_>>()
    };
    assert_eq!(ids(outbox.due(10)), [first, other]);
    assert!(!outbox.rejected(first, ErrorKind::RateLimited { retry_after: 3 }.into(), 10, 1.0));
    assert_eq!(outbox.wake_at(), Some(3_510));
    assert!(ids(outbox.due(3_509)).is_empty());
    assert_eq!(ids(outbox.due(3_510)), [first]);
    assert!(outbox.rejected(first, ErrorKind::Forbidden.into(), 3_600, 1.0));
    assert_eq!(ids(outbox.due(3_600)), [second]);
    assert!(!outbox.discard(second), "it may be stored already");
    assert!(outbox.discard(first) && outbox.stored(other) && !outbox.stored(other));
    assert_eq!(outbox.wake_at(), None);
    assert!(!outbox.rejected(second, ErrorKind::Unauthenticated.into(), 3_600, 1.0), "the session ended, not the text");
    assert_eq!(outbox.get(second).unwrap().delivery, Delivery::Queued);
}

#[test]
fn what_the_browser_refused_to_keep_is_known_as_long_as_it_waits() {
    let mut outbox = Outbox::default();
    let ids: Vec<_> = (0..3).map(|n| outbox.push(conversation(n), "x".into(), 0, &[n; 10])).collect();
    let unkept = |outbox: &Outbox| {
        let mut unkept: Vec<_> = outbox.unkept().collect();
        unkept.sort();
        unkept
    };
    outbox.note_kept(ids[0], false);
    outbox.note_kept(ids[1], false);
    outbox.note_kept(ids[2], true);
    assert_eq!(unkept(&outbox), ids[..2]);
    // Another message is stored, and its stored copy is removed without trouble.
    assert!(outbox.stored(ids[2]));
    outbox.note_kept(ids[2], true);
    assert_eq!(unkept(&outbox), ids[..2]);
    assert!(outbox.discard(ids[0]));
    assert_eq!(unkept(&outbox), ids[1..2]);
    outbox.note_kept(ids[1], true);
    assert_eq!(unkept(&outbox), []);
}

#[test]
fn being_told_to_wait_makes_no_wait_longer_than_the_server_said() {
    let mut outbox = Outbox::default();
    let id = outbox.push(conversation(0), "1".into(), 0, &[0; 10]);
    let mut now = 0;
    for _ in 0..20 {
        assert_eq!(outbox.due(now).len(), 1);
        assert!(!outbox.rejected(id, ErrorKind::RateLimited { retry_after: 1 }.into(), now, 1.0));
        assert_eq!(outbox.wake_at(), Some(now + 1_500));
        now += 1_500;
    }
    assert_eq!(outbox.get(id).unwrap().delivery, Delivery::Queued, "it is kept");
}
