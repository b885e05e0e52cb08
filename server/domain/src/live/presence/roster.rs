//! The roster: the users that are connected to each node.
//!
//! A user is present as long as one of their sockets is open, on any node. Each node counts its own sockets and tells
//! the others when a user connects, disconnects, or becomes active or idle. It numbers these changes: a node that
//! missed one finds out with the next change or heartbeat, and requests a snapshot. A node that falls silent loses all
//! its users.
//!
//! Nothing here does I/O or reads a clock. Callers pass the time since this node started.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use protocol::UserId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The id of a node, from its start to its end.
pub type NodeId = Uuid;

/// The time after which a node that did not answer is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// Whether a user is active on one of their pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Pages are open, and nothing happens on them.
    Idle,
    /// The user is active on at least one page.
    Active,
}

impl Activity {
    const fn of(active: bool) -> Self {
        if active { Self::Active } else { Self::Idle }
    }
}

/// A message from one node to the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeMessage {
    /// The node is alive, and this was its last change.
    Heartbeat {
        /// The number of the change.
        rev: u64,
    },
    /// These users connected, disconnected, or became active or idle.
    Delta {
        /// The number of the change, one more than that of the change before.
        rev: u64,
        /// The users with their new state on that node; `None` if disconnected.
        people: Vec<(UserId, Option<Activity>)>,
    },
    /// All users that are connected to that node.
    Snapshot {
        /// The number of the last change that it includes.
        rev: u64,
        /// The users with their state on that node.
        people: Vec<(UserId, Activity)>,
    },
    /// Requests a snapshot.
    SnapshotRequest {
        /// The node to answer; all nodes if `None`.
        of: Option<NodeId>,
    },
    /// The node stops, and everything that it published was carried. Without this message, the other nodes have to
    /// assume that something was lost.
    Bye,
}

/// The users that are connected to each node, as one node knows it.
#[derive(Debug, Default)]
pub struct Roster {
    here: HashMap<UserId, LocalPresence>,
    /// Users whose last socket on this node closed, in that order. Some of them may have come back.
    leaving: VecDeque<(Duration, UserId)>,
    /// The number of the last change that the other nodes were told.
    rev: u64,
    /// Users on this node who changed since.
    unsaid: HashSet<UserId>,
    nodes: HashMap<NodeId, Node>,
    /// Whether a node fell silent without a [`NodeMessage::Bye`].
    missed: bool,
}

/// A user's sockets on this node.
#[derive(Clone, Copy, Debug, Default)]
struct LocalPresence {
    active: u32,
    idle: u32,
    /// The time when the last one closed, and whether the user was active on it.
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

/// The state of another node.
#[derive(Debug)]
struct Node {
    heard: Duration,
    /// The number of the last change received; `None` if one is missing.
    rev: Option<u64>,
    asked: Option<Duration>,
    people: HashMap<UserId, Activity>,
    /// Whether it said [`NodeMessage::Bye`] and has published nothing but node messages since.
    is_leaving: bool,
}

impl Roster {
    /// Returns a user's activity, on any node; `None` if not connected.
    pub fn activity(&self, user: UserId) -> Option<Activity> {
        let here = self.here.get(&user).and_then(|here| here.activity());
        self.nodes.values().filter_map(|node| node.people.get(&user).copied()).chain(here).max()
    }

    /// Returns the users with sockets on this node.
    pub fn connected(&self) -> Vec<UserId> {
        self.here.iter().filter(|(_, here)| here.left.is_none()).map(|(user, _)| *user).collect()
    }

    /// Adds a socket, which counts as active. Returns whether the user's activity changed.
    pub fn joined(&mut self, user: UserId) -> bool {
        self.change(user, |here| {
            here.active += 1;
            here.left = None;
        })
    }

    /// Sets whether the user is active on a socket that was in the other state. Returns whether the user's activity
    /// changed.
    pub fn turned(&mut self, user: UserId, active: bool) -> bool {
        self.change(user, |here| {
            let before = here.count(!active);
            if *before > 0 {
                *before -= 1;
                *here.count(active) += 1;
            }
        })
    }

    /// Removes a socket. If it was the user's last one, the user stays present until [`settle`](Self::settle). Returns
    /// whether the user's activity changed, as when only idle sockets are left.
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

    /// Removes users whose last socket closed at least `grace` ago and who did not come back. Returns them, and those
    /// of them whose activity changed.
    pub fn settle(&mut self, now: Duration, grace: Duration) -> (Vec<UserId>, Vec<UserId>) {
        let (mut gone, mut seen) = (Vec::new(), Vec::new());
        while let Some((at, user)) = self.leaving.front().copied()
            && at + grace <= now
        {
            self.leaving.pop_front();
            // A user who came back and left again is in the queue a second time.
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

    /// Returns whether a node fell silent without a [`NodeMessage::Bye`], so that its last changes may have been lost.
    /// Returns this only once.
    pub const fn take_missed(&mut self) -> bool {
        std::mem::replace(&mut self.missed, false)
    }

    /// Removes nodes that were silent for this long. Returns the users whose activity changed.
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

    /// Records that another node published an envelope.
    pub fn heard(&mut self, node: NodeId, now: Duration) {
        self.node(node, now).is_leaving = false;
    }

    /// Applies a message from another node. Returns the users whose activity changed.
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
                // A change after a gap is still true.
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

    /// Returns the nodes that have to be asked for a snapshot now, because a change of theirs is missing.
    pub fn due_requests(&mut self, now: Duration) -> Vec<NodeId> {
        let mut ask = Vec::new();
        for (id, node) in &mut self.nodes {
            if node.rev.is_none() && node.asked.is_none_or(|at| at + ASK_AGAIN <= now) {
                node.asked = Some(now);
                ask.push(*id);
            }
        }
        ask
    }

    /// Returns a message with the changes on this node, if there are any.
    pub fn say(&mut self) -> Option<NodeMessage> {
        if self.unsaid.is_empty() {
            return None;
        }
        self.rev += 1;
        let said = std::mem::take(&mut self.unsaid).into_iter();
        let now = |user: UserId| (user, self.here.get(&user).and_then(|here| here.activity()));
        Some(NodeMessage::Delta { rev: self.rev, people: said.map(now).collect() })
    }

    /// Returns a snapshot of the users on this node.
    pub fn snapshot(&self) -> NodeMessage {
        let people = self.here.iter().filter_map(|(user, here)| Some((*user, here.activity()?)));
        NodeMessage::Snapshot { rev: self.rev, people: people.collect() }
    }

    /// Returns a heartbeat of this node.
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
