//! The sidebar against a model of the server.

use proptest::prelude::*;
use protocol::{
    Content, ConversationId, ConversationKind, ConversationSummary, Message, MessageId, Rev, Seq, UserId, UserSummary,
    live::{Change, ConversationCursor, Delta},
};

use crate::live::sidebar::Sidebar;

fn me() -> UserId {
    UserId::from_parts(0, &[0; 10])
}

fn them() -> UserSummary {
    UserSummary::new(UserId::from_parts(0, &[1; 10]), "them".into())
}

fn id(n: u8) -> ConversationId {
    ConversationId::from_parts(1, &[n; 10])
}

#[derive(Default, Clone)]
struct Conversation {
    present: bool,
    rev: Rev,
    seen: Seq,
    messages: Vec<Message>,
    /// How often somebody joined.
    joined: u32,
}

#[derive(Default)]
struct Server {
    clock: i64,
    conversations: [Conversation; 3],
}

#[derive(Clone, Debug)]
enum Frame {
    Delta(Delta),
    Read(ConversationId, Seq, u32, Seq),
    Synced(Vec<ConversationSummary>, Vec<ConversationId>),
}

impl Server {
    fn write(&mut self, n: u8, mine: bool) -> Frame {
        self.clock += 1;
        let conversation = &mut self.conversations[usize::from(n)];
        conversation.present = true;
        let before = conversation.rev;
        conversation.rev = before.plus(1);
        let message = Message {
            id: MessageId::from_parts(self.clock, &[n; 10]),
            author: if mine { me() } else { them().id },
            seq: Seq(i64::try_from(conversation.messages.len()).unwrap() + 1),
            rev: conversation.rev,
            at: self.clock,
            reply_to: None,
            edited_at: None,
            content: Content::Text(self.clock.to_string()),
        };
        conversation.messages.push(message.clone());
        let delta = Delta::new(id(n), before, conversation.rev);
        Frame::Delta(Delta { changes: vec![message.into()], users: vec![them()], ..delta })
    }

    fn edit(&mut self, n: u8) -> Option<Frame> {
        let conversation = &mut self.conversations[usize::from(n)];
        let before = conversation.rev;
        let message = conversation.messages.last_mut()?;
        conversation.rev = before.plus(1);
        message.rev = conversation.rev;
        message.content = Content::Text(format!("{}!", message.content.text().unwrap()));
        let changes = vec![message.clone().into()];
        Some(Frame::Delta(Delta { changes, ..Delta::new(id(n), before, conversation.rev) }))
    }

    fn join(&mut self, n: u8) -> Option<Frame> {
        let conversation = &mut self.conversations[usize::from(n)];
        let before = conversation.rev;
        conversation.messages.last()?;
        conversation.rev = before.plus(1);
        conversation.joined += 1;
        let members = Some(2 + conversation.joined);
        Some(Frame::Delta(Delta { members, ..Delta::new(id(n), before, conversation.rev) }))
    }

    /// Something happens that this version of the client does not know.
    fn surprise(&mut self, n: u8) -> Option<Frame> {
        let conversation = &mut self.conversations[usize::from(n)];
        let before = conversation.rev;
        conversation.messages.last()?;
        conversation.rev = before.plus(1);
        Some(Frame::Delta(Delta { changes: vec![Change::Unknown], ..Delta::new(id(n), before, conversation.rev) }))
    }

    fn read(&mut self, n: u8, back: u8) -> Option<Frame> {
        let row = self.row(n)?;
        let to = Seq(row.last_seq.0 - i64::from(back));
        let conversation = &mut self.conversations[usize::from(n)];
        if to <= conversation.seen {
            return None;
        }
        conversation.seen = to;
        let row = self.row(n)?;
        Some(Frame::Read(id(n), to, row.unread, row.last_seq))
    }

    fn row(&self, n: u8) -> Option<ConversationSummary> {
        let conversation = &self.conversations[usize::from(n)];
        let last = conversation.messages.last();
        let unread = conversation.messages.iter().filter(|m| m.seq > conversation.seen && m.author != me()).count();
        conversation.present.then(|| ConversationSummary {
            id: id(n),
            kind: ConversationKind::Room,
            title: n.to_string(),
            peer: None,
            rev: conversation.rev,
            last_seq: last.map_or(Seq::ZERO, |m| m.seq),
            seen_seq: conversation.seen,
            unread: u32::try_from(unread).unwrap(),
            last_message: last.cloned(),
            last_author: None,
            active_at: last.map_or(0, |m| m.at),
            members: 2 + conversation.joined,
        })
    }

    fn sync(&self, known: &[ConversationCursor]) -> Frame {
        let rows = (0..3).filter_map(|n| self.row(n));
        let changed = rows.filter(|row| {
            !known.iter().any(|known| known.id == row.id && known.rev == row.rev && known.seen == row.seen_seq)
        });
        let gone = known.iter().map(|k| k.id).filter(|k| !(0..3).any(|n| id(n) == *k && self.row(n).is_some()));
        Frame::Synced(changed.collect(), gone.collect())
    }
}

#[derive(Clone, Debug)]
enum Step {
    Write(u8, bool),
    Edit(u8),
    Join(u8),
    Surprise(u8),
    Read(u8, u8),
    Leave(u8),
    Sync,
    /// The server reads the response to the oldest request.
    Answer,
    Deliver(u8),
    Repeat(u8),
    Lose(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let n = || 0_u8..3;
    prop_oneof![
        6 => (n(), any::<bool>()).prop_map(|(n, mine)| Step::Write(n, mine)),
        2 => n().prop_map(Step::Edit),
        1 => n().prop_map(Step::Join),
        1 => n().prop_map(Step::Surprise),
        3 => (n(), 0_u8..4).prop_map(|(n, back)| Step::Read(n, back)),
        1 => n().prop_map(Step::Leave),
        2 => Just(Step::Sync),
        2 => Just(Step::Answer),
        8 => Just(Step::Deliver(0)),
        2 => any::<u8>().prop_map(Step::Deliver),
        1 => any::<u8>().prop_map(Step::Repeat),
        1 => any::<u8>().prop_map(Step::Lose),
    ]
}

fn take(sidebar: &mut Sidebar, frame: Frame) {
    match frame {
        Frame::Delta(delta) => sidebar.apply_delta(&delta),
        Frame::Read(conversation, seen, unread, last) => sidebar.read(conversation, seen, unread, last),
        Frame::Synced(rows, gone) => drop(sidebar.synced(rows, gone)),
    }
}

/// A client and its server. The server may read the response long after the request, and the response may take long to
/// arrive.
#[derive(Default)]
struct World {
    server: Server,
    network: Vec<Frame>,
    questions: Vec<Vec<ConversationCursor>>,
    /// The highest revision of each conversation that a delta named to the client.
    heard: [Rev; 3],
}

impl World {
    fn step(&mut self, sidebar: &mut Sidebar, step: Step) {
        let index = |nth: u8| usize::from(nth).checked_rem(self.network.len());
        match step {
            Step::Write(n, mine) => self.network.push(self.server.write(n, mine)),
            Step::Edit(n) => self.network.extend(self.server.edit(n)),
            Step::Join(n) => self.network.extend(self.server.join(n)),
            Step::Surprise(n) => self.network.extend(self.server.surprise(n)),
            Step::Read(n, back) => self.network.extend(self.server.read(n, back)),
            Step::Leave(n) => {
                self.server.conversations[usize::from(n)].present = false;
                self.heard[usize::from(n)] = Rev::ZERO;
                sidebar.gone(id(n));
            }
            // Like the client: one request at a time, with one response.
            Step::Sync if !self.is_asking() => self.questions.push(sidebar.ask()),
            Step::Sync => {}
            Step::Answer => self.answer(),
            Step::Deliver(nth) => {
                if let Some(index) = index(nth) {
                    let frame = self.network.remove(index);
                    self.take(sidebar, frame);
                }
            }
            Step::Repeat(nth) => {
                if let Some(index) = index(nth).filter(|index| !matches!(self.network[*index], Frame::Synced(..))) {
                    let frame = self.network[index].clone();
                    self.take(sidebar, frame);
                }
            }
            Step::Lose(nth) => {
                if let Some(index) = index(nth) {
                    self.network.remove(index);
                }
            }
        }
    }

    fn is_asking(&self) -> bool {
        !self.questions.is_empty() || self.network.iter().any(|frame| matches!(frame, Frame::Synced(..)))
    }

    fn answer(&mut self) {
        if !self.questions.is_empty() {
            let known = self.questions.remove(0);
            self.network.push(self.server.sync(&known));
        }
    }

    fn take(&mut self, sidebar: &mut Sidebar, frame: Frame) {
        if let Frame::Delta(delta) = &frame {
            let n = (0..3_u8).find(|n| id(*n) == delta.conversation).unwrap();
            if self.server.conversations[usize::from(n)].present {
                let heard = &mut self.heard[usize::from(n)];
                *heard = (*heard).max(delta.rev);
            }
        }
        take(sidebar, frame);
    }

    /// Delivers everything on the network, while the client sends requests as long as it believes that something is
    /// missing. Nothing new happens, and the connection holds.
    fn run_out(&mut self, sidebar: &mut Sidebar) -> Result<(), TestCaseError> {
        for _ in 0..200 {
            while !self.network.is_empty() {
                let frame = self.network.remove(0);
                self.take(sidebar, frame);
            }
            if self.questions.is_empty() && sidebar.is_behind() {
                self.questions.push(sidebar.ask());
            }
            if self.questions.is_empty() {
                return Ok(());
            }
            self.answer();
        }
        prop_assert!(false, "asks for ever");
        Ok(())
    }

    fn check_end(&self, sidebar: &Sidebar) -> Result<(), TestCaseError> {
        let mut truth: Vec<_> = (0..3).filter_map(|n| self.server.row(n)).collect();
        truth.sort_by_key(|row| (std::cmp::Reverse(row.active_at), row.id));
        let rows: Vec<_> =
            sidebar.rows().into_iter().cloned().map(|row| ConversationSummary { last_author: None, ..row }).collect();
        prop_assert_eq!(sidebar.unread(), truth.iter().map(|row| row.unread).sum::<u32>());
        prop_assert_eq!(rows, truth);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases * 2, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    /// Whatever was lost, doubled or late: after one request, and more as long as the client is behind, the rows are
    /// the server's.
    #[test]
    fn ends_in_the_servers_state(steps in prop::collection::vec(step(), 0..80)) {
        let mut world = World::default();
        let mut sidebar = Sidebar::new(me(), vec![]);
        for step in steps {
            world.step(&mut sidebar, step);
        }
        // The socket breaks; what was on it is lost.
        world.network.clear();
        sidebar.forget_questions();
        world.questions = vec![sidebar.ask()];
        world.run_out(&mut sidebar)?;
        world.check_end(&sidebar)?;
    }

    /// However requests, responses, deltas and counts cross, or come twice: if nothing was lost, the rows become the
    /// server's by themselves; and whatever was lost, everything that a delta named arrives.
    #[test]
    fn nothing_that_was_heard_of_stays_missing(steps in prop::collection::vec(step(), 0..80), loses: bool) {
        let mut world = World::default();
        let mut sidebar = Sidebar::new(me(), vec![]);
        for step in steps {
            if loses || !matches!(step, Step::Lose(_)) {
                world.step(&mut sidebar, step);
            }
        }
        world.run_out(&mut sidebar)?;
        for (n, heard) in (0..3).zip(world.heard) {
            let rev = sidebar.get(id(n)).map_or(Rev::ZERO, |row| row.rev);
            prop_assert!(rev >= heard, "{heard:?} of {n} was heard of, and nobody asks");
        }
        if !loses {
            world.check_end(&sidebar)?;
        }
    }
}

#[test]
fn a_message_moves_a_row_to_the_top() {
    let mut server = Server::default();
    server.write(0, false);
    server.write(1, true);
    let mut sidebar = Sidebar::new(me(), vec![server.row(0).unwrap(), server.row(1).unwrap()]);
    let order = |sidebar: &Sidebar| sidebar.rows().iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(order(&sidebar), [id(1), id(0)]);
    take(&mut sidebar, server.write(0, false));
    assert_eq!(order(&sidebar), [id(0), id(1)]);
    assert_eq!(sidebar.get(id(0)).unwrap().unread, 2);
    assert!(!sidebar.is_behind());
    sidebar.read_here(id(0), Seq(2));
    assert_eq!(sidebar.unread(), 0);
}

#[test]
fn an_unknown_conversation_and_a_gap_are_asked_for() {
    let mut server = Server::default();
    server.write(0, false);
    let mut sidebar = Sidebar::new(me(), vec![server.row(0).unwrap()]);
    take(&mut sidebar, server.write(1, false));
    assert!(sidebar.is_behind());
    let answer = server.sync(&sidebar.ask());
    take(&mut sidebar, answer);
    assert!(!sidebar.is_behind());
    server.write(0, false);
    take(&mut sidebar, server.write(0, false));
    assert!(sidebar.is_behind());
    assert_eq!(sidebar.get(id(0)).unwrap().last_message.as_ref().unwrap().content.text(), Some("4"), "shown at once");
}

#[test]
fn the_newest_number_of_members_holds() {
    let mut server = Server::default();
    server.write(0, false);
    let row = server.row(0).unwrap();
    let rev = row.rev;
    let mut sidebar = Sidebar::new(me(), vec![row]);
    let delta = |n: i64, members| Delta { members, ..Delta::new(id(0), rev.plus(n - 1), rev.plus(n)) };
    // In order, again, beyond a gap, and within it; a change of something else says nothing of it.
    let deltas = [(1, Some(3)), (1, Some(3)), (4, Some(6)), (3, Some(5)), (2, Some(4)), (5, None)];
    let heard = deltas.map(|(n, members)| {
        sidebar.apply_delta(&delta(n, members));
        sidebar.get(id(0)).unwrap().members
    });
    assert_eq!(heard, [3, 3, 6, 6, 6, 6]);
    assert!(!sidebar.is_behind());
}

#[test]
fn a_row_keeps_no_more_of_a_message_than_it_shows() {
    let mut server = Server::default();
    let Frame::Delta(mut delta) = server.write(0, false) else { unreachable!() };
    let Change::Message(message) = &mut delta.changes[0] else { unreachable!() };
    message.content = Content::Text("é".repeat(8_000));
    let mut sidebar =
        Sidebar::new(me(), vec![ConversationSummary { rev: Rev::ZERO, last_seq: Seq::ZERO, ..server.row(0).unwrap() }]);
    sidebar.apply_delta(&delta);
    assert_eq!(sidebar.get(id(0)).unwrap().last_message.as_ref().unwrap().content.text().unwrap().chars().count(), 161);
}

#[test]
fn a_direct_conversation_is_called_like_the_other_person_is_now() {
    let mut server = Server::default();
    server.write(0, false);
    server.write(1, false);
    let direct = ConversationSummary {
        kind: ConversationKind::Direct,
        title: "them".into(),
        peer: Some(them()),
        last_author: Some(them()),
        ..server.row(0).unwrap()
    };
    let room = ConversationSummary { title: "Tea".into(), last_author: Some(them()), ..server.row(1).unwrap() };
    let mut sidebar = Sidebar::new(me(), vec![direct, room]);
    let stranger = UserSummary::new(UserId::from_parts(0, &[7; 10]), "stranger".into());
    let now = UserSummary { display_name: Some("They".into()), ..them() };
    sidebar.update_users(&[stranger, now.clone()]);
    let direct = sidebar.get(id(0)).unwrap();
    assert_eq!((direct.title.as_str(), direct.peer.as_ref()), ("They", Some(&now)));
    let room = sidebar.get(id(1)).unwrap();
    assert_eq!((room.title.as_str(), &room.peer), ("Tea", &None));
    assert_eq!([&direct.last_author, &room.last_author], [&Some(now.clone()), &Some(now)]);
    // The display name was removed, so the username is shown.
    sidebar.update_users(&[them()]);
    assert_eq!(sidebar.get(id(0)).unwrap().title, "them");
}

#[test]
fn an_answer_from_before_a_gap_does_not_close_it() {
    let mut server = Server::default();
    server.write(0, false);
    let mut sidebar = Sidebar::new(me(), vec![server.row(0).unwrap()]);
    let answer = server.sync(&sidebar.ask());
    server.write(0, false);
    take(&mut sidebar, server.write(0, false));
    take(&mut sidebar, answer);
    assert!(sidebar.is_behind(), "the question was older than what is missing");
    let answer = server.sync(&sidebar.ask());
    take(&mut sidebar, answer);
    assert!(!sidebar.is_behind());
    assert_eq!(sidebar.unread(), 3);
}
