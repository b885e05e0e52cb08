//! Presence in the client's frames and state, frame by frame.

use protocol::{
    ConversationId, ConversationKind, ConversationSummary, Error, ErrorKind, Rev, Seq, UserId, UserSummary,
    limits::IDLE_AFTER_MS,
    live::{ClientFrame, ServerFrame},
    presence::{Availability, OwnPresence, Presence, UserPresence},
};

use crate::live::state::LiveState;

fn person(n: u8) -> UserId {
    UserId::from_parts(i64::from(n), &[n; 10])
}

fn direct(n: u8) -> ConversationSummary {
    ConversationSummary {
        id: ConversationId::from_parts(i64::from(n), &[n; 10]),
        kind: ConversationKind::Direct,
        title: n.to_string(),
        peer: Some(UserSummary::new(person(n), n.to_string())),
        rev: Rev(1),
        last_seq: Seq(0),
        seen_seq: Seq(0),
        unread: 0,
        last_message: None,
        last_author: None,
        active_at: n.into(),
        members: 2,
    }
}

fn online(n: u8) -> UserPresence {
    UserPresence { presence: Presence::Online, ..UserPresence::hidden(person(n)) }
}

/// Returns the users that the client now subscribes to, if it sends a subscription.
fn watch(state: &mut LiveState) -> Option<Vec<UserId>> {
    let mut asked: Vec<_> = state
        .take_frames()
        .into_iter()
        .filter_map(|frame| if let ClientFrame::SubscribePresence { people } = frame { Some(people) } else { None })
        .collect();
    assert!(asked.len() < 2, "asked twice");
    asked.iter_mut().for_each(|people| people.sort_unstable());
    asked.pop()
}

#[test]
fn whoever_is_on_screen_is_watched_and_again_after_a_reconnect_and_a_resync() {
    let mut state = LiveState::new(person(0), vec![direct(1), direct(2)]);
    state.pump(0);
    assert_eq!(watch(&mut state), None, "there is no connection yet");
    state.ready(0, 0);
    let all = Some([0, 1, 2].map(person).to_vec());
    assert_eq!(watch(&mut state), all);
    state.pump(1);
    assert_eq!(watch(&mut state), None);
    state.receive(ServerFrame::Resync, 2, 0.0);
    assert_eq!(watch(&mut state), all);
    state.receive(ServerFrame::PresenceDropped { people: vec![person(2)] }, 3, 0.0);
    assert_eq!(watch(&mut state), all);
    state.lost();
    state.ready(10, 10);
    assert_eq!(watch(&mut state), all);
    // A request that the server could not answer is sent again, after a while.
    let error = Error::from(ErrorKind::Unavailable);
    state.receive(ServerFrame::Refused { conversation: None, error }, 20, 0.0);
    assert_eq!(watch(&mut state), None);
    state.pump(60_000);
    assert_eq!(watch(&mut state), all);
}

#[test]
fn what_is_told_is_shown_and_no_ghost_outlives_the_connection() {
    let mut state = LiveState::new(person(0), vec![direct(1), direct(2)]);
    state.ready(0, 0);
    state.dirty = Default::default();
    state.receive(ServerFrame::PresenceUpdate { people: vec![online(1), UserPresence::hidden(person(2))] }, 1, 0.0);
    assert!(state.dirty.presence && !state.dirty.sidebar);
    assert_eq!(state.sightings.people()[&person(1)], online(1));
    let busy = OwnPresence { availability: Availability::Busy, status: None };
    state.receive(ServerFrame::OwnPresence(busy.clone()), 2, 0.0);
    assert_eq!(*state.sightings.own(), busy);
    state.dirty = Default::default();
    state.lost();
    assert!(state.dirty.presence);
    assert!(!state.sightings.people().contains_key(&person(1)));
    assert_eq!(*state.sightings.own(), busy, "what one chose stays");
}

#[test]
fn the_server_hears_when_nobody_is_in_front_of_the_page() {
    let mut state = LiveState::new(person(0), vec![]);
    let said = |state: &mut LiveState| {
        let mut frames = state.take_frames();
        frames.retain(|frame| matches!(frame, ClientFrame::Activity { .. }));
        frames.pop()
    };
    state.ready(0, 0);
    assert_eq!(said(&mut state), None);
    state.pump(IDLE_AFTER_MS);
    assert_eq!(said(&mut state), Some(ClientFrame::Activity { active: false }));
    assert!(state.attention.acted(IDLE_AFTER_MS + 7));
    state.pump(IDLE_AFTER_MS + 7);
    assert_eq!(said(&mut state), Some(ClientFrame::Activity { active: true }));
}
