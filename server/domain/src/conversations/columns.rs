//! Conversions between database columns and `protocol` types.

use protocol::{Content, ConversationKind, Role};

use crate::{Error, Result};

/// Converts a column to the kind of a conversation.
///
/// # Errors
/// [`Error::Internal`] for a number that a newer version wrote.
pub fn kind(column: i16) -> Result<ConversationKind> {
    match column {
        0 => Ok(ConversationKind::Direct),
        1 => Ok(ConversationKind::Group),
        2 => Ok(ConversationKind::Room),
        other => Err(Error::internal(format!("unknown kind of conversation {other}"))),
    }
}

/// Converts the kind of a conversation to its column.
pub const fn kind_column(kind: ConversationKind) -> i16 {
    match kind {
        ConversationKind::Direct => 0,
        ConversationKind::Group => 1,
        ConversationKind::Room => 2,
    }
}

/// Converts a column to a role. An unknown number becomes a member, which has no privileges.
pub const fn role(column: i16) -> Role {
    match column {
        2 => Role::Owner,
        1 => Role::Admin,
        _ => Role::Member,
    }
}

/// Converts a role to its column.
pub const fn role_column(role: Role) -> i16 {
    match role {
        Role::Member => 0,
        Role::Admin => 1,
        Role::Owner => 2,
    }
}

/// Converts the columns of a message's content. The text of a deleted message is empty.
pub fn content(column: i16, body: String) -> Content {
    match column {
        0 => Content::Text(body),
        1 => Content::Deleted,
        // A newer version wrote it.
        _ => Content::Unknown,
    }
}
