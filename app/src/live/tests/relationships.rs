//! Relationship frames.

use protocol::{
    UserId, UserSummary,
    live::ServerFrame,
    relationship::{FriendStatus, Relationship},
};

use crate::live::state::LiveState;

fn related(state: &mut LiveState, blocked: bool, requests: u32) {
    let person = UserSummary::new(UserId::from_parts(0, &[1; 10]), "ben".into());
    let relationship = Relationship { person, friend_status: FriendStatus::None, blocked, since: 0 };
    state.receive(ServerFrame::RelationshipChanged { relationship, requests }, 0, 0.5);
}

#[test]
fn what_others_became_is_known_at_once_and_makes_lists_ask_again() {
    let mut state = LiveState::new(UserId::from_parts(0, &[0; 10]), vec![]);
    let ben = UserId::from_parts(0, &[1; 10]);
    let before = state.people.news();
    related(&mut state, true, 2);
    assert!(state.dirty.people && state.people.has_blocked(ben));
    assert_eq!(state.people.requests, 2);
    assert_ne!(state.people.news(), before);
    related(&mut state, false, 0);
    assert!(!state.people.has_blocked(ben));

    // After a gap the count comes with the sidebar, and the lists are requested.
    let before = state.people.news();
    state.receive(ServerFrame::Synced { conversations: vec![], gone: vec![], requests: 3, people: vec![] }, 0, 0.5);
    assert_eq!(state.people.requests, 3);
    assert_ne!(state.people.news(), before);
}
