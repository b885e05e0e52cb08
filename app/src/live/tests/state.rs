//! The client's state, frame by frame.

use protocol::{
    Content, ConversationId, ConversationKind, ConversationSummary, ErrorKind, Message, MessageId, MessagePage, Rev,
    Seq, UserId, UserSummary,
    live::{ClientFrame, Command, Delta, ServerFrame, Stored},
    message::ConversationSnapshot,
};

use crate::live::{
    outbox::Outgoing,
    rows::RowState,
    state::{Dirty, LiveState, open_conversation::Load},
};

fn me() -> UserId {
    UserId::from_parts(0, &[0; 10])
}

fn tea() -> ConversationId {
    ConversationId::from_parts(1, &[1; 10])
}

fn message(n: u8, author: UserId) -> Message {
    let id = MessageId::from_parts(i64::from(n), &[n; 10]);
    Message::of_text(id, author, Seq(n.into()), Rev(n.into()), n.into(), n.to_string())
}

fn page(last: u8) -> MessagePage {
    let them = UserId::from_parts(0, &[1; 10]);
    let messages: Vec<_> = (1..=last).map(|n| message(n, them)).collect();
    MessagePage {
        conversation: tea(),
        rev: Rev(last.into()),
        messages,
        people: vec![],
        has_older: false,
        has_newer: false,
    }
}

fn delta(since: i64, rev: i64, messages: Vec<Message>) -> Delta {
    let changes = messages.into_iter().map(Into::into).collect();
    Delta { changes, ..Delta::new(tea(), Rev(since), Rev(rev)) }
}

fn open(state: &mut LiveState) -> u64 {
    let page = page(2);
    let summary = ConversationSummary {
        id: tea(),
        kind: ConversationKind::Room,
        title: "Tea".into(),
        peer: None,
        rev: page.rev,
        last_seq: Seq(2),
        seen_seq: Seq(1),
        unread: 1,
        last_message: page.messages.last().cloned(),
        last_author: None,
        active_at: 2,
        members: 2,
    };
    state.open(ConversationSnapshot { summary, page, members: vec![] }).0
}

fn sends(state: &mut LiveState) -> Vec<MessageId> {
    let id = |frame| if let ClientFrame::Send { id, .. } = frame { Some(id) } else { None };
    state.take_frames().into_iter().filter_map(id).collect()
}

fn states(state: &LiveState) -> Vec<RowState> {
    state.open.as_ref().unwrap().timeline.rows(|_| 0).into_iter().map(|row| row.state).collect()
}

fn stored(state: &mut LiveState, id: MessageId, n: i64) {
    let ack = Stored { id, conversation: tea(), seq: Seq(n), rev: Rev(n), at: n };
    state.receive(ServerFrame::Stored { acks: vec![ack] }, 0, 0.5);
}

#[test]
fn ten_messages_written_offline_leave_in_order_once() {
    let mut state = LiveState::new(me(), vec![]);
    open(&mut state);
    let written: Vec<_> = (0..10).map(|n| state.send(tea(), &n.to_string(), 5, 5, &[n; 10]).unwrap()).collect();
    assert!(state.take_frames().is_empty());
    assert_eq!(states(&state)[2..], vec![RowState::Queued; 10]);
    state.ready(10, 10);
    let mut sent: Vec<MessageId> = Vec::new();
    for n in 0..10 {
        let now = sends(&mut state);
        assert_eq!(now.len(), 1);
        sent.extend(&now);
        if n == 4 {
            // The acknowledgement is lost with the connection.
            state.lost();
            state.ready(20, 20);
            assert_eq!(sends(&mut state), now, "the same one again");
        }
        stored(&mut state, now[0], 3 + n);
    }
    assert_eq!(sent, written);
    assert!(state.outbox.entries().is_empty() && sends(&mut state).is_empty());
    assert_eq!(states(&state), vec![RowState::Stored; 12]);
}

#[test]
fn a_reload_brings_back_what_was_kept() {
    let mut state = LiveState::new(me(), vec![]);
    state.send(tea(), " hello ", 5, 5, &[1; 10]).unwrap();
    let kept = state.outbox.entries()[0].clone();
    let value = kept.encode().unwrap();
    let mut reloaded = LiveState::new(me(), vec![]);
    open(&mut reloaded);
    assert!(reloaded.changed_elsewhere(&Outgoing::key(kept.id), Some(&value)), "not this tab's business yet");
    reloaded.outbox.adopt(Outgoing::decode(&Outgoing::key(kept.id), &value).unwrap());
    reloaded.ready(6, 6);
    assert_eq!(states(&reloaded)[2], RowState::Sending);
    assert_eq!(sends(&mut reloaded), [kept.id]);
    // The other tab's copy is removed when this one is stored, whichever tab is told.
    assert!(!state.changed_elsewhere(&Outgoing::key(kept.id), None));
    assert!(state.outbox.entries().is_empty());
}

#[test]
fn a_delta_is_as_good_as_an_acknowledgement() {
    let mut state = LiveState::new(me(), vec![]);
    open(&mut state);
    state.ready(0, 0);
    let id = state.send(tea(), "3", 5, 5, &[1; 10]).unwrap();
    let mut mine = message(3, me());
    mine.id = id;
    state.receive(ServerFrame::Delta(delta(2, 3, vec![mine])), 6, 0.5);
    assert!(state.outbox.entries().is_empty());
    assert_eq!(states(&state), vec![RowState::Stored; 3]);
    assert_eq!(state.sidebar.get(tea()).unwrap().last_seq, Seq(3));
}

#[test]
fn a_greeting_is_answered_with_all_that_is_due() {
    let mut state = LiveState::new(me(), vec![]);
    open(&mut state);
    assert!(state.seen(tea(), Seq(2)) && !state.seen(tea(), Seq(2)) && !state.seen(tea(), Seq(1)));
    assert_eq!(state.sidebar.unread(), 0);
    state.ready(0, 0);
    let frames = state.take_frames();
    assert!(matches!(frames[0], ClientFrame::Do { command: Command::Seen { seq: Seq(2) }, .. }));
    assert!(matches!(&frames[1], ClientFrame::Sync { cursors } if cursors.len() == 1));
    assert!(matches!(frames[2], ClientFrame::Changes { since: Rev(2), .. }));
    state.pump(1);
    assert!(state.take_frames().is_empty(), "each is asked once");
    // The responses are overdue now.
    state.pump(15_000);
    assert_eq!(state.take_frames().len(), 0, "nothing is known to be missing");
    state.receive(ServerFrame::Read { conversation: tea(), seen: Seq(2), unread: 0, last_seq: Seq(2) }, 0, 0.5);
    state.lost();
    state.ready(20_000, 20_000);
    assert!(
        !state.take_frames().iter().any(|frame| matches!(frame, ClientFrame::Do { command: Command::Seen { .. }, .. })),
        "the server knows"
    );
}

#[test]
fn too_many_changes_are_a_page_asked_for_once() {
    let mut state = LiveState::new(me(), vec![]);
    let ticket = open(&mut state);
    state.ready(0, 0);
    state.take_frames();
    let truncated = Delta { truncated: true, ..delta(2, 9, vec![]) };
    state.receive(ServerFrame::Changes(truncated.clone()), 0, 0.5);
    assert!(state.visit(ticket).unwrap().take_reload() && !state.visit(ticket).unwrap().take_reload());
    state.pump(1);
    assert!(state.take_frames().is_empty(), "the page is under way");
    state.loaded(ticket, None, Load::Elsewhere, 1);
    assert!(state.take_frames().is_empty(), "not at once after a failure");
    state.pump(3_000);
    assert!(matches!(state.take_frames()[..], [ClientFrame::Changes { since: Rev(2), .. }]));
    state.receive(ServerFrame::Changes(truncated), 0, 0.5);
    assert!(state.visit(ticket).unwrap().take_reload());
    state.loaded(ticket, Some(page(9)), Load::Elsewhere, 3_100);
    assert_eq!(state.open.as_ref().unwrap().timeline.last(), Seq(9));
    assert!(state.take_frames().is_empty());
}

#[test]
fn a_refused_message_waits_for_its_author() {
    let mut state = LiveState::new(me(), vec![]);
    open(&mut state);
    state.ready(0, 0);
    assert_eq!(state.send(tea(), " \n ", 5, 5, &[1; 10]).unwrap_err().kind, ErrorKind::Required);
    let id = state.send(tea(), "x", 5, 5, &[1; 10]).unwrap();
    sends(&mut state);
    assert!(!state.discard(id), "it is under way");
    state.receive(ServerFrame::Rejected { id, error: ErrorKind::Forbidden.into() }, 6, 0.5);
    assert_eq!(states(&state)[2], RowState::Failed(ErrorKind::Forbidden.into()));
    state.retry(id, 7);
    assert_eq!(sends(&mut state), [id]);
    assert!(!state.is_stuck(30_000) && state.is_stuck(30_008), "no answer at all");
    state.receive(ServerFrame::Rejected { id, error: ErrorKind::Forbidden.into() }, 8, 0.5);
    assert!(state.discard(id));
    assert_eq!(states(&state).len(), 2);
}

#[test]
fn a_read_position_that_was_refused_for_now_is_told_again() {
    let mut state = LiveState::new(me(), vec![]);
    open(&mut state);
    state.ready(0, 0);
    state.take_frames();
    let seen = |state: &mut LiveState| {
        let is_seen =
            |frame: &ClientFrame| matches!(frame, ClientFrame::Do { command: Command::Seen { seq: Seq(2) }, .. });
        state.take_frames().iter().filter(|frame| is_seen(frame)).count()
    };
    state.seen(tea(), Seq(2));
    state.tell_seen(1);
    assert_eq!(seen(&mut state), 1);
    let refuse = |state: &mut LiveState, kind: ErrorKind, now| {
        state.receive(ServerFrame::Refused { conversation: Some(tea()), error: kind.into() }, now, 0.5);
    };
    refuse(&mut state, ErrorKind::Unavailable, 10);
    state.tell_seen(11);
    assert_eq!(seen(&mut state), 0, "the server asked for patience");
    assert!(state.is_waiting());
    state.pump(10 + 2_000);
    assert_eq!(seen(&mut state), 1);
    state.pump(20_000);
    assert_eq!(seen(&mut state), 0, "once");
    refuse(&mut state, ErrorKind::RateLimited { retry_after: 60 }, 20_000);
    state.pump(79_999);
    assert_eq!(seen(&mut state), 0);
    state.pump(80_000);
    assert_eq!(seen(&mut state), 1);
    state.receive(ServerFrame::Read { conversation: tea(), seen: Seq(2), unread: 0, last_seq: Seq(2) }, 80_001, 0.5);
    // This refusal concerns another request.
    refuse(&mut state, ErrorKind::Unavailable, 80_002);
    state.pump(90_000);
    assert_eq!(seen(&mut state), 0, "the server knows");
}

#[test]
fn what_was_on_screen_is_shown_again_without_the_server_as_it_was_last_known() {
    let mut state = LiveState::new(me(), vec![]);
    let ticket = open(&mut state);
    state.ready(0, 0);
    assert_eq!(state.visited(tea()), None, "it is on screen");
    state.close(ticket);
    // A message arrives while another page is shown.
    let mut said = message(3, UserId::from_parts(0, &[1; 10]));
    said.content = Content::Text("meanwhile".into());
    state.receive(ServerFrame::Delta(delta(2, 3, vec![said])), 1, 0.5);
    state.lost();
    let waits = state.send(tea(), "waits", 2, 2, &[9; 10]).unwrap();
    let kept = state.visited(tea()).unwrap();
    assert_eq!((kept.page.rev, kept.summary.last_seq), (Rev(3), Seq(3)));
    state.open(kept);
    let rows = state.open.as_ref().unwrap().timeline.rows(|_| 0);
    let texts: Vec<_> = rows.iter().map(|row| row.message.content.text().unwrap()).collect();
    assert_eq!(texts, ["1", "2", "meanwhile", "waits"]);
    // After the reconnect it catches up, and the waiting message is sent.
    state.take_frames();
    state.ready(3, 3);
    let frames = state.take_frames();
    assert!(frames.iter().any(|frame| matches!(frame, ClientFrame::Changes { since: Rev(3), .. })));
    assert!(frames.iter().any(|frame| matches!(frame, ClientFrame::Send { id, .. } if *id == waits)));
    // A conversation that the user left is not shown again.
    let ticket = state.open.as_ref().unwrap().ticket;
    state.receive(ServerFrame::Gone { conversation: tea() }, 4, 0.5);
    state.close(ticket);
    assert_eq!(state.visited(tea()), None);
}

#[test]
fn cards_are_shown_everywhere() {
    let mut state = LiveState::new(me(), vec![]);
    let mut known = UserSummary::new(UserId::from_parts(0, &[1; 10]), "them".into());
    open(&mut state);
    state.ready(0, 0);
    state.receive(ServerFrame::UsersChanged { people: vec![known.clone()] }, 0, 0.5);
    let page = MessagePage { people: vec![known.clone()], ..page(2) };
    let ticket = state.open.as_ref().unwrap().ticket;
    state.loaded(ticket, Some(page), Load::Elsewhere, 0);
    state.take_frames();
    state.met.clear();
    state.dirty = Dirty::default();

    known.display_name = Some("They".into());
    state.receive(ServerFrame::UsersChanged { people: vec![known.clone()] }, 0, 0.5);
    assert_eq!(state.dirty, Dirty { sidebar: true, timeline: true, ..Dirty::default() });
    assert_eq!(state.met, [known.clone()]);
    let rows = state.open.as_ref().unwrap().timeline.rows(|_| 0);
    assert!(rows.iter().all(|row| row.author.as_deref() == Some(&known)));
    assert!(state.take_frames().is_empty(), "there is nothing to ask");

    // The missed name comes with the response after a reconnect.
    state.lost();
    state.ready(1, 1);
    known.display_name = None;
    let synced = ServerFrame::Synced { conversations: vec![], gone: vec![], requests: 0, people: vec![known.clone()] };
    state.receive(synced, 2, 0.5);
    let rows = state.open.as_ref().unwrap().timeline.rows(|_| 0);
    assert!(rows.iter().all(|row| row.author.as_deref() == Some(&known)));
}

#[test]
fn what_one_is_no_longer_in_says_so() {
    let mut state = LiveState::new(me(), vec![]);
    open(&mut state);
    state.ready(0, 0);
    state.take_frames();
    state.receive(ServerFrame::Refused { conversation: Some(tea()), error: ErrorKind::NotFound.into() }, 0, 0.5);
    assert!(state.open.as_ref().unwrap().is_gone && state.sidebar.rows().is_empty());
    assert!(state.take_frames().is_empty());
    state.receive(ServerFrame::Resync, 1, 0.5);
    assert!(matches!(state.take_frames()[..], [ClientFrame::SubscribePresence { .. }]), "one question at a time");
    state.receive(ServerFrame::Synced { conversations: vec![], gone: vec![], requests: 0, people: vec![] }, 2, 0.5);
    assert!(matches!(state.take_frames()[..], [ClientFrame::Sync { .. }]), "and then it asks again");
}

#[test]
fn who_is_told_how_far_a_conversation_came_asks_for_what_is_missing_and_for_nothing_else() {
    let mut state = LiveState::new(me(), vec![]);
    open(&mut state);
    state.ready(0, 0);
    state.receive(ServerFrame::Changes(delta(2, 2, vec![])), 0, 0.5);
    state.receive(ServerFrame::Synced { conversations: vec![], gone: vec![], requests: 0, people: vec![] }, 0, 0.5);
    state.take_frames();
    let came_to = |rev| ServerFrame::Delta(delta(rev, rev, vec![]));
    for known in [1, 2] {
        state.receive(came_to(known), 0, 0.5);
        assert_eq!(state.take_frames(), [], "{known} is known");
    }
    state.receive(came_to(4), 0, 0.5);
    let asked = state.take_frames();
    assert!(asked.contains(&ClientFrame::Changes { conversation: tea(), since: Rev(2) }), "{asked:?}");
    assert!(asked.iter().any(|frame| matches!(frame, ClientFrame::Sync { .. })), "{asked:?}");
    let them = UserId::from_parts(0, &[1; 10]);
    let missing = delta(2, 4, vec![message(3, them), message(4, them)]);
    state.receive(ServerFrame::Changes(missing), 0, 0.5);
    assert_eq!(states(&state).len(), 4);
    assert!(!state.open.as_ref().unwrap().timeline.is_behind());
}

#[test]
fn who_asks_too_often_asks_again_when_the_server_said() {
    let mut state = LiveState::new(me(), vec![]);
    open(&mut state);
    state.ready(0, 0);
    state.take_frames();
    let error: protocol::Error = ErrorKind::RateLimited { retry_after: 3 }.into();
    state.receive(ServerFrame::Refused { conversation: None, error: error.clone() }, 0, 0.5);
    state.receive(ServerFrame::Refused { conversation: Some(tea()), error }, 0, 0.5);
    state.pump(2_999);
    assert_eq!(state.take_frames(), []);
    state.pump(3_000);
    let asked = state.take_frames();
    assert!(asked.iter().any(|frame| matches!(frame, ClientFrame::Sync { .. })), "{asked:?}");
    assert!(asked.iter().any(|frame| matches!(frame, ClientFrame::Changes { .. })), "{asked:?}");
    assert!(asked.iter().any(|frame| matches!(frame, ClientFrame::SubscribePresence { .. })), "{asked:?}");
}
