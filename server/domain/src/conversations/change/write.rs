//! Writing what a transaction changed, in as few statements as possible.

use std::collections::BTreeMap;

use protocol::{ConversationId, Message};
use sea_orm::{ConnectionTrait, Value};

use super::{
    Conversation,
    state::{Membership, Stored},
};
use crate::{Result, conversations::columns::role_column, db::Transaction, sql::Sql};

type Conversations = BTreeMap<ConversationId, Conversation>;

pub(super) async fn write(txn: &Transaction, conversations: &Conversations) -> Result<()> {
    write_conversations(txn, conversations).await?;
    // Before the messages, which refer to the memberships of their authors.
    insert_members(txn, &rows(conversations, Stored::Nothing)).await?;
    write_members(txn, &rows(conversations, Stored::Other)).await?;
    write_positions(txn, &rows(conversations, Stored::OtherPositions)).await?;
    insert_messages(txn, conversations).await
}

fn rows(conversations: &Conversations, stored: Stored) -> Vec<(ConversationId, &Membership)> {
    conversations
        .iter()
        .flat_map(|(id, conversation)| conversation.memberships().map(move |member| (*id, member)))
        .filter(|(_, member)| member.stored == stored)
        .collect()
}

async fn write_conversations(txn: &Transaction, conversations: &Conversations) -> Result<()> {
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
    update(txn, &format!("{set}, last_seq = v.column4, preview = v.column5"), &with_message, ID).await?;
    update(txn, set, &others, ID).await
}

const ID: &str = "conversations.id = v.column1";
const MEMBER: &str = "members.conversation_id = v.column1 AND members.user_id = v.column2";

/// Updates the rows that `which` finds, from a table `v`.
async fn update<const N: usize>(txn: &Transaction, set: &str, rows: &[[Value; N]], which: &str) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = Sql::new(txn.get_database_backend(), set).push(" FROM ").table(rows, "v").push(" WHERE ").push(which);
    txn.execute_raw(sql.build()).await?;
    Ok(())
}

async fn insert_messages(txn: &Transaction, conversations: &Conversations) -> Result<()> {
    let rows: Vec<[Value; 7]> =
        conversations.iter().flat_map(|(id, c)| c.new_messages().iter().map(|message| row(*id, message))).collect();
    // A new message is a text that answers none and was not edited, which is what the other columns are by default.
    let into = "INSERT INTO messages (id, conversation_id, author_id, seq, rev, created_at, body)";
    for sql in Sql::insert(txn.get_database_backend(), into, &rows) {
        txn.execute_raw(sql).await?;
    }
    Ok(())
}

fn row(conversation: ConversationId, message: &Message) -> [Value; 7] {
    let Message { id, author, seq, rev, at, content, .. } = message;
    let (id, conversation, author) = (id.uuid().into(), conversation.uuid().into(), author.uuid().into());
    [id, conversation, author, seq.0.into(), rev.0.into(), (*at).into(), content.text().unwrap_or_default().into()]
}

async fn write_positions(txn: &Transaction, members: &[(ConversationId, &Membership)]) -> Result<()> {
    let rows: Vec<[Value; 5]> = members
        .iter()
        .map(|(id, member)| {
            let (seen, delivered, rev) = (member.seen_seq.0, member.delivered_seq.0, member.rev.0);
            [id.uuid().into(), member.user.id.uuid().into(), seen.into(), delivered.into(), rev.into()]
        })
        .collect();
    let set = "UPDATE members SET seen_seq = v.column3, delivered_seq = v.column4, rev = v.column5";
    update(txn, set, &rows, MEMBER).await
}

/// The columns of a membership, as [`member_row`] fills them.
const MEMBER_COLUMNS: &str = "conversation_id, user_id, role, present, listed, joined_at, delivered_seq, seen_seq, rev";

fn member_row((conversation, member): &(ConversationId, &Membership)) -> [Value; 9] {
    [
        conversation.uuid().into(),
        member.user.id.uuid().into(),
        role_column(member.role).into(),
        member.present.into(),
        member.listed.into(),
        member.joined_at.into(),
        member.delivered_seq.0.into(),
        member.seen_seq.0.into(),
        member.rev.0.into(),
    ]
}

async fn write_members(txn: &Transaction, members: &[(ConversationId, &Membership)]) -> Result<()> {
    let rows: Vec<[Value; 9]> = members.iter().map(member_row).collect();
    let set = "UPDATE members SET role = v.column3, present = v.column4, listed = v.column5, joined_at = v.column6, \
         delivered_seq = v.column7, seen_seq = v.column8, rev = v.column9";
    update(txn, set, &rows, MEMBER).await
}

async fn insert_members(txn: &Transaction, members: &[(ConversationId, &Membership)]) -> Result<()> {
    let rows: Vec<[Value; 9]> = members.iter().map(member_row).collect();
    for sql in Sql::insert(txn.get_database_backend(), &format!("INSERT INTO members ({MEMBER_COLUMNS})"), &rows) {
        txn.execute_raw(sql).await?;
    }
    Ok(())
}
