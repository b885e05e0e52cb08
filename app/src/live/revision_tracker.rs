//! Keeps count of what a client knows of one conversation, and notices what is missing.
//!
//! A conversation's revision counts its changes. Deltas name the revisions that they lead from and to, and may arrive in
//! any order, twice or not at all. The tracker tells which of them follow what is known, keeps the others until the
//! changes before them arrive, and says when the client has to request what is missing. It does not look at the changes
//! themselves.
//!
//! Everything depends on one invariant: **all changes up to [`RevisionTracker::rev`] were applied.** Whoever discards
//! some of them lowers the revision.

use protocol::Rev;

/// The most deltas that wait for the changes before them. Any others are requested again.
const HELD_MAX: usize = 32;

/// Tracks the revision of one conversation. `T` is what a delta brings that can be applied only after the changes before
/// it; `()` if nothing is.
#[derive(Clone, Debug)]
pub struct RevisionTracker<T> {
    rev: Rev,
    /// The highest revision that any frame named.
    target: Rev,
    /// The oldest request that has no answer yet.
    asked: Option<Question>,
    /// The `rev` and `target` at which the server reported nothing newer. The client does not ask again for them until
    /// something shows that the server has moved on.
    refuted: Option<(Rev, Rev)>,
    held: Vec<Held<T>>,
}

#[derive(Clone, Copy, Debug)]
struct Question {
    since: Rev,
    /// The `target` at the time of the request. The answer can only disprove revisions up to this one: later ones may
    /// have been stored after the server read.
    target: Rev,
}

#[derive(Clone, Debug)]
struct Held<T> {
    since: Rev,
    rev: Rev,
    content: T,
}

/// The place of a delta among those that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received<T> {
    /// It is known already.
    Old,
    /// Changes before it are missing. The tracker holds it, or lets it be requested again.
    Held,
    /// It follows what is known, and is to be applied now. The revision includes it.
    Next(T),
}

/// The use of an answer to a request for changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It brings nothing that is not known.
    Old,
    /// Changes between the known ones and it are missing, because the revision was lowered since the request.
    Gap,
    /// Its changes are to be applied now. The revision includes them.
    Next,
}

impl<T> RevisionTracker<T> {
    /// Starts at a revision up to which everything is known.
    pub const fn new(rev: Rev) -> Self {
        Self { rev, target: rev, asked: None, refuted: None, held: Vec::new() }
    }

    /// Returns the revision up to which everything is known.
    pub const fn rev(&self) -> Rev {
        self.rev
    }

    /// Returns whether changes are known to be missing that a request may bring.
    pub fn is_behind(&self) -> bool {
        self.rev < self.target && self.refuted != Some((self.rev, self.target))
    }

    /// Returns whether a request has no answer yet.
    pub const fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// Returns the revision to request the changes since, and expects an answer.
    pub fn ask(&mut self) -> Rev {
        self.asked.get_or_insert(Question { since: self.rev, target: self.target });
        self.rev
    }

    /// Forgets all open requests: a new connection does not answer those of the old one.
    pub const fn forget_questions(&mut self) {
        self.asked = None;
    }

    /// Notes that a revision exists.
    pub fn heard_of(&mut self, rev: Rev) {
        self.target = self.target.max(rev);
    }

    /// Takes a delta that leads from `since` to `rev`. Afterwards [`Self::next_held`] returns those that follow it.
    pub fn receive(&mut self, since: Rev, rev: Rev, content: T) -> Received<T> {
        if rev <= self.rev {
            return Received::Old;
        }
        self.heard_of(rev);
        if since <= self.rev {
            self.rev = rev;
            return Received::Next(content);
        }
        if self.held.len() < HELD_MAX {
            self.held.push(Held { since, rev, content });
        }
        Received::Held
    }

    /// Returns a held delta that is to be applied now, because the changes before it have arrived. The revision includes
    /// it.
    pub fn next_held(&mut self) -> Option<T> {
        self.held.retain(|held| held.rev > self.rev);
        let index = self.held.iter().position(|held| held.since <= self.rev)?;
        let held = self.held.swap_remove(index);
        self.rev = held.rev;
        Some(held.content)
    }

    /// Takes the answer to a request for the changes since `since`, which contains everything up to `rev`.
    pub fn answer(&mut self, since: Rev, rev: Rev) -> Answer {
        let asked = self.asked.take();
        if since > self.rev {
            return Answer::Gap;
        }
        if rev > self.rev {
            self.reach(rev);
            return Answer::Next;
        }
        // The server had nothing newer when it read, so revisions that were named before the request do not exist.
        // Asking for them again would never end.
        if rev <= since && since == self.rev && asked.is_some_and(|asked| asked.target == self.target) {
            self.refuted = Some((self.rev, self.target));
        }
        Answer::Old
    }

    /// Takes the answer that there is nothing newer than at the request.
    pub fn answer_unchanged(&mut self) -> Answer {
        let since = self.asked.map_or(self.rev, |asked| asked.since);
        self.answer(since, since)
    }

    /// Takes an answer that contains everything up to `rev` and does not repeat the revision in the request.
    pub fn answer_with(&mut self, rev: Rev) -> Answer {
        let since = self.asked.map_or(self.rev, |asked| asked.since);
        self.answer(since, rev)
    }

    /// Takes an answer that leaves out changes up to `rev`.
    pub fn answer_incomplete(&mut self, rev: Rev) {
        self.asked = None;
        self.heard_of(rev);
    }

    /// Raises the revision: everything up to `rev` is known.
    pub fn reach(&mut self, rev: Rev) {
        self.rev = self.rev.max(rev);
        self.heard_of(rev);
    }

    /// Sets the revision up to which everything is known, which may be lower than before. What was known to exist still
    /// does, and is requested.
    pub fn restart(&mut self, rev: Rev) {
        self.heard_of(self.rev.max(rev));
        self.rev = rev;
    }
}
