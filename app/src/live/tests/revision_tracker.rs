//! The revision tracker against a model of the server, over a network that reorders, repeats and loses.

use std::collections::BTreeSet;

use proptest::prelude::*;
use protocol::Rev;

use crate::live::revision_tracker::{Answer, Received, RevisionTracker};

/// The changes from one revision to another: as numbers, all of `since + 1..=rev`.
#[derive(Clone, Copy, Debug)]
struct Changes {
    since: i64,
    rev: i64,
}

#[derive(Clone, Copy, Debug)]
enum Frame {
    Delta(Changes),
    Answer(Changes),
    /// Everything up to a revision, as a page or a row has it. The client discards what it knew beyond that.
    Page(i64),
}

#[derive(Clone, Debug)]
enum Step {
    /// Some changes are stored, in one delta.
    Store(u8),
    Ask,
    /// The server reads the answer to the oldest request.
    Read,
    Page,
    /// The connection breaks: requests are not answered, and what is under way is lost.
    Break,
    Deliver(u8),
    Repeat(u8),
    Lose(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1_u8..4).prop_map(Step::Store),
        2 => Just(Step::Ask),
        2 => Just(Step::Read),
        1 => Just(Step::Page),
        1 => Just(Step::Break),
        6 => Just(Step::Deliver(0)),
        4 => any::<u8>().prop_map(Step::Deliver),
        2 => any::<u8>().prop_map(Step::Repeat),
        2 => any::<u8>().prop_map(Step::Lose),
    ]
}

struct World {
    rev: i64,
    tracker: RevisionTracker<Changes>,
    /// The changes that were applied.
    known: BTreeSet<i64>,
    network: Vec<Frame>,
    questions: Vec<i64>,
    waits: bool,
    heard: i64,
}

impl World {
    fn new() -> Self {
        Self {
            rev: 0,
            tracker: RevisionTracker::new(Rev(0)),
            known: BTreeSet::new(),
            network: Vec::new(),
            questions: Vec::new(),
            waits: false,
            heard: 0,
        }
    }

    fn step(&mut self, step: &Step) {
        let index = |nth: u8| usize::from(nth).checked_rem(self.network.len());
        match *step {
            Step::Store(count) => {
                let since = self.rev;
                self.rev += i64::from(count);
                self.network.push(Frame::Delta(Changes { since, rev: self.rev }));
            }
            Step::Ask => self.ask(),
            Step::Read => self.read(),
            Step::Page => self.network.push(Frame::Page(self.rev)),
            Step::Break => {
                self.network.clear();
                self.questions.clear();
                self.tracker.forget_questions();
                self.ask();
            }
            Step::Deliver(nth) => {
                if let Some(index) = index(nth) {
                    let frame = self.network.remove(index);
                    self.take(frame);
                }
            }
            Step::Repeat(nth) => {
                if let Some(index) = index(nth) {
                    self.take(self.network[index]);
                }
            }
            Step::Lose(nth) => {
                if let Some(index) = index(nth) {
                    self.network.remove(index);
                }
            }
        }
    }

    fn ask(&mut self) {
        self.waits = true;
        self.questions.push(self.tracker.ask().0);
    }

    fn read(&mut self) {
        if !self.questions.is_empty() {
            let since = self.questions.remove(0);
            self.network.push(Frame::Answer(Changes { since, rev: self.rev }));
        }
    }

    fn take(&mut self, frame: Frame) {
        match frame {
            Frame::Delta(delta) => {
                self.heard = self.heard.max(delta.rev);
                if let Received::Next(delta) = self.tracker.receive(Rev(delta.since), Rev(delta.rev), delta) {
                    self.apply(delta);
                }
            }
            Frame::Answer(changes) => {
                self.waits = false;
                if self.tracker.answer(Rev(changes.since), Rev(changes.rev)) == Answer::Next {
                    self.apply(changes);
                }
            }
            Frame::Page(rev) => {
                self.known = (1..=rev).collect();
                self.tracker.restart(Rev(rev));
            }
        }
        while let Some(delta) = self.tracker.next_held() {
            self.apply(delta);
        }
    }

    fn apply(&mut self, changes: Changes) {
        self.known.extend(changes.since + 1..=changes.rev);
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let rev = self.tracker.rev().0;
        prop_assert!((1..=rev).all(|n| self.known.contains(&n)), "{:?} is not all up to {rev}", self.known);
        Ok(())
    }

    /// Delivers everything, while the client asks as long as it believes that something is missing.
    fn run_out(&mut self) -> Result<(), TestCaseError> {
        for _ in 0..200 {
            if self.network.is_empty() && self.questions.is_empty() {
                // The client stops waiting for a lost answer.
                self.waits = false;
            }
            if self.tracker.is_behind() && !self.waits {
                self.ask();
            }
            self.read();
            if self.network.is_empty() {
                return Ok(());
            }
            let frame = self.network.remove(0);
            self.take(frame);
            self.check()?;
        }
        prop_assert!(false, "asks for ever");
        Ok(())
    }
}

proptest! {
    /// Whatever order deltas, answers and pages come in, and whatever of them comes twice or not at all: what the
    /// revision promises was applied, everything that was heard of arrives, and the client stops asking.
    #[test]
    fn nothing_is_missing_below_the_revision_and_nothing_that_was_heard_of_stays_missing(
        steps in prop::collection::vec(step(), 0..100),
    ) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
            world.check()?;
        }
        world.run_out()?;
        prop_assert!(world.tracker.rev().0 >= world.heard, "{} was heard of, and nobody asks", world.heard);
        prop_assert!(!world.tracker.is_behind());
    }

    /// When nothing is lost, deltas alone suffice, in whatever order they come, as long as there is room for them.
    #[test]
    fn order_does_not_matter(order in Just((0..32_usize).collect::<Vec<_>>()).prop_shuffle(), twice: bool) {
        let mut world = World::new();
        for _ in &order {
            world.step(&Step::Store(2));
        }
        let frames = std::mem::take(&mut world.network);
        for index in order.iter().chain(order.iter().filter(|_| twice)) {
            world.take(frames[*index]);
            world.check()?;
        }
        prop_assert_eq!((world.tracker.rev(), world.tracker.is_behind()), (Rev(64), false));
    }

    /// A server that was restored from a backup names less than clients have heard of. They ask once more, and rest.
    #[test]
    fn a_server_that_went_back_is_not_asked_for_ever(beyond in 1_i64..50, rev in 0_i64..50, deltas in 1_usize..40) {
        let mut tracker: RevisionTracker<()> = RevisionTracker::new(Rev(rev));
        for n in 0..deltas {
            let since = Rev(rev + beyond + i64::try_from(n).unwrap());
            prop_assert_eq!(tracker.receive(since, since.plus(1), ()), Received::Held);
        }
        prop_assert!(tracker.is_behind());
        let since = tracker.ask();
        prop_assert_eq!(tracker.answer(since, Rev(rev)), Answer::Old);
        prop_assert!(!tracker.is_behind());
        // It goes on from there.
        prop_assert_eq!(tracker.receive(Rev(rev), Rev(rev + 1), ()), Received::Next(()));
    }
}

#[test]
fn an_answer_disproves_only_what_was_heard_of_before_its_request() {
    let mut tracker: RevisionTracker<()> = RevisionTracker::new(Rev(5));
    let since = tracker.ask();
    // Stored and named after the server read the answer.
    assert_eq!(tracker.receive(Rev(6), Rev(7), ()), Received::Held);
    assert_eq!(tracker.answer(since, Rev(5)), Answer::Old);
    assert!(tracker.is_behind());
    let since = tracker.ask();
    assert_eq!(tracker.answer(since, Rev(6)), Answer::Next);
    assert_eq!((tracker.next_held(), tracker.rev()), (Some(()), Rev(7)));
}

#[test]
fn an_answer_to_a_question_that_was_forgotten_disproves_nothing() {
    let mut tracker: RevisionTracker<()> = RevisionTracker::new(Rev(5));
    tracker.heard_of(Rev(6));
    let since = tracker.ask();
    tracker.forget_questions();
    assert_eq!(tracker.answer(since, Rev(5)), Answer::Old);
    assert!(tracker.is_behind());
}

#[test]
fn an_incomplete_answer_says_how_far_to_go() {
    let mut tracker: RevisionTracker<()> = RevisionTracker::new(Rev(5));
    tracker.ask();
    tracker.answer_incomplete(Rev(9));
    assert!(tracker.is_behind() && !tracker.is_asked());
    tracker.restart(Rev(9));
    assert!(!tracker.is_behind());
    // A page from before leaves the rest to be requested.
    tracker.restart(Rev(7));
    assert!(tracker.is_behind());
    assert_eq!(tracker.ask(), Rev(7));
}

#[test]
fn an_answer_since_a_revision_that_was_lowered_leaves_a_gap() {
    let mut tracker: RevisionTracker<()> = RevisionTracker::new(Rev(5));
    let since = tracker.ask();
    tracker.restart(Rev(3));
    assert_eq!(tracker.answer(since, Rev(8)), Answer::Gap);
    assert_eq!(tracker.rev(), Rev(3));
    assert!(tracker.is_behind());
}

#[test]
fn an_answer_without_a_revision_is_one_to_the_oldest_request() {
    let mut tracker: RevisionTracker<()> = RevisionTracker::new(Rev(5));
    tracker.heard_of(Rev(9));
    tracker.ask();
    assert_eq!(tracker.receive(Rev(5), Rev(6), ()), Received::Next(()));
    assert_eq!(tracker.answer_unchanged(), Answer::Old);
    assert!(tracker.is_behind(), "the server had read before");
    tracker.ask();
    assert_eq!(tracker.answer_unchanged(), Answer::Old);
    assert!(!tracker.is_behind());
    tracker.ask();
    assert_eq!(tracker.answer_with(Rev(10)), Answer::Next);
    assert_eq!(tracker.rev(), Rev(10));
}
