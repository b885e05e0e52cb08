//! Writing what a transaction changed, in as few statements as possible.

use std::collections::{BTreeMap, HashMap};

use protocol::{ConversationId, Message, UserId};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::Conversation;
use crate::{Result, db::Transaction, sql::Sql};

type Conversations = BTreeMap<ConversationId, Conversation>;

pub(super) async fn write(txn: &Transaction, conversations: &mut Conversations) -> Result<()> {
    let backend = txn.get_database_backend();
    // Before the messages, which refer to the memberships of their authors.
    for statement in conversations.values_mut().flat_map(Conversation::take_statements) {
        txn.execute_raw(statement.build(backend)).await?;
    }
    let mut statements = write_conversations(conversations);
    statements.extend(write_positions(conversations));
    // A new message is a text that answers none and was not edited, which is what the other columns are by default.
    let into = "INSERT INTO messages (id, conversation_id, author_id, seq, rev, created_at, body)";
    statements.extend(Sql::insert(backend, into, message_rows(conversations)));
    // PostgreSQL executes them at once, which saves the way there and back. SQLite executes them faster one by one, each
    // with a text that it has prepared.
    if txn.locks_rows() && statements.len() > 1 {
        statements = vec![Sql::together(statements)];
    }
    for statement in statements {
        txn.execute_raw(statement.build(backend)).await?;
    }
    Ok(())
}

/// Returns a statement that updates rows from a table `v`, unless there is none.
fn update<const N: usize>(set: &str, rows: Vec<[Value; N]>, which: &str) -> Option<Sql> {
    (!rows.is_empty()).then(|| Sql::new(set).push(" FROM ").table(rows, "v").push(" WHERE ").push(which))
}

fn write_conversations(conversations: &Conversations) -> Vec<Sql> {
    let changed = || conversations.iter().filter(|(_, conversation)| conversation.is_changed());
    let with_message: Vec<[Value; 5]> = changed()
        .filter_map(|(id, c)| {
            let preview = c.new_preview()?;
            let preview = preview.text().unwrap_or_default().into();
            Some([id.uuid().into(), c.rev().0.into(), c.member_count().into(), c.last_seq().0.into(), preview])
        })
        .collect();
    let others: Vec<[Value; 3]> = changed()
        .filter(|(_, c)| c.new_messages().is_empty())
        .map(|(id, c)| [id.uuid().into(), c.rev().0.into(), c.member_count().into()])
        .collect();
    let set = "UPDATE conversations SET rev = v.column2, member_count = v.column3";
    let which = "conversations.id = v.column1";
    let with_message = update(&format!("{set}, last_seq = v.column4, preview = v.column5"), with_message, which);
    with_message.into_iter().chain(update(set, others, which)).collect()
}

/// Returns the statement that writes read positions, and the number of own messages after them.
fn write_positions(conversations: &Conversations) -> Option<Sql> {
    let changed = |(id, conversation): (_, &Conversation)| {
        let last_seq = conversation.last_seq();
        let members = conversation.memberships().filter(|member| member.has_new_positions());
        let rows = members.map(move |member| {
            let (seen, delivered, rev) = (member.seen_seq.0, member.delivered_seq.0, member.rev.0);
            let id: &ConversationId = id;
            let (id, user, own) = (id.uuid(), member.user.id.uuid(), member.own_unseen(last_seq));
            [id.into(), user.into(), seen.into(), delivered.into(), rev.into(), own.into()]
        });
        rows.collect::<Vec<[Value; 6]>>()
    };
    update(
        "UPDATE members SET seen_seq = v.column3, delivered_seq = v.column4, rev = v.column5, own_unseen = v.column6",
        conversations.iter().flat_map(changed).collect(),
        "members.conversation_id = v.column1 AND members.user_id = v.column2",
    )
}

fn message_rows(conversations: &Conversations) -> Vec<[Value; 7]> {
    conversations.iter().flat_map(|(id, c)| c.new_messages().iter().map(|message| row(*id, message))).collect()
}

fn row(conversation: ConversationId, message: &Message) -> [Value; 7] {
    let Message { id, author, seq, rev, at, content, .. } = message;
    let (id, conversation, author) = (id.uuid().into(), conversation.uuid().into(), author.uuid().into());
    [id, conversation, author, seq.0.into(), rev.0.into(), (*at).into(), content.text().unwrap_or_default().into()]
}

/// Subtracts the members' own messages that were read from the counts of those that were not.
pub(super) async fn count_own(txn: &Transaction, conversations: &mut Conversations) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        conversation_id: Uuid,
        user_id: Uuid,
        own: i64,
    }
    let ranges = |(id, conversation): (&ConversationId, &Conversation)| -> Vec<[Value; 4]> {
        let members = conversation.memberships().filter(|member| member.needs_count(conversation.last_seq()));
        let range = |from: i64, to: i64, user: UserId| [id.uuid().into(), user.uuid().into(), from.into(), to.into()];
        members.map(|member| range(member.stored_seen.0, member.seen_seq.0, member.user.id)).collect()
    };
    let rows: Vec<[Value; 4]> = conversations.iter().flat_map(ranges).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = Sql::new(
        "SELECT v.column1 AS conversation_id, v.column2 AS user_id, (SELECT count(*) FROM messages m \
         WHERE m.conversation_id = v.column1 AND m.author_id = v.column2 AND m.seq > v.column3 AND m.seq <= v.column4) \
         AS own FROM ",
    )
    .table(rows, "v")
    .build(txn.get_database_backend());
    let rows = Row::find_by_statement(sql).all(txn).await?;
    let mut read: HashMap<(ConversationId, UserId), i64> =
        rows.into_iter().map(|row| ((row.conversation_id.into(), row.user_id.into()), row.own)).collect();
    for (id, conversation) in conversations {
        for member in conversation.memberships_mut() {
            let own = read.remove(&(*id, member.user.id)).unwrap_or_default();
            let left = i64::from(member.own_unseen).saturating_sub(own).max(0);
            member.own_unseen = i32::try_from(left).unwrap_or(i32::MAX);
        }
    }
    Ok(())
}
