//! Direct conversations: starting one, and listing it once it was opened.

use protocol::{
    ConversationId, ConversationKind, ConversationSummary, ErrorKind, Field, Rev, Role,
    live::{Events, ServerFrame},
    username::username_key,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    prelude::Expr,
};
use uuid::Uuid;

use super::change::{add, find_or_create, find_user, lock, next_rev, publish_member, tell_joined};
use crate::{
    Actor, Domain, Error, Result,
    db::Transaction,
    entities::{conversation, member, user},
    keys::unique_key,
    live::{Envelope, To},
    relationships::{direct_key, load_context, policy::Action},
    text,
};

/// See [`Conversations::start_direct`](super::Conversations::start_direct).
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
    // What was said stays readable; whether more may be said is asked with each message.
    let begun = conversation::Entity::find().filter(conversation::Column::UniqueKey.eq(&unique)).one(&txn).await?;
    if let Some(begun) = begun {
        let (id, rev) = (begun.id.into(), Rev(begun.rev));
        if list(&txn, actor, id).await? {
            txn.commit().await?;
            publish_listed(domain, actor, id, rev);
        }
        // Once more: when it began, the answer may have been lost, and with it the news.
        tell_joined(domain, id, [me, peer]);
        return Ok(id);
    }
    if !load_context(&txn, actor, peer.into()).await?.may(Action::Message) {
        return Err(ErrorKind::Forbidden.on(Field::Body).into());
    }
    let (conversation, created) = find_or_create(&txn, ConversationKind::Direct, None, unique, actor, now).await?;
    if created {
        for user in [me, peer] {
            // The other is not bothered with it before something is said.
            add(&txn, &conversation, user, Role::Member, user == me, now).await?;
        }
    } else {
        // Both began it at once, and the other was faster.
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

/// Notes that the actor has opened a direct conversation in which nothing was said: it is in their list from now on.
///
/// Reading must not fail because nothing can be written.
pub(super) async fn opened(domain: &Domain, actor: &Actor, summary: &ConversationSummary) {
    match list(domain.db().write(), actor, summary.id).await {
        Ok(true) => publish_listed(domain, actor, summary.id, summary.rev),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "an opened conversation could not be put into the list"),
    }
}

/// Puts a conversation into the actor's list; `false` if it is there.
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

/// Tells the actor's other tabs that there is a conversation in the list, and nobody else. Events that change nothing
/// make those ask that do not have it.
fn publish_listed(domain: &Domain, actor: &Actor, conversation: ConversationId, rev: Rev) {
    let (before, after) = (rev, rev);
    let events = Events { conversation, before, after, messages: vec![], members: vec![], people: vec![] };
    domain.0.bus.publish(Envelope::new(To::User(actor.user), &ServerFrame::Events(events)));
}
