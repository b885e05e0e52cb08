//! The server: what it stores, and the frames it sends.

use protocol::{
    Content, ConversationId, ConversationKind, ConversationSummary, Member, Message, MessageId, MessagePage, Rev, Role,
    Seq, UserId, UserSummary,
    live::{Change, Delta, MemberLeft, ReadPosition, Stored},
    message::ConversationSnapshot,
};

/// A window and a page small enough that every bound is reached.
pub(super) const WINDOW: usize = 7;
pub(super) const PAGE: usize = 3;
pub(super) const CHANGES: usize = 6;

pub(super) fn conversation() -> ConversationId {
    ConversationId::from_parts(1, &[1; 10])
}

pub(super) fn user(n: u8) -> UserId {
    UserId::from_parts(2, &[n; 10])
}

pub(super) fn card(n: u8) -> UserSummary {
    UserSummary::new(user(n), format!("user{n}"))
}

pub(super) const ME: u8 = 0;

/// The stored messages and members.
pub(super) struct Server {
    pub(super) rev: Rev,
    pub(super) messages: Vec<Message>,
    pub(super) member: Member,
    /// Whether the other member is in it.
    pub(super) present: bool,
    next_id: i64,
}

impl Server {
    pub(super) fn new() -> Self {
        let member =
            Member { user: card(1), role: Role::Member, delivered_seq: Seq::ZERO, seen_seq: Seq::ZERO, rev: Rev::ZERO };
        Self { rev: Rev::ZERO, messages: Vec::new(), member, present: true, next_id: 0 }
    }

    pub(super) fn last(&self) -> Seq {
        self.messages.last().map_or(Seq::ZERO, |message| message.seq)
    }

    pub(super) fn new_id(&mut self) -> MessageId {
        self.next_id += 1;
        MessageId::from_parts(self.next_id, &[3; 10])
    }

    fn delta(&self, since: Rev, change: Change) -> Delta {
        Delta { changes: vec![change], users: vec![card(0), card(1)], ..Delta::new(conversation(), since, self.rev) }
    }

    /// Stores a message, once per id.
    pub(super) fn store(&mut self, id: MessageId, author: u8) -> (Stored, Option<Delta>) {
        let ack = |message: &Message| Stored {
            id,
            conversation: conversation(),
            seq: message.seq,
            rev: message.rev,
            at: message.at,
        };
        if let Some(known) = self.messages.iter().find(|message| message.id == id) {
            return (ack(known), None);
        }
        let before = self.rev;
        self.rev = self.rev.plus(1);
        let message = Message {
            id,
            author: user(author),
            seq: self.last().plus(1),
            rev: self.rev,
            at: self.rev.0 * 1_000,
            reply_to: None,
            edited_at: None,
            content: Content::Text(body(id, 0)),
        };
        self.messages.push(message.clone());
        (ack(&message), Some(self.delta(before, message.into())))
    }

    pub(super) fn edit(&mut self, share: u8) -> Option<Delta> {
        let index = usize::from(share).checked_rem(self.messages.len())?;
        let before = self.rev;
        self.rev = self.rev.plus(1);
        let message = &mut self.messages[index];
        message.rev = self.rev;
        // Some edits are deletions.
        message.content =
            if self.rev.0 % 3 == 0 { Content::Deleted } else { Content::Text(body(message.id, self.rev.0)) };
        message.edited_at = Some(self.rev.0);
        let message = message.clone();
        Some(self.delta(before, message.into()))
    }

    /// The other member reads everything.
    pub(super) fn receipt(&mut self) -> Delta {
        let since = self.rev;
        self.rev = self.rev.plus(1);
        self.member.seen_seq = self.last();
        self.member.rev = self.rev;
        let Member { delivered_seq, seen_seq, rev, .. } = self.member;
        self.delta(since, Change::ReadPosition(ReadPosition { user: user(1), delivered_seq, seen_seq, rev }))
    }

    /// The other member leaves, or comes back.
    pub(super) fn come_or_go(&mut self) -> Delta {
        let since = self.rev;
        self.rev = self.rev.plus(1);
        self.member.rev = self.rev;
        self.present = !self.present;
        self.delta(since, self.membership())
    }

    /// Something happens that this version of the client does not know.
    pub(super) fn surprise(&mut self) -> Delta {
        let since = self.rev;
        self.rev = self.rev.plus(1);
        self.delta(since, Change::Unknown)
    }

    fn membership(&self) -> Change {
        if self.present {
            Change::Member(self.member.clone())
        } else {
            Change::MemberLeft(MemberLeft { user: user(1), rev: self.member.rev })
        }
    }

    pub(super) fn changes(&self, since: Rev) -> Delta {
        let mut messages: Vec<_> = self.messages.iter().filter(|message| message.rev > since).cloned().collect();
        messages.sort_by_key(|message| message.rev);
        let truncated = messages.len() > CHANGES;
        if truncated {
            messages.clear();
        }
        let member = (self.member.rev > since).then(|| self.membership());
        let changes = messages.into_iter().map(Change::Message).chain(member).collect();
        Delta { changes, truncated, ..Delta::new(conversation(), since, self.rev) }
    }

    /// Returns the messages from one position to before another.
    pub(super) fn page(&self, from: i64, to: i64) -> MessagePage {
        let last = self.last().0;
        let (from, to) = (from.clamp(1, last + 1), to.clamp(1, last + 1));
        let messages: Vec<_> = self.messages.iter().filter(|m| m.seq.0 >= from && m.seq.0 < to).cloned().collect();
        MessagePage {
            conversation: conversation(),
            rev: self.rev,
            has_older: from > 1 && last > 0,
            has_newer: to <= last,
            messages,
            people: vec![card(1)],
        }
    }

    pub(super) fn newest(&self) -> MessagePage {
        let end = self.last().0 + 1;
        self.page(end - i64::try_from(PAGE).unwrap(), end)
    }

    pub(super) fn open(&self, page: MessagePage) -> ConversationSnapshot {
        let summary = ConversationSummary {
            id: conversation(),
            kind: ConversationKind::Direct,
            title: "user1".into(),
            peer: Some(card(1)),
            rev: self.rev,
            last_seq: self.last(),
            seen_seq: Seq::ZERO,
            unread: 0,
            last_message: None,
            last_author: None,
            active_at: 0,
            members: 2,
        };
        ConversationSnapshot { summary, page, members: self.present.then(|| self.member.clone()).into_iter().collect() }
    }
}

pub(super) fn body(id: MessageId, edit: i64) -> String {
    format!("{id} {edit}")
}
