//! The layout of rows.

use protocol::{
    ConversationId, ConversationKind, ConversationSummary, ErrorKind, Message, MessageId, MessagePage, Millis, Rev,
    Seq, UserId, message::ConversationSnapshot,
};

use crate::live::{
    outbox::{Delivery, Outgoing},
    rows::{Row, RowState},
    timeline::Timeline,
};

const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;

fn user(n: u8) -> UserId {
    UserId::from_parts(0, &[n; 10])
}

fn message(n: u8, author: u8, at: Millis) -> Message {
    let id = MessageId::from_parts(i64::from(n), &[n; 10]);
    Message::of_text(id, user(author), Seq(n.into()), Rev(n.into()), at, n.to_string())
}

fn timeline(messages: Vec<Message>, seen: i64, unread: u32) -> Timeline {
    let id = ConversationId::from_parts(0, &[0; 10]);
    let last = messages.last().unwrap().clone();
    let summary = ConversationSummary {
        id,
        kind: ConversationKind::Room,
        title: "Tea".into(),
        peer: None,
        rev: last.rev,
        last_seq: last.seq,
        seen_seq: Seq(seen),
        unread,
        active_at: last.at,
        last_message: Some(last),
        last_author: None,
        members: 3,
    };
    let page = MessagePage {
        conversation: id,
        rev: summary.rev,
        messages,
        people: vec![],
        has_older: false,
        has_newer: false,
    };
    Timeline::new(ConversationSnapshot { summary, page, members: vec![] }, user(0))
}

fn rows(timeline: &Timeline) -> Vec<Row> {
    timeline.rows(|at| at.div_euclid(DAY))
}

fn runs(rows: &[Row]) -> Vec<(bool, bool)> {
    rows.iter().map(|row| (row.starts_run, row.ends_run)).collect()
}

#[test]
fn one_authors_messages_make_a_run() {
    let timeline = timeline(
        vec![
            message(1, 1, 0),
            message(2, 1, 5 * MINUTE),
            message(3, 2, 6 * MINUTE),
            message(4, 2, 12 * MINUTE),
            message(5, 2, 13 * MINUTE),
        ],
        5,
        0,
    );
    assert_eq!(runs(&rows(&timeline)), [(true, false), (false, true), (true, true), (true, false), (false, true)]);
}

#[test]
fn a_day_begins_once_even_if_clocks_differ() {
    let timeline = timeline(
        vec![message(1, 1, DAY - MINUTE), message(2, 1, DAY), message(3, 1, DAY - 1), message(4, 1, DAY + MINUTE)],
        4,
        0,
    );
    let rows = rows(&timeline);
    assert_eq!(rows.iter().map(|row| row.new_day).collect::<Vec<_>>(), [Some(0), Some(1), None, None]);
    assert_eq!(runs(&rows), [(true, true), (true, false), (false, false), (false, true)]);
}

#[test]
fn the_line_is_above_the_first_message_by_others_after_what_was_read() {
    let messages = || vec![message(1, 1, 0), message(2, 0, 1), message(3, 1, 2), message(4, 1, 3)];
    let mut open = timeline(messages(), 1, 2);
    let divided: Vec<_> = rows(&open).iter().map(|row| row.first_unread).collect();
    assert_eq!(divided, [false, false, true, false]);
    open.clear_divider();
    assert!(rows(&open).iter().all(|row| !row.first_unread));
    assert!(rows(&timeline(messages(), 4, 0)).iter().all(|row| !row.first_unread));
}

#[test]
fn what_is_not_stored_comes_last_and_never_goes_back_in_time() {
    let mut timeline = timeline(vec![message(1, 0, 2 * DAY), message(2, 1, 2 * DAY)], 2, 0);
    let outgoing = |n: u8, delivery| Outgoing {
        id: MessageId::from_parts(i64::from(n), &[n; 10]),
        conversation: timeline.conversation(),
        body: n.to_string(),
        at: 5,
        delivery,
    };
    let failed = Delivery::Failed(ErrorKind::Forbidden.into());
    let queue = [outgoing(8, failed), outgoing(9, Delivery::Sending), outgoing(2, Delivery::Queued)];
    timeline.show_pending(&queue);
    let rows = rows(&timeline);
    assert_eq!(rows.iter().map(|row| row.message.content.text().unwrap()).collect::<Vec<_>>(), ["1", "2", "8", "9"]);
    assert_eq!(rows[2].state, RowState::Failed(ErrorKind::Forbidden.into()));
    assert!(rows[2].mine && rows[2].new_day.is_none() && rows[2].starts_run && !rows[3].starts_run);
    assert_eq!(crate::live::rows::last_stored(&rows), Some(Seq(2)));
}
