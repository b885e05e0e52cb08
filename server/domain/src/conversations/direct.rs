//! Direct conversations: starting one, and adding it to the actor's list when it is opened.

use protocol::{
    ConversationId, ConversationKind, ConversationSummary, ErrorKind, Field, Rev, Role,
    live::{Delta, ServerFrame},
    username::username_key,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, prelude::Expr};

use super::change::{add, find_or_create, tell_joined};
use crate::{
    Actor, Domain, Result,
    entities::{conversation, member, user},
    live::{Envelope, To},
    relationships::{direct_key, load_context, policy::Action},
};

/// Implements [`Conversations::start_direct`](super::Conversations::start_direct).
pub async fn start_direct(domain: &Domain, actor: &Actor, username: &str) -> Result<ConversationId> {
    let key = username_key(username.trim_start().trim_start_matches('@'));
    if key.is_empty() {
        return Err(ErrorKind::Required.on(Field::Username).into());
    }
    let peer = user::Entity::find()
        .filter(user::Column::UsernameKey.eq(key))
        .filter(user::Column::DeletedAt.is_null())
        .one(domain.db().read())
        .await?
        .ok_or(ErrorKind::NotFound.on(Field::Username))?;
    let (me, peer) = (actor.user.uuid(), peer.id);
    if me == peer {
        return Err(ErrorKind::Forbidden.on(Field::Username).into());
    }
    let unique = direct_key(me, peer);
    let now = domain.now();
    let txn = domain.db().begin().await?;
    // An existing conversation stays readable. Whether the actor may write is checked for each message.
    let begun = conversation::Entity::find().filter(conversation::Column::UniqueKey.eq(&unique)).one(&txn).await?;
    if let Some(begun) = begun {
        let (id, rev) = (begun.id.into(), Rev(begun.rev));
        if list(&txn, actor, id).await? {
            txn.commit().await?;
            publish_listed(domain, actor, id, rev);
        }
        // Published again: when the conversation was created, the response may have been lost, and the event with it.
        tell_joined(domain, id, [me, peer]);
        return Ok(id);
    }
    if !load_context(&txn, actor, peer.into()).await?.may(Action::Message) {
        return Err(ErrorKind::Forbidden.on(Field::Body).into());
    }
    let (conversation, created) = find_or_create(&txn, ConversationKind::Direct, None, unique, actor, now).await?;
    if created {
        for user in [me, peer] {
            // The other user does not see the conversation in their list before there is a message.
            add(&txn, &conversation, user, Role::Member, user == me, now).await?;
        }
    } else {
        // Both users started it at the same time, and the other one's transaction came first.
        list(&txn, actor, conversation.id.into()).await?;
    }
    txn.commit().await?;
    let id = conversation.id.into();
    if created {
        tell_joined(domain, id, [me, peer]);
    }
    publish_listed(domain, actor, id, Rev(conversation.rev));
    Ok(id)
}

/// Adds a direct conversation without messages to the actor's list, because the actor has opened it.
///
/// An error is only logged: reading must not fail because nothing can be written.
pub(super) async fn opened(domain: &Domain, actor: &Actor, summary: &ConversationSummary) {
    match list(domain.db().write(), actor, summary.id).await {
        Ok(true) => publish_listed(domain, actor, summary.id, summary.rev),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "an opened conversation could not be put into the list"),
    }
}

/// Adds a conversation to the actor's list. Returns `false` if it is there already.
async fn list(db: &impl ConnectionTrait, actor: &Actor, id: ConversationId) -> Result<bool, DbErr> {
    let changed = member::Entity::update_many()
        .col_expr(member::Column::Listed, Expr::value(true))
        .filter(member::Column::ConversationId.eq(id.uuid()))
        .filter(member::Column::UserId.eq(actor.user.uuid()))
        .filter(member::Column::Listed.eq(false))
        .exec(db)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Tells the actor's own tabs, and nobody else, that the conversation is in the list. The delta changes nothing, but it
/// makes a tab that does not have the conversation request it.
fn publish_listed(domain: &Domain, actor: &Actor, conversation: ConversationId, rev: Rev) {
    let delta = Delta::new(conversation, rev, rev);
    domain.0.bus.publish(Envelope::new(To::User(actor.user), &ServerFrame::Delta(delta)));
}
