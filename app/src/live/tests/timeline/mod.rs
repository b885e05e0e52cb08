//! The timeline against a model of the server, over a network that reorders, repeats and loses.

mod server;
mod world;

use proptest::prelude::*;
use protocol::{Rev, Seq, UserSummary, live::Delta};

use self::{
    server::{ME, WINDOW, card, user},
    world::{Frame, Step, World, crossing, step},
};
use crate::live::timeline::Outcome;

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases * 3, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    /// Any order, repetition and loss of deltas, responses, pages and acknowledgements leads to the server's state.
    #[test]
    fn ends_in_the_servers_state(history in 0_u8..12, steps in prop::collection::vec(step(), 0..120)) {
        let mut world = World::new(history);
        for step in steps {
            world.step(step);
            world.check()?;
        }
        // The connection comes back: unacknowledged messages are sent again, and changes are requested.
        for id in world.queue.iter().map(|outgoing| outgoing.id).collect::<Vec<_>>() {
            let (ack, _) = world.server.store(id, ME);
            world.take(Frame::Ack(ack));
            world.check()?;
        }
        world.catch_up()?;
        world.check_end()?;
        prop_assert!(world.queue.is_empty());
        // From there the user can scroll anywhere.
        for _ in 0..200 {
            if !world.timeline.has_newer() {
                break;
            }
            let load = world.newer();
            world.take(Frame::Load(load));
            world.check_end()?;
        }
        prop_assert_eq!(world.timeline.last(), world.server.last());
        for _ in 0..200 {
            if !world.timeline.has_older() {
                break;
            }
            let load = world.older();
            world.take(Frame::Load(load));
            world.check_end()?;
        }
        prop_assert!(world.timeline.first() <= Seq(1));
        prop_assert_eq!(world.server.messages.len() > WINDOW, world.timeline.has_newer());
    }

    /// However requests, responses and deltas cross, and whatever of them is lost or comes twice: everything that
    /// deltas named to the client arrives by itself.
    #[test]
    fn nothing_that_was_heard_of_stays_missing(
        history in 0_u8..12,
        steps in prop_oneof![
            prop::collection::vec(crossing(), 0..4).prop_map(|rounds| rounds.concat()),
            prop::collection::vec(step(), 0..120),
        ],
    ) {
        let mut world = World::new(history);
        for step in steps {
            world.step(step);
            world.pump();
            world.check()?;
        }
        world.run_out()?;
        world.check_heard()?;
    }

    /// When nothing is lost, deltas alone suffice, in whatever order they come.
    #[test]
    fn order_does_not_matter(order in Just((0..20_usize).collect::<Vec<_>>()).prop_shuffle(), edits: [u8; 20]) {
        let mut world = World::new(3);
        for edit in edits {
            world.step(if edit % 3 == 0 { Step::Edit(edit) } else { Step::Theirs });
        }
        let frames = std::mem::take(&mut world.network);
        for index in order {
            world.take(frames[index].clone());
            world.check()?;
        }
        prop_assert!(!world.timeline.is_behind());
        world.check_end()?;
    }
}

#[test]
fn an_acknowledged_message_waits_for_those_before_it_without_leaving_the_screen() {
    let mut world = World::new(2);
    world.step(Step::Theirs);
    world.step(Step::Mine { reaches: true });
    let ids: Vec<_> = world.timeline.rows(|_| 0).iter().map(|row| row.id()).collect();
    // The delta of theirs, the acknowledgement, the delta of mine: the acknowledgement comes first.
    let ack = world.network.remove(1);
    world.take(ack);
    assert_eq!(world.timeline.last(), Seq(2));
    assert_eq!(world.timeline.rows(|_| 0).iter().map(|row| row.id()).collect::<Vec<_>>(), ids);
    let theirs = world.network.remove(0);
    world.take(theirs);
    assert_eq!(world.timeline.last(), Seq(4));
    assert_eq!(world.timeline.rows(|_| 0).len(), 4);
}

#[test]
fn rows_and_members_are_of_people_as_they_are_now() {
    let mut world = World::new(3);
    let now = UserSummary { display_name: Some("Their name".into()), ..card(1) };
    assert!(!world.timeline.update_users(&[card(1), card(7)]), "nothing new");
    assert!(world.timeline.update_users(std::slice::from_ref(&now)));
    assert!(world.timeline.rows(|_| 0).iter().all(|row| row.author.as_deref() == Some(&now)));
    assert_eq!(world.timeline.members().map(|member| &member.user).collect::<Vec<_>>(), [&now]);
    assert_eq!(world.timeline.person(user(7)), None, "strangers are none of its business");
}

#[test]
fn a_reader_up_in_the_history_keeps_what_is_on_screen() {
    let mut world = World::new(6);
    let load = world.older();
    world.take(Frame::Load(load));
    world.timeline.set_following(false);
    for _ in 0..5 {
        world.step(Step::Theirs);
        world.step(Step::Deliver { nth: 0 });
    }
    assert_eq!((world.timeline.first(), world.timeline.last()), (Seq(1), Seq(7)));
    assert!(world.timeline.has_newer() && !world.timeline.is_behind());
}

#[test]
fn a_server_that_went_back_is_not_asked_for_ever() {
    let mut world = World::new(2);
    let mut delta = world.server.receipt();
    (delta.since, delta.rev) = (Rev(50), Rev(51));
    assert_eq!(world.take(Frame::Delta(delta)), Outcome::Gap);
    for (since, outcome) in [(2, Outcome::Gap), (3, Outcome::Old)] {
        assert_eq!(world.timeline.ask(), Rev(since));
        assert_eq!(world.take(Frame::Changes(world.server.changes(Rev(since)))), outcome);
    }
    assert!(!world.timeline.is_behind());
}

#[test]
fn an_answer_from_before_a_gap_takes_back_nothing_that_was_heard_since() {
    let mut world = World::new(5);
    let answer = world.server.changes(world.timeline.ask());
    world.step(Step::Theirs);
    world.step(Step::Theirs);
    // The second delta arrives first, then the response, which was read before both.
    let second = world.network.remove(1);
    assert_eq!(world.take(second), Outcome::Gap);
    assert_eq!(world.take(Frame::Changes(answer.clone())), Outcome::Gap, "it is asked for");
    let first = world.network.remove(0);
    assert_eq!(world.take(first), Outcome::Applied);
    world.check_end().unwrap();
    // The same once more, and the response to a later request confirms it: the held deltas are still there.
    world.step(Step::Theirs);
    world.step(Step::Theirs);
    let second = world.network.remove(1);
    world.take(second);
    let answer = Delta { since: world.timeline.ask(), rev: world.timeline.rev(), ..answer };
    assert_eq!(world.take(Frame::Changes(answer)), Outcome::Old);
    let first = world.network.remove(0);
    assert_eq!(world.take(first), Outcome::Applied);
    world.check_end().unwrap();
}

#[test]
fn changes_since_a_revision_that_was_lowered_are_asked_anew() {
    let mut world = World::new(6);
    // A page is read; a message in it is edited, and the edit is discarded because it is beyond the window.
    let older = world.older();
    let edit = world.server.edit(0).unwrap();
    assert_eq!(world.take(Frame::Delta(edit)), Outcome::Applied);
    let asked = world.server.changes(world.timeline.rev());
    world.take(Frame::Load(older));
    assert!(world.timeline.is_behind());
    let mut late = asked;
    late.rev = world.server.rev;
    assert_eq!(world.take(Frame::Changes(late)), Outcome::Gap);
    world.catch_up().unwrap();
    world.check_end().unwrap();
}
