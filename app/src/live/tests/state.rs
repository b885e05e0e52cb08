//! The client's state, frame by frame.

use protocol::{
    ChangeSet, ConversationId, ConversationKind, ConversationSummary, ErrorKind, Message, MessageId, MessagePage, Rev,
    Seq, UserId, UserSummary,
    live::{ClientFrame, Events, ServerFrame, Stored},
    message::ConversationSnapshot,
};

use crate::live::{
    outbox::Outgoing,
    rows::RowState,
    state::{Dirty, LiveState},
    visit::Load,
};

fn me() -> UserId {
    UserId::from_parts(0, &[0; 10])
}

fn tea() -> ConversationId {
    ConversationId::from_parts(1, &[1; 10])
}

fn message(n: u8, author: UserId) -> Message {
    let id = MessageId::from_parts(i64::from(n), &[n; 10]);
    Message { id, author, seq: Seq(n.into()), rev: Rev(n.into()), at: n.into(), body: n.to_string() }
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

fn open(core: &mut LiveState) -> u64 {
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
    core.open(ConversationSnapshot { summary, page, members: vec![] }).0
}

fn sends(core: &mut LiveState) -> Vec<MessageId> {
    let id = |frame| if let ClientFrame::Send { id, .. } = frame { Some(id) } else { None };
    core.take_frames().into_iter().filter_map(id).collect()
}

fn states(core: &LiveState) -> Vec<RowState> {
    core.open.as_ref().unwrap().timeline.rows(|_| 0).into_iter().map(|row| row.state).collect()
}

fn stored(core: &mut LiveState, id: MessageId, n: i64) {
    let ack = Stored { id, conversation: tea(), seq: Seq(n), rev: Rev(n), at: n };
    core.receive(ServerFrame::Stored { acks: vec![ack] }, 0, 0.5);
}

#[test]
fn ten_messages_written_offline_leave_in_order_once() {
    let mut core = LiveState::new(me(), vec![]);
    open(&mut core);
    let written: Vec<_> = (0..10).map(|n| core.send(tea(), &n.to_string(), 5, 5, &[n; 10]).unwrap()).collect();
    assert!(core.take_frames().is_empty());
    assert_eq!(states(&core)[2..], vec![RowState::Queued; 10]);
    core.ready(10, 10);
    let mut sent: Vec<MessageId> = Vec::new();
    for n in 0..10 {
        let now = sends(&mut core);
        assert_eq!(now.len(), 1);
        sent.extend(&now);
        if n == 4 {
            // The acknowledgement is lost with the connection.
            core.lost();
            core.ready(20, 20);
            assert_eq!(sends(&mut core), now, "the same one again");
        }
        stored(&mut core, now[0], 3 + n);
    }
    assert_eq!(sent, written);
    assert!(core.outbox.entries().is_empty() && sends(&mut core).is_empty());
    assert_eq!(states(&core), vec![RowState::Stored; 12]);
}

#[test]
fn a_reload_brings_back_what_was_kept() {
    let mut core = LiveState::new(me(), vec![]);
    core.send(tea(), " hello ", 5, 5, &[1; 10]).unwrap();
    let kept = core.outbox.entries()[0].clone();
    let value = kept.encode().unwrap();
    let mut reloaded = LiveState::new(me(), vec![]);
    open(&mut reloaded);
    assert!(reloaded.changed_elsewhere(&Outgoing::key(kept.id), Some(&value)), "not this tab's business yet");
    reloaded.outbox.adopt(Outgoing::decode(&Outgoing::key(kept.id), &value).unwrap());
    reloaded.ready(6, 6);
    assert_eq!(states(&reloaded)[2], RowState::Sending);
    assert_eq!(sends(&mut reloaded), [kept.id]);
    // The other tab's copy goes when this one is stored, whoever is told.
    assert!(!core.changed_elsewhere(&Outgoing::key(kept.id), None));
    assert!(core.outbox.entries().is_empty());
}

#[test]
fn an_event_is_as_good_as_an_acknowledgement() {
    let mut core = LiveState::new(me(), vec![]);
    open(&mut core);
    core.ready(0, 0);
    let id = core.send(tea(), "3", 5, 5, &[1; 10]).unwrap();
    let mut mine = message(3, me());
    mine.id = id;
    let events = Events {
        conversation: tea(),
        before: Rev(2),
        after: Rev(3),
        messages: vec![mine],
        members: vec![],
        people: vec![],
    };
    core.receive(ServerFrame::Events(events), 6, 0.5);
    assert!(core.outbox.entries().is_empty());
    assert_eq!(states(&core), vec![RowState::Stored; 3]);
    assert_eq!(core.sidebar.get(tea()).unwrap().last_seq, Seq(3));
}

#[test]
fn a_greeting_is_answered_with_all_that_is_due() {
    let mut core = LiveState::new(me(), vec![]);
    open(&mut core);
    assert!(core.seen(tea(), Seq(2)) && !core.seen(tea(), Seq(2)) && !core.seen(tea(), Seq(1)));
    assert_eq!(core.sidebar.unread(), 0);
    core.ready(0, 0);
    let frames = core.take_frames();
    assert!(matches!(frames[0], ClientFrame::Seen { seq: Seq(2), .. }));
    assert!(matches!(&frames[1], ClientFrame::Sync { cursors } if known.len() == 1));
    assert!(matches!(frames[2], ClientFrame::Changes { since: Rev(2), .. }));
    core.pump(1);
    assert!(core.take_frames().is_empty(), "each is asked once");
    // Until the answer is overdue.
    core.pump(15_000);
    assert_eq!(core.take_frames().len(), 0, "nothing is known to be missing");
    core.receive(ServerFrame::Read { conversation: tea(), seen: Seq(2), unread: 0, last_seq: Seq(2) }, 0, 0.5);
    core.lost();
    core.ready(20_000, 20_000);
    assert!(!core.take_frames().iter().any(|frame| matches!(frame, ClientFrame::Seen { .. })), "the server knows");
}

#[test]
fn too_many_changes_are_a_page_asked_for_once() {
    let mut core = LiveState::new(me(), vec![]);
    let ticket = open(&mut core);
    core.ready(0, 0);
    core.take_frames();
    let truncated = ChangeSet {
        conversation: tea(),
        since: Rev(2),
        rev: Rev(9),
        messages: vec![],
        members: vec![],
        people: vec![],
        truncated: true,
    };
    core.receive(ServerFrame::Changes(truncated.clone()), 0, 0.5);
    assert!(core.visit(ticket).unwrap().take_reload() && !core.visit(ticket).unwrap().take_reload());
    core.pump(1);
    assert!(core.take_frames().is_empty(), "the page is under way");
    core.loaded(ticket, None, Load::Elsewhere, 1);
    assert!(core.take_frames().is_empty(), "not at once after a failure");
    core.pump(3_000);
    assert!(matches!(core.take_frames()[..], [ClientFrame::Changes { since: Rev(2), .. }]));
    core.receive(ServerFrame::Changes(truncated), 0, 0.5);
    assert!(core.visit(ticket).unwrap().take_reload());
    core.loaded(ticket, Some(page(9)), Load::Elsewhere, 3_100);
    assert_eq!(core.open.as_ref().unwrap().timeline.last(), Seq(9));
    assert!(core.take_frames().is_empty());
}

#[test]
fn a_refused_message_waits_for_its_author() {
    let mut core = LiveState::new(me(), vec![]);
    open(&mut core);
    core.ready(0, 0);
    assert_eq!(core.send(tea(), " \n ", 5, 5, &[1; 10]).unwrap_err().kind, ErrorKind::Required);
    let id = core.send(tea(), "x", 5, 5, &[1; 10]).unwrap();
    sends(&mut core);
    assert!(!core.discard(id), "it is under way");
    core.receive(ServerFrame::Rejected { id, error: ErrorKind::Forbidden.into() }, 6, 0.5);
    assert_eq!(states(&core)[2], RowState::Failed(ErrorKind::Forbidden.into()));
    core.retry(id, 7);
    assert_eq!(sends(&mut core), [id]);
    assert!(!core.is_stuck(30_000) && core.is_stuck(30_008), "no answer at all");
    core.receive(ServerFrame::Rejected { id, error: ErrorKind::Forbidden.into() }, 8, 0.5);
    assert!(core.discard(id));
    assert_eq!(states(&core).len(), 2);
}

#[test]
fn a_read_position_that_was_refused_for_now_is_told_again() {
    let mut core = LiveState::new(me(), vec![]);
    open(&mut core);
    core.ready(0, 0);
    core.take_frames();
    let seen = |core: &mut LiveState| {
        let is_seen = |frame: &ClientFrame| matches!(frame, ClientFrame::Seen { seq: Seq(2), .. });
        core.take_frames().iter().filter(|frame| is_seen(frame)).count()
    };
    core.seen(tea(), Seq(2));
    core.tell_seen(1);
    assert_eq!(seen(&mut core), 1);
    let refuse = |core: &mut LiveState, kind: ErrorKind, now| {
        core.receive(ServerFrame::Refused { conversation: Some(tea()), error: kind.into() }, now, 0.5);
    };
    refuse(&mut core, ErrorKind::Unavailable, 10);
    core.tell_seen(11);
    assert_eq!(seen(&mut core), 0, "the server asked for patience");
    assert!(core.is_waiting());
    core.pump(10 + 2_000);
    assert_eq!(seen(&mut core), 1);
    core.pump(20_000);
    assert_eq!(seen(&mut core), 0, "once");
    refuse(&mut core, ErrorKind::RateLimited { retry_after: 60 }, 20_000);
    core.pump(79_999);
    assert_eq!(seen(&mut core), 0);
    core.pump(80_000);
    assert_eq!(seen(&mut core), 1);
    core.receive(ServerFrame::Read { conversation: tea(), seen: Seq(2), unread: 0, last_seq: Seq(2) }, 80_001, 0.5);
    // What is refused now was about something else.
    refuse(&mut core, ErrorKind::Unavailable, 80_002);
    core.pump(90_000);
    assert_eq!(seen(&mut core), 0, "the server knows");
}

#[test]
fn what_was_on_screen_is_shown_again_without_the_server_as_it_was_last_known() {
    let mut core = LiveState::new(me(), vec![]);
    let ticket = open(&mut core);
    core.ready(0, 0);
    assert_eq!(core.visited(tea()), None, "it is on screen");
    core.close(ticket);
    // Something is said while another page is shown.
    let mut said = message(3, UserId::from_parts(0, &[1; 10]));
    said.body = "meanwhile".into();
    let events = Events {
        conversation: tea(),
        before: Rev(2),
        after: Rev(3),
        messages: vec![said],
        members: vec![],
        people: vec![],
    };
    core.receive(ServerFrame::Events(events), 1, 0.5);
    core.lost();
    let waits = core.send(tea(), "waits", 2, 2, &[9; 10]).unwrap();
    let kept = core.visited(tea()).unwrap();
    assert_eq!((kept.page.rev, kept.summary.last_seq), (Rev(3), Seq(3)));
    core.open(kept);
    let rows = core.open.as_ref().unwrap().timeline.rows(|_| 0);
    let texts: Vec<_> = rows.iter().map(|row| row.message.body.as_str()).collect();
    assert_eq!(texts, ["1", "2", "meanwhile", "waits"]);
    // With the connection it catches up, and what waited leaves.
    core.take_frames();
    core.ready(3, 3);
    let frames = core.take_frames();
    assert!(frames.iter().any(|frame| matches!(frame, ClientFrame::Changes { since: Rev(3), .. })));
    assert!(frames.iter().any(|frame| matches!(frame, ClientFrame::Send { id, .. } if *id == waits)));
    // What one is no longer in is not shown again.
    let ticket = core.open.as_ref().unwrap().ticket;
    core.receive(ServerFrame::Gone { conversation: tea() }, 4, 0.5);
    core.close(ticket);
    assert_eq!(core.visited(tea()), None);
}

#[test]
fn cards_are_shown_everywhere() {
    let mut core = LiveState::new(me(), vec![]);
    let mut known = UserSummary::new(UserId::from_parts(0, &[1; 10]), "them".into());
    open(&mut core);
    core.ready(0, 0);
    core.receive(ServerFrame::UsersChanged { people: vec![known.clone()] }, 0, 0.5);
    let page = MessagePage { people: vec![known.clone()], ..page(2) };
    let ticket = core.open.as_ref().unwrap().ticket;
    core.loaded(ticket, Some(page), Load::Elsewhere, 0);
    core.take_frames();
    core.met.clear();
    core.dirty = Dirty::default();

    known.display_name = Some("They".into());
    core.receive(ServerFrame::UsersChanged { people: vec![known.clone()] }, 0, 0.5);
    assert_eq!(core.dirty, Dirty { sidebar: true, timeline: true, ..Dirty::default() });
    assert_eq!(core.met, [known.clone()]);
    let rows = core.open.as_ref().unwrap().timeline.rows(|_| 0);
    assert!(rows.iter().all(|row| row.author.as_deref() == Some(&known)));
    assert!(core.take_frames().is_empty(), "there is nothing to ask");

    // What was missed comes with the answer to the question after a reconnect.
    core.lost();
    core.ready(1, 1);
    known.display_name = None;
    let synced = ServerFrame::Synced { conversations: vec![], gone: vec![], requests: 0, people: vec![known.clone()] };
    core.receive(synced, 2, 0.5);
    let rows = core.open.as_ref().unwrap().timeline.rows(|_| 0);
    assert!(rows.iter().all(|row| row.author.as_deref() == Some(&known)));
}

#[test]
fn what_one_is_no_longer_in_says_so() {
    let mut core = LiveState::new(me(), vec![]);
    open(&mut core);
    core.ready(0, 0);
    core.take_frames();
    core.receive(ServerFrame::Refused { conversation: Some(tea()), error: ErrorKind::NotFound.into() }, 0, 0.5);
    assert!(core.open.as_ref().unwrap().is_gone && core.sidebar.rows().is_empty());
    assert!(core.take_frames().is_empty());
    core.receive(ServerFrame::Resync, 1, 0.5);
    assert!(matches!(core.take_frames()[..], [ClientFrame::SubscribePresence { .. }]), "one question at a time");
    core.receive(ServerFrame::Synced { conversations: vec![], gone: vec![], requests: 0, people: vec![] }, 2, 0.5);
    assert!(matches!(core.take_frames()[..], [ClientFrame::Sync { .. }]), "and then it asks again");
}

#[test]
fn who_is_told_how_far_a_conversation_came_asks_for_what_is_missing_and_for_nothing_else() {
    let mut core = LiveState::new(me(), vec![]);
    open(&mut core);
    core.ready(0, 0);
    let nothing = ChangeSet {
        conversation: tea(),
        since: Rev(2),
        rev: Rev(2),
        messages: vec![],
        members: vec![],
        people: vec![],
        truncated: false,
    };
    core.receive(ServerFrame::Changes(nothing), 0, 0.5);
    core.receive(ServerFrame::Synced { conversations: vec![], gone: vec![], requests: 0, people: vec![] }, 0, 0.5);
    core.take_frames();
    let came_to = |rev| {
        let (conversation, before, after) = (tea(), Rev(rev), Rev(rev));
        ServerFrame::Events(Events { conversation, before, after, messages: vec![], members: vec![], people: vec![] })
    };
    for known in [1, 2] {
        core.receive(came_to(known), 0, 0.5);
        assert_eq!(core.take_frames(), [], "{known} is known");
    }
    core.receive(came_to(4), 0, 0.5);
    let asked = core.take_frames();
    assert!(asked.contains(&ClientFrame::Changes { conversation: tea(), since: Rev(2) }), "{asked:?}");
    assert!(asked.iter().any(|frame| matches!(frame, ClientFrame::Sync { .. })), "{asked:?}");
    let them = UserId::from_parts(0, &[1; 10]);
    let missing = ChangeSet {
        conversation: tea(),
        since: Rev(2),
        rev: Rev(4),
        messages: vec![message(3, them), message(4, them)],
        members: vec![],
        people: vec![],
        truncated: false,
    };
    core.receive(ServerFrame::Changes(missing), 0, 0.5);
    assert_eq!(states(&core).len(), 4);
    assert!(!core.open.as_ref().unwrap().timeline.is_behind());
}

#[test]
fn who_asks_too_often_asks_again_when_the_server_said() {
    let mut core = LiveState::new(me(), vec![]);
    open(&mut core);
    core.ready(0, 0);
    core.take_frames();
    let error: protocol::Error = ErrorKind::RateLimited { retry_after: 3 }.into();
    core.receive(ServerFrame::Refused { conversation: None, error: error.clone() }, 0, 0.5);
    core.receive(ServerFrame::Refused { conversation: Some(tea()), error }, 0, 0.5);
    core.pump(2_999);
    assert_eq!(core.take_frames(), []);
    core.pump(3_000);
    let asked = core.take_frames();
    assert!(asked.iter().any(|frame| matches!(frame, ClientFrame::Sync { .. })), "{asked:?}");
    assert!(asked.iter().any(|frame| matches!(frame, ClientFrame::Changes { .. })), "{asked:?}");
    assert!(asked.iter().any(|frame| matches!(frame, ClientFrame::SubscribePresence { .. })), "{asked:?}");
}
