//! What the connection tells about people.

use protocol::{
    UserId, UserSummary,
    live::ServerFrame,
    people::{FriendStatus, Relationship},
};

use crate::live::state::LiveState;

fn related(core: &mut LiveState, blocked: bool, requests: u32) {
    let person = UserSummary::new(UserId::from_parts(0, &[1; 10]), "ben".into());
    let relation = Relationship { person, friend_status: FriendStatus::None, blocked, since: 0 };
    core.receive(ServerFrame::RelationshipChanged { relationship: relation, requests }, 0, 0.5);
}

#[test]
fn what_others_became_is_known_at_once_and_makes_lists_ask_again() {
    let mut core = LiveState::new(UserId::from_parts(0, &[0; 10]), vec![]);
    let ben = UserId::from_parts(0, &[1; 10]);
    let before = core.people.news();
    related(&mut core, true, 2);
    assert!(core.dirty.people && core.people.has_blocked(ben));
    assert_eq!(core.people.requests, 2);
    assert_ne!(core.people.news(), before);
    related(&mut core, false, 0);
    assert!(!core.people.has_blocked(ben));

    // After a gap the count comes with the sidebar, and the lists are asked for.
    let before = core.people.news();
    core.receive(ServerFrame::Synced { conversations: vec![], gone: vec![], requests: 3, people: vec![] }, 0, 0.5);
    assert_eq!(core.people.requests, 3);
    assert_ne!(core.people.news(), before);
}
