//! Several nodes, a connection between them that loses messages, and users who come and go: in the end every node is
//! right.

use proptest::prelude::*;

use super::*;

const GRACE: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(20);
const NODES: usize = 3;
const PEOPLE: u8 = 4;

fn person(n: u8) -> UserId {
    UserId::from_parts(i64::from(n), &[n; 10])
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn node_id(n: u128) -> NodeId {
    Uuid::from_u128(n)
}

#[test]
fn a_reload_is_not_seen() {
    let mut roster = Roster::default();
    assert!(roster.joined(person(1)));
    assert!(!roster.left(person(1), true, at(10)));
    assert_eq!(roster.settle(at(14), GRACE), (vec![], vec![]));
    assert!(!roster.joined(person(1)));
    assert_eq!(roster.settle(at(60), GRACE), (vec![], vec![]));
    // The grace period begins when the last socket closes.
    roster.left(person(1), true, at(70));
    roster.joined(person(1));
    roster.left(person(1), true, at(73));
    assert_eq!(roster.settle(at(75), GRACE), (vec![], vec![]));
    assert_eq!(roster.activity(person(1)), Some(Activity::Active));
    assert_eq!(roster.settle(at(78), GRACE), (vec![person(1)], vec![person(1)]));
    assert_eq!(roster.activity(person(1)), None);
    assert!(roster.here.is_empty() && roster.leaving.is_empty());
}

#[test]
fn several_tabs_are_one_person() {
    let mut roster = Roster::default();
    assert!(roster.joined(person(1)));
    assert!(!roster.joined(person(1)));
    assert!(!roster.turned(person(1), false), "the other is active");
    assert!(!roster.left(person(1), false, at(1)));
    assert!(roster.turned(person(1), false));
    assert_eq!(roster.activity(person(1)), Some(Activity::Idle));
    assert!(roster.joined(person(1)));
    assert!(roster.left(person(1), true, at(2)), "the idle one is what is left");
    assert_eq!(roster.connected(), [person(1)]);
}

#[test]
fn a_silent_node_has_nobody_and_who_is_elsewhere_too_stays() {
    let (mut roster, one, two) = (Roster::default(), node_id(1), node_id(2));
    let everybody = |people: &[u8]| NodeMessage::Snapshot {
        rev: 1,
        people: people.iter().map(|n| (person(*n), Activity::Active)).collect(),
    };
    assert_eq!(roster.hear(one, everybody(&[1, 2]), at(0)).len(), 2);
    assert_eq!(roster.hear(two, everybody(&[2, 3]), at(10)), [person(3)]);
    roster.heard(two, at(15));
    assert!(roster.forget_silent(at(19), SILENCE).is_empty());
    assert_eq!(roster.forget_silent(at(20), SILENCE), [person(1)]);
    assert_eq!((roster.activity(person(1)), roster.activity(person(2))), (None, Some(Activity::Active)));
    assert!(roster.forget_silent(at(34), SILENCE).is_empty());
    assert_eq!(roster.forget_silent(at(35), SILENCE).len(), 2);
}

#[test]
fn what_was_missed_is_asked_for_until_it_is_there() {
    let (mut roster, one) = (Roster::default(), node_id(1));
    let changed = |rev| NodeMessage::Delta { rev, people: vec![(person(1), Some(Activity::Idle))] };
    // A node whose first message arrives.
    roster.heard(one, at(0));
    assert_eq!(roster.due_requests(at(0)), [one]);
    assert!(roster.due_requests(at(1)).is_empty());
    assert_eq!(roster.due_requests(at(2)), [one]);
    roster.hear(one, NodeMessage::Snapshot { rev: 3, people: vec![] }, at(2));
    assert!(roster.due_requests(at(9)).is_empty());
    assert_eq!(roster.hear(one, changed(4), at(9)), [person(1)]);
    roster.hear(one, NodeMessage::Heartbeat { rev: 4 }, at(9));
    assert!(roster.due_requests(at(9)).is_empty());
    // A gap between changes, and a heartbeat that reveals one.
    roster.hear(one, changed(6), at(10));
    assert_eq!(roster.due_requests(at(10)), [one]);
    roster.hear(one, NodeMessage::Snapshot { rev: 6, people: vec![(person(1), Activity::Idle)] }, at(10));
    roster.hear(one, NodeMessage::Heartbeat { rev: 7 }, at(11));
    assert_eq!(roster.due_requests(at(11)), [one]);
}

/// An event in the simulation.
#[derive(Clone, Debug)]
enum Step {
    Join {
        node: usize,
        person: u8,
    },
    Turn {
        node: usize,
        socket: usize,
    },
    Leave {
        node: usize,
        socket: usize,
    },
    /// The node sends its changes; the nodes whose bit is set in `missed` do not receive them.
    Say {
        node: usize,
        missed: u8,
    },
    Wait {
        seconds: u64,
    },
    /// The node dies, and another starts in its place.
    Die {
        node: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let node = 0..NODES;
    prop_oneof![
        4 => (node.clone(), 0..PEOPLE).prop_map(|(node, person)| Step::Join { node, person }),
        3 => (node.clone(), any::<usize>()).prop_map(|(node, socket)| Step::Turn { node, socket }),
        3 => (node.clone(), any::<usize>()).prop_map(|(node, socket)| Step::Leave { node, socket }),
        4 => (node.clone(), any::<u8>()).prop_map(|(node, missed)| Step::Say { node, missed }),
        2 => (1..8_u64).prop_map(|seconds| Step::Wait { seconds }),
        1 => node.prop_map(|node| Step::Die { node }),
    ]
}

/// The true state of a node, next to its roster.
#[derive(Debug)]
struct Real {
    id: NodeId,
    roster: Roster,
    sockets: Vec<(u8, bool)>,
}

#[derive(Debug)]
struct World {
    nodes: Vec<Real>,
    born: u128,
    now: Duration,
}

impl World {
    fn new() -> Self {
        let mut world = Self { nodes: Vec::new(), born: 0, now: Duration::ZERO };
        (0..NODES).for_each(|_| {
            let node = world.birth();
            world.nodes.push(node);
        });
        world
    }

    fn birth(&mut self) -> Real {
        self.born += 1;
        Real { id: node_id(self.born), roster: Roster::default(), sockets: Vec::new() }
    }

    fn take(&mut self, step: Step) {
        let now = self.now;
        match step {
            Step::Join { node, person: who } => {
                self.nodes[node].sockets.push((who, true));
                self.nodes[node].roster.joined(person(who));
            }
            Step::Turn { node, socket } => {
                let Real { sockets, roster, .. } = &mut self.nodes[node];
                if let Some(index) = socket.checked_rem(sockets.len()) {
                    sockets[index].1 = !sockets[index].1;
                    roster.turned(person(sockets[index].0), sockets[index].1);
                }
            }
            Step::Leave { node, socket } => {
                let Real { sockets, roster, .. } = &mut self.nodes[node];
                if let Some(index) = socket.checked_rem(sockets.len()) {
                    let (who, active) = sockets.swap_remove(index);
                    roster.left(person(who), active, now);
                }
            }
            Step::Say { node, missed } => {
                if let Some(word) = self.nodes[node].roster.say() {
                    self.tell(node, &word, missed);
                }
            }
            Step::Wait { seconds } => self.wait(seconds),
            Step::Die { node } => self.nodes[node] = self.birth(),
        }
    }

    fn tell(&mut self, from: usize, word: &NodeMessage, missed: u8) {
        let id = self.nodes[from].id;
        for to in (0..NODES).filter(|to| *to != from && missed & (1 << to) == 0) {
            self.nodes[to].roster.hear(id, word.clone(), self.now);
        }
    }

    fn wait(&mut self, seconds: u64) {
        self.now += at(seconds);
        for node in &mut self.nodes {
            node.roster.settle(self.now, GRACE);
            node.roster.forget_silent(self.now, SILENCE);
        }
    }

    /// Waits long enough for everything to settle, with a connection that loses nothing.
    fn calm_down(&mut self) {
        for _ in 0..8 {
            self.wait(3);
            for from in 0..NODES {
                let words = self.nodes[from].roster.say().into_iter().chain([self.nodes[from].roster.heartbeat()]);
                words.collect::<Vec<_>>().iter().for_each(|word| self.tell(from, word, 0));
            }
            for asking in 0..NODES {
                for asked in self.nodes[asking].roster.due_requests(self.now) {
                    if let Some(answer) = self.nodes.iter().find(|node| node.id == asked).map(|n| n.roster.snapshot()) {
                        self.nodes[asking].roster.hear(asked, answer, self.now);
                    }
                }
            }
        }
    }

    fn truth(&self, who: u8) -> Option<Activity> {
        let sockets = self.nodes.iter().flat_map(|node| &node.sockets);
        sockets.filter(|(person, _)| *person == who).map(|(_, active)| Activity::of(*active)).max()
    }
}

proptest! {
    #[test]
    fn in_the_end_every_node_is_right(steps in prop::collection::vec(step(), 0..120)) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
        }
        world.calm_down();
        for node in &world.nodes {
            for who in 0..PEOPLE {
                prop_assert_eq!(node.roster.activity(person(who)), world.truth(who));
            }
            prop_assert_eq!(node.roster.nodes.len(), NODES - 1, "the dead are forgotten");
        }
    }

    #[test]
    fn a_node_says_of_whom_a_change_is_seen_and_of_nobody_else(steps in prop::collection::vec(step(), 0..80)) {
        // A single node: the methods return exactly the difference.
        let mut roster = Roster::default();
        let (mut sockets, mut now) = (Vec::new(), Duration::ZERO);
        for step in steps {
            let before: Vec<_> = (0..PEOPLE).map(|who| roster.activity(person(who))).collect();
            let changed: Vec<UserId> = match step {
                Step::Join { person: who, .. } => {
                    sockets.push((who, true));
                    roster.joined(person(who)).then(|| person(who)).into_iter().collect()
                }
                Step::Turn { socket, .. } if !sockets.is_empty() => {
                    let index = socket % sockets.len();
                    let (who, active) = &mut sockets[index];
                    *active = !*active;
                    roster.turned(person(*who), *active).then(|| person(*who)).into_iter().collect()
                }
                Step::Leave { socket, .. } if !sockets.is_empty() => {
                    let (who, active) = sockets.swap_remove(socket % sockets.len());
                    roster.left(person(who), active, now).then(|| person(who)).into_iter().collect()
                }
                Step::Wait { seconds } => {
                    now += at(seconds);
                    roster.settle(now, GRACE).1
                }
                _ => vec![],
            };
            for who in 0..PEOPLE {
                let differs = roster.activity(person(who)) != before[usize::from(who)];
                prop_assert_eq!(changed.contains(&person(who)), differs);
            }
        }
    }
}
