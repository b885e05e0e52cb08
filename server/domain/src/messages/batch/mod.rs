//! One transaction for all requests that wait.

use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry};

use protocol::{
    ConversationId, ConversationKind, Error, ErrorKind, Field, Message, MessageId, Millis, Rev, Seq, UserId,
    live::{Change, Delta, ReadPosition, ServerFrame, Stored},
};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::command::{Seen, Send};
use crate::{
    Result,
    conversations::{columns, unread},
    db::{Db, Transaction},
    relationships::{
        policy::{Action, RelationshipContext},
        restrictions,
    },
    sql::Sql,
    users::user_summary,
};

/// The handling of messages that were stored before, and are sent again because the response was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplicateCheck {
    /// Expects none, which is almost always right: a duplicate makes the transaction fail, because its id is taken.
    Skip,
    /// Looks duplicates up, and gives them their first response again.
    Lookup,
}

/// The outcome of a transaction.
#[derive(Debug, Default)]
pub struct Committed {
    /// The response to each message, in their order.
    pub stored: Vec<Result<Stored>>,
    /// The response to each read position, in their order.
    pub seen: Vec<Result<()>>,
    /// The changes to publish to the members.
    pub changed: Vec<Delta>,
    /// The frames for the users whose read positions moved.
    pub reads: Vec<(UserId, ServerFrame)>,
}

/// Stores messages and read positions in one transaction.
///
/// # Errors
/// The database's error; nothing is stored then. A single request that is not allowed gets its error in its response.
pub async fn commit(
    db: &Db,
    sends: &[Send],
    seens: &[Seen],
    now: Millis,
    retries: DuplicateCheck,
) -> Result<Committed> {
    let txn = db.begin().await?;
    let mut batch = Batch::load(&txn, db.locks_rows(), (sends, seens), retries).await?;
    let mut committed = Committed {
        stored: sends.iter().map(|send| batch.send(send, now).map_err(Into::into)).collect(),
        seen: seens.iter().map(|seen| batch.seen(seen).map_err(Into::into)).collect(),
        ..Committed::default()
    };
    batch.write(&txn).await?;
    committed.reads = batch.count_unread(&txn).await?;
    txn.commit().await?;
    committed.changed = batch.into_deltas();
    Ok(committed)
}

#[derive(Debug, FromQueryResult)]
struct ConversationRow {
    id: Uuid,
    kind: i16,
    rev: i64,
    last_seq: i64,
}

#[derive(Debug, FromQueryResult)]
struct MemberRow {
    conversation_id: Uuid,
    user_id: Uuid,
    role: i16,
    present: bool,
    delivered_seq: i64,
    seen_seq: i64,
    rev: i64,
    username: String,
    display_name: String,
    picture_id: Option<Uuid>,
    sends_receipts: bool,
}

#[derive(Debug, FromQueryResult)]
struct StoredRow {
    id: Uuid,
    conversation_id: Uuid,
    author_id: Uuid,
    seq: i64,
    rev: i64,
    created_at: i64,
}

/// The state of a conversation during the transaction.
#[derive(Debug)]
struct Conversation {
    kind: ConversationKind,
    before: Rev,
    rev: Rev,
    last_seq: Seq,
    messages: Vec<Message>,
    /// Whether a request for this conversation was or may have been stored before, so that it is unknown whether the
    /// members were told.
    is_repeated: bool,
}

#[derive(Debug)]
struct Member {
    row: MemberRow,
    moved: bool,
}

/// The rows that the transaction works on, in memory.
#[derive(Debug)]
struct Batch {
    // Ordered by id: every node locks and writes them in the same order, so that two transactions do not deadlock.
    conversations: BTreeMap<ConversationId, Conversation>,
    members: BTreeMap<(ConversationId, UserId), Member>,
    stored: HashMap<MessageId, (ConversationId, UserId, Stored)>,
    /// The relationship contexts of users with the other user of a direct conversation, where they may forbid
    /// something.
    restrictions: HashMap<(ConversationId, UserId), RelationshipContext>,
}

impl Batch {
    async fn load(
        txn: &Transaction,
        lock: bool,
        (sends, seens): (&[Send], &[Seen]),
        retries: DuplicateCheck,
    ) -> Result<Self> {
        let backend = txn.get_database_backend();
        let mut pairs: Vec<(Uuid, Uuid)> = sends
            .iter()
            .map(|s| (s.conversation.uuid(), s.actor.user.uuid()))
            .chain(seens.iter().map(|s| (s.conversation.uuid(), s.actor.user.uuid())))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut ids: Vec<Uuid> = pairs.iter().map(|(conversation, _)| *conversation).collect();
        ids.dedup();
        let ids: Vec<[Value; 1]> = ids.into_iter().map(|id| [id.into()]).collect();
        let rows: Vec<[Value; 2]> = pairs.iter().map(|(c, u)| [(*c).into(), (*u).into()]).collect();

        let sql =
            Sql::new(backend, "SELECT id, kind, rev, last_seq FROM conversations WHERE id IN (SELECT column1 FROM ")
                .table(&ids, "v")
                .push(if lock { ") ORDER BY id FOR UPDATE" } else { ")" })
                .build();
        let conversations = ConversationRow::find_by_statement(sql).all(txn).await?;
        let sql = Sql::new(
            backend,
            "SELECT m.conversation_id, m.user_id, m.role, m.present, m.delivered_seq, m.seen_seq, m.rev, u.username, \
             u.display_name, u.picture_id, u.sends_receipts \
             FROM ",
        )
        .table(&rows, "v")
        .push(
            " JOIN members m ON m.conversation_id = v.column1 AND m.user_id = v.column2 \
             JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL",
        )
        .build();
        let members = MemberRow::find_by_statement(sql).all(txn).await?;

        // Read after the lock, like everything below, so that this sees what another node stored in these conversations
        // before, and the blocks that were made by now.
        let direct: HashSet<Uuid> = conversations.iter().filter(|row| is_direct(row)).map(|row| row.id).collect();
        let direct: Vec<(ConversationId, UserId)> =
            pairs.iter().filter(|(c, _)| direct.contains(c)).map(|(c, u)| ((*c).into(), (*u).into())).collect();
        let restrictions = restrictions(txn, &direct).await?;

        // A message that is refused now may have been stored while it was still allowed, and then gets its first
        // response.
        let may_be_stored = |send: &&Send| {
            let facts = restrictions.get(&(send.conversation, send.actor.user));
            retries == DuplicateCheck::Lookup || facts.is_some_and(|facts| !facts.may(Action::Message))
        };
        let ids: Vec<[Value; 1]> = sends.iter().filter(may_be_stored).map(|s| [s.id.uuid().into()]).collect();
        let mut stored = Vec::new();
        if !ids.is_empty() {
            let sql = Sql::new(
                backend,
                "SELECT id, conversation_id, author_id, seq, rev, created_at FROM messages \
                 WHERE id IN (SELECT column1 FROM ",
            )
            .table(&ids, "v")
            .push(")")
            .build();
            stored = StoredRow::find_by_statement(sql).all(txn).await?;
        }
        Ok(Self {
            conversations: conversations
                .into_iter()
                .map(|row| {
                    let conversation = Conversation {
                        kind: columns::kind(row.kind)?,
                        before: Rev(row.rev),
                        rev: Rev(row.rev),
                        last_seq: Seq(row.last_seq),
                        messages: Vec::new(),
                        // The first attempt may have been committed as a whole, and its response lost.
                        is_repeated: retries == DuplicateCheck::Lookup,
                    };
                    Ok((row.id.into(), conversation))
                })
                .collect::<Result<_>>()?,
            members: members
                .into_iter()
                .map(|row| ((row.conversation_id.into(), row.user_id.into()), Member { row, moved: false }))
                .collect(),
            stored: stored
                .into_iter()
                .map(|row| {
                    let ack = Stored {
                        id: row.id.into(),
                        conversation: row.conversation_id.into(),
                        seq: Seq(row.seq),
                        rev: Rev(row.rev),
                        at: row.created_at,
                    };
                    (ack.id, (ack.conversation, row.author_id.into(), ack))
                })
                .collect(),
            restrictions,
        })
    }

    /// Returns the conversation and the member if the user is in it. Nobody else learns whether the conversation
    /// exists.
    fn authorize(&mut self, id: ConversationId, user: UserId) -> Result<(&mut Conversation, &mut Member), Error> {
        let member = self.members.get_mut(&(id, user)).filter(|member| member.row.present);
        match (self.conversations.get_mut(&id), member) {
            (Some(conversation), Some(member)) => Ok((conversation, member)),
            _ => Err(ErrorKind::NotFound.into()),
        }
    }

    fn send(&mut self, send: &Send, now: Millis) -> Result<Stored, Error> {
        self.authorize(send.conversation, send.actor.user)?;
        match self.stored.entry(send.id) {
            // The message was sent before, in an earlier transaction or in this one, and gets its first response again.
            Entry::Occupied(first) => {
                let (conversation, author, ack) = first.get();
                if (*conversation, *author) == (send.conversation, send.actor.user) {
                    if let Some(conversation) = self.conversations.get_mut(conversation) {
                        conversation.is_repeated = true;
                    }
                    return Ok(*ack);
                }
                Err(ErrorKind::Conflict.on(Field::Request))
            }
            Entry::Vacant(place) => {
                let restriction = self.restrictions.get(&(send.conversation, send.actor.user));
                if restriction.is_some_and(|facts| !facts.may(Action::Message)) {
                    // The same error for a block, a privacy setting and a deleted account, so that it does not reveal
                    // which one it is.
                    return Err(ErrorKind::Forbidden.on(Field::Body));
                }
                let Some(conversation) = self.conversations.get_mut(&send.conversation) else {
                    return Err(ErrorKind::NotFound.into());
                };
                conversation.rev = conversation.rev.plus(1);
                conversation.last_seq = conversation.last_seq.plus(1);
                let (seq, rev) = (conversation.last_seq, conversation.rev);
                let author = send.actor.user;
                conversation.messages.push(Message { id: send.id, author, seq, rev, at: now, body: send.body.clone() });
                let ack = Stored { id: send.id, conversation: send.conversation, seq, rev, at: now };
                place.insert((send.conversation, author, ack));
                Ok(ack)
            }
        }
    }

    fn seen(&mut self, seen: &Seen) -> Result<(), Error> {
        let restriction = self.restrictions.get(&(seen.conversation, seen.actor.user));
        let between = restriction.is_none_or(|facts| facts.may(Action::SeeReceipts));
        let (conversation, member) = self.authorize(seen.conversation, seen.actor.user)?;
        let seq = seen.seq.min(conversation.last_seq).0;
        if seq > member.row.seen_seq {
            member.row.seen_seq = seq;
            member.row.delivered_seq = member.row.delivered_seq.max(seq);
            // In a group, one frame goes to all members, so it leaves out the position of a member who does not share
            // theirs. Members who do not share theirs must not see others' either; hiding those is left to their
            // clients.
            if conversation.kind.shows_receipts() && member.row.sends_receipts && between {
                conversation.rev = conversation.rev.plus(1);
                member.row.rev = conversation.rev.0;
            }
            member.moved = true;
        }
        Ok(())
    }

    async fn write(&self, txn: &Transaction) -> Result<()> {
        let backend = txn.get_database_backend();
        let changed: Vec<[Value; 3]> = self
            .conversations
            .iter()
            .filter(|(_, c)| c.rev > c.before)
            .map(|(id, c)| [id.uuid().into(), c.rev.0.into(), c.last_seq.0.into()])
            .collect();
        if !changed.is_empty() {
            let sql = Sql::new(backend, "UPDATE conversations SET rev = v.column2, last_seq = v.column3 FROM ")
                .table(&changed, "v")
                .push(" WHERE conversations.id = v.column1")
                .build();
            txn.execute_raw(sql).await?;
        }
        let messages: Vec<_> =
            self.conversations.iter().flat_map(|(id, c)| c.messages.iter().map(|m| row(*id, m))).collect();
        let into = "INSERT INTO messages (id, conversation_id, author_id, seq, rev, created_at, body)";
        for sql in Sql::insert(backend, into, &messages) {
            txn.execute_raw(sql).await?;
        }
        let moved: Vec<[Value; 5]> = self
            .members
            .values()
            .filter(|member| member.moved)
            .map(|Member { row, .. }| {
                let (seen, delivered, rev) = (row.seen_seq, row.delivered_seq, row.rev);
                [row.conversation_id.into(), row.user_id.into(), seen.into(), delivered.into(), rev.into()]
            })
            .collect();
        if !moved.is_empty() {
            let sql = Sql::new(
                backend,
                "UPDATE members SET seen_seq = v.column3, delivered_seq = v.column4, rev = v.column5 FROM ",
            )
            .table(&moved, "v")
            .push(" WHERE members.conversation_id = v.column1 AND members.user_id = v.column2")
            .build();
            txn.execute_raw(sql).await?;
        }
        Ok(())
    }

    /// Returns a frame with the number of unread messages for each user whose read position moved.
    async fn count_unread(&self, txn: &Transaction) -> Result<Vec<(UserId, ServerFrame)>> {
        let mut reads = Vec::new();
        for ((conversation, user), member) in self.members.iter().filter(|(_, member)| member.moved) {
            let Some(state) = self.conversations.get(conversation) else { continue };
            let seen = Seq(member.row.seen_seq);
            let unread = if seen == state.last_seq { 0 } else { unread(txn, *conversation, *user, seen).await? };
            let frame = ServerFrame::Read { conversation: *conversation, seen, unread, last_seq: state.last_seq };
            reads.push((*user, frame));
        }
        Ok(reads)
    }

    fn into_deltas(self) -> Vec<Delta> {
        let Self { conversations, members, .. } = self;
        let mut deltas: BTreeMap<ConversationId, Delta> = conversations
            .into_iter()
            // If a request was repeated and nothing is new, the members get the current revision: a client that missed
            // the changes stored before notices, and requests them.
            .filter(|(_, c)| c.rev > c.before || c.is_repeated)
            .map(|(id, c)| {
                let changes = c.messages.into_iter().map(Change::Message).collect();
                (id, Delta { changes, ..Delta::new(id, c.before, c.rev) })
            })
            .collect();
        for ((conversation, user), Member { row, moved }) in members {
            let Some(delta) = deltas.get_mut(&conversation) else { continue };
            // A read position that moved without a revision of its own is not shown to others.
            if moved && row.rev > delta.since.0 {
                let (delivered_seq, seen_seq, rev) = (Seq(row.delivered_seq), Seq(row.seen_seq), Rev(row.rev));
                delta.changes.push(Change::ReadPosition(ReadPosition { user, delivered_seq, seen_seq, rev }));
            }
            delta.users.push(user_summary(row.user_id, row.username, row.display_name, row.picture_id));
        }
        for delta in deltas.values_mut() {
            delta.changes.sort_by_key(Change::rev);
        }
        deltas.into_values().collect()
    }
}

fn is_direct(row: &ConversationRow) -> bool {
    row.kind == columns::kind_column(ConversationKind::Direct)
}

fn row(conversation: ConversationId, message: &Message) -> [Value; 7] {
    let Message { id, author, seq, rev, at, body } = message;
    let (id, conversation, author) = (id.uuid().into(), conversation.uuid().into(), author.uuid().into());
    [id, conversation, author, seq.0.into(), rev.0.into(), (*at).into(), body.as_str().into()]
}
