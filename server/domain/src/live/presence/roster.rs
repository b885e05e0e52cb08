//! Who is where.
//!
//! A person is there as long as one of their sockets is, on whichever node. Each node counts its own sockets and tells
//! the others when somebody comes, goes, or begins or ceases to be active. It numbers what it tells: a node that
//! missed something finds out with the next change or beat, and asks for everybody. Of a node that fell silent nobody
//! is there any more.
//!
//! Nothing here does I/O or asks a clock. Moments are handed in, as the time since this node started.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use protocol::UserId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A node, from its start to its end.
pub type NodeId = Uuid;

/// A node that does not answer is asked again after this time.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// Whether somebody is in front of a person's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// They are open, and nothing happens.
    Idle,
    /// Something happens in one of them.
    Active,
}

impl Activity {
    const fn of(active: bool) -> Self {
        if active { Self::Active } else { Self::Idle }
    }
}

/// What nodes tell each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeMessage {
    /// It lives, and this was its last change.
    Heartbeat {
        /// The change's number.
        rev: u64,
    },
    /// These people came, went, or are otherwise active than before.
    Delta {
        /// One more than the change before.
        rev: u64,
        /// Each as they now are on that node.
        people: Vec<(UserId, Option<Activity>)>,
    },
    /// Everybody who is on that node.
    Snapshot {
        /// The last change that is in it.
        rev: u64,
        /// Each as they are on that node.
        people: Vec<(UserId, Activity)>,
    },
    /// Asks for everybody.
    SnapshotRequest {
        /// Which node; none for all of them.
        of: Option<NodeId>,
    },
    /// It ends, and everything that it published was carried. A node that ends without it leaves the others in doubt.
    Bye,
}

/// Who is where, as one node knows it.
#[derive(Debug, Default)]
pub struct Roster {
    here: HashMap<UserId, LocalPresence>,
    /// Those whose last socket here closed, in that order. Some of them may have come back.
    leaving: VecDeque<(Duration, UserId)>,
    /// The number of the last change that the others were told.
    rev: u64,
    /// Who changed here since.
    unsaid: HashSet<UserId>,
    nodes: HashMap<NodeId, Node>,
    /// A node fell silent without a goodbye.
    missed: bool,
}

/// A person's sockets on this node.
#[derive(Clone, Copy, Debug, Default)]
struct LocalPresence {
    active: u32,
    idle: u32,
    /// When the last one closed, and how it was.
    left: Option<(Duration, Activity)>,
}

impl LocalPresence {
    fn activity(self) -> Option<Activity> {
        match self {
            Self { active: 1.., .. } => Some(Activity::Active),
            Self { idle: 1.., .. } => Some(Activity::Idle),
            Self { left, .. } => left.map(|(_, activity)| activity),
        }
    }

    fn count(&mut self, active: bool) -> &mut u32 {
        if active { &mut self.active } else { &mut self.idle }
    }
}

/// Another node.
#[derive(Debug)]
struct Node {
    heard: Duration,
    /// The last change that is known, unless one is missing.
    rev: Option<u64>,
    asked: Option<Duration>,
    people: HashMap<UserId, Activity>,
    /// It said goodbye, and nothing but what is left of presence came after that.
    is_leaving: bool,
}

impl Roster {
    /// Whether a person is there, and how; on any node.
    pub fn activity(&self, user: UserId) -> Option<Activity> {
        let here = self.here.get(&user).and_then(|here| here.activity());
        self.nodes.values().filter_map(|node| node.people.get(&user).copied()).chain(here).max()
    }

    /// Those with sockets here.
    pub fn connected(&self) -> Vec<UserId> {
        self.here.iter().filter(|(_, here)| here.left.is_none()).map(|(user, _)| *user).collect()
    }

    /// A socket opened; it counts as active. Says whether that is seen.
    pub fn joined(&mut self, user: UserId) -> bool {
        self.change(user, |here| {
            here.active += 1;
            here.left = None;
        })
    }

    /// A socket that was otherwise is now active, or is not. Says whether that is seen.
    pub fn turned(&mut self, user: UserId, active: bool) -> bool {
        self.change(user, |here| {
            let before = here.count(!active);
            if *before > 0 {
                *before -= 1;
                *here.count(active) += 1;
            }
        })
    }

    /// A socket closed. Nothing of it is seen before [`settle`](Self::settle), unless an idle one is left.
    pub fn left(&mut self, user: UserId, active: bool, now: Duration) -> bool {
        let mut leaves = false;
        let seen = self.change(user, |here| {
            *here.count(active) = here.count(active).saturating_sub(1);
            if (here.active, here.idle) == (0, 0) && here.left.is_none() {
                here.left = Some((now, Activity::of(active)));
                leaves = true;
            }
        });
        if leaves {
            self.leaving.push_back((now, user));
        }
        seen
    }

    /// Lets those go whose last socket closed a while ago and who did not come back. Returns them, and those of whom
    /// it is seen.
    pub fn settle(&mut self, now: Duration, grace: Duration) -> (Vec<UserId>, Vec<UserId>) {
        let (mut gone, mut seen) = (Vec::new(), Vec::new());
        while let Some((at, user)) = self.leaving.front().copied()
            && at + grace <= now
        {
            self.leaving.pop_front();
            // Who came back and left again stands in the line a second time.
            let is_meant = |here: &LocalPresence| here.left.is_some_and(|(left, _)| left == at);
            if self.here.get(&user).is_some_and(is_meant) {
                if self.change(user, |here| here.left = None) {
                    seen.push(user);
                }
                gone.push(user);
            }
        }
        (gone, seen)
    }

    /// Whether a node fell silent without a goodbye: what it last did, it may not have told. Said once.
    pub const fn take_missed(&mut self) -> bool {
        std::mem::replace(&mut self.missed, false)
    }

    /// Forgets nodes that were silent for so long. Returns of whom that is seen.
    pub fn forget_silent(&mut self, now: Duration, silence: Duration) -> Vec<UserId> {
        let is_silent = |node: &Node| node.heard + silence <= now;
        let silent: Vec<NodeId> = self.nodes.iter().filter(|(_, node)| is_silent(node)).map(|(id, _)| *id).collect();
        let mut seen = Vec::new();
        for id in silent {
            let Some(node) = self.nodes.remove(&id) else { continue };
            self.missed |= !node.is_leaving;
            let was = |user: &UserId, then: Activity| Some(then) > self.activity(*user);
            seen.extend(node.people.into_iter().filter(|(user, then)| was(user, *then)).map(|(user, _)| user));
        }
        seen
    }

    /// Something came from another node.
    pub fn heard(&mut self, node: NodeId, now: Duration) {
        self.node(node, now).is_leaving = false;
    }

    /// What another node said. Returns of whom that is seen.
    pub fn hear(&mut self, from: NodeId, word: NodeMessage, now: Duration) -> Vec<UserId> {
        let node = self.node(from, now);
        let people: Vec<(UserId, Option<Activity>)> = match word {
            NodeMessage::SnapshotRequest { .. } => return Vec::new(),
            NodeMessage::Bye => {
                node.is_leaving = true;
                return Vec::new();
            }
            NodeMessage::Heartbeat { rev } => {
                node.rev = node.rev.filter(|known| *known == rev);
                return Vec::new();
            }
            NodeMessage::Delta { rev, people } => {
                // What comes after a gap is true all the same.
                node.rev = node.rev.filter(|known| known.checked_add(1) == Some(rev)).map(|_| rev);
                people
            }
            NodeMessage::Snapshot { rev, people } => {
                (node.rev, node.asked) = (Some(rev), None);
                let there: HashMap<UserId, Activity> = people.into_iter().collect();
                let gone: Vec<_> = node.people.keys().filter(|user| !there.contains_key(user)).copied().collect();
                let there = there.into_iter().map(|(user, activity)| (user, Some(activity)));
                gone.into_iter().map(|user| (user, None)).chain(there).collect()
            }
        };
        people.into_iter().filter(|(user, activity)| self.put(from, *user, *activity)).map(|(user, _)| user).collect()
    }

    /// Nodes of which something is missing, to be asked now.
    pub fn to_ask(&mut self, now: Duration) -> Vec<NodeId> {
        let mut ask = Vec::new();
        for (id, node) in &mut self.nodes {
            if node.rev.is_none() && node.asked.is_none_or(|at| at + ASK_AGAIN <= now) {
                node.asked = Some(now);
                ask.push(*id);
            }
        }
        ask
    }

    /// What the others are to be told, if something changed here.
    pub fn say(&mut self) -> Option<NodeMessage> {
        if self.unsaid.is_empty() {
            return None;
        }
        self.rev += 1;
        let said = std::mem::take(&mut self.unsaid).into_iter();
        let now = |user: UserId| (user, self.here.get(&user).and_then(|here| here.activity()));
        Some(NodeMessage::Delta { rev: self.rev, people: said.map(now).collect() })
    }

    /// Everybody here, for who asks.
    pub fn snapshot(&self) -> NodeMessage {
        let people = self.here.iter().filter_map(|(user, here)| Some((*user, here.activity()?)));
        NodeMessage::Snapshot { rev: self.rev, people: people.collect() }
    }

    /// That this node lives.
    pub const fn heartbeat(&self) -> NodeMessage {
        NodeMessage::Heartbeat { rev: self.rev }
    }

    fn change(&mut self, user: UserId, change: impl FnOnce(&mut LocalPresence)) -> bool {
        let seen = self.activity(user);
        let here = self.here.entry(user).or_default();
        let before = here.activity();
        change(here);
        let after = here.activity();
        if after.is_none() {
            self.here.remove(&user);
        }
        if before != after {
            self.unsaid.insert(user);
        }
        self.activity(user) != seen
    }

    fn put(&mut self, node: NodeId, user: UserId, activity: Option<Activity>) -> bool {
        let seen = self.activity(user);
        if let Some(node) = self.nodes.get_mut(&node) {
            match activity {
                Some(activity) => node.people.insert(user, activity),
                None => node.people.remove(&user),
            };
        }
        self.activity(user) != seen
    }

    fn node(&mut self, id: NodeId, now: Duration) -> &mut Node {
        let new = Node { heard: now, rev: None, asked: None, people: HashMap::new(), is_leaving: false };
        let node = self.nodes.entry(id).or_insert(new);
        node.heard = now;
        node
    }
}

#[cfg(test)]
mod tests;
