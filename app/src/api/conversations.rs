//! Conversations: the sidebar, opening one, starting one.

use leptos::prelude::*;
use protocol::{ConversationId, Seq, conversation::Bootstrap, message::ConversationSnapshot};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    form_values::{self, FormValues},
    rate_limit,
};
#[cfg(feature = "ssr")]
use domain::rate_limit::LimitedAction;

/// The rows of the sidebar, and how the people in them are seen.
///
/// # Errors
/// When nobody is signed in, or they can't be read now.
#[server(name = GetBootstrap, prefix = "/api", endpoint = "bootstrap", output = Json)]
pub async fn bootstrap() -> Result<Bootstrap, ApiError> {
    let (domain, actor) = (context::domain()?, context::actor()?);
    let conversations = domain.conversations().list(&actor).await?;
    let peers = conversations.iter().filter_map(|row| row.peer.as_ref().map(|peer| peer.id));
    // So that the page says at first who is there. Without, the live connection does so soon.
    let people = domain.presence().first_of(&actor, peers).await.unwrap_or_default();
    Ok(Bootstrap { conversations, people })
}

/// A conversation as a page draws it at first, or as it was before a place in it.
///
/// # Errors
/// [`NotFound`](protocol::ErrorKind::NotFound) when this person is not in it.
#[server(name = GetConversation, prefix = "/api", endpoint = "open_conversation", input = Json, output = Json)]
pub async fn open_conversation(
    /// Which conversation.
    id: ConversationId,
    /// The place before which the page ends, instead of at the end.
    before: Option<Seq>,
) -> Result<ConversationSnapshot, ApiError> {
    Ok(context::domain()?.conversations().open(&context::actor()?, id, before).await?)
}

/// Begins, or finds, the direct conversation with somebody. Returns where it is.
///
/// # Errors
/// What is wrong with the username.
#[server(prefix = "/api", endpoint = "start_direct", output = Json)]
pub async fn start_direct(
    /// Whose; capitals and an `@` before it don't matter.
    username: String,
) -> Result<String, ApiError> {
    let typed = FormValues { username: username.clone(), ..FormValues::default() };
    form_values::with_form_values(typed, async {
        rate_limit::limit(LimitedAction::Start, None)?;
        let id = context::domain()?.conversations().start_direct(&context::actor()?, &username).await?;
        Ok(context::go(format!("/c/{id}")))
    })
    .await
}

/// Joins the room of that name, or creates it. Returns where it is.
///
/// # Errors
/// What is wrong with the name.
#[server(prefix = "/api", endpoint = "join_room", output = Json)]
pub async fn join_room(
    /// The room's name.
    room: String,
) -> Result<String, ApiError> {
    let typed = FormValues { room: room.clone(), ..FormValues::default() };
    form_values::with_form_values(typed, async {
        rate_limit::limit(LimitedAction::Start, None)?;
        let id = context::domain()?.conversations().join_room(&context::actor()?, &room).await?;
        Ok(context::go(format!("/c/{id}")))
    })
    .await
}

/// Leaves a room. Returns where to go.
///
/// # Errors
/// When this person is not in it, or it is a direct conversation.
#[server(prefix = "/api", endpoint = "leave", output = Json)]
pub async fn leave(
    /// Which room.
    conversation: ConversationId,
) -> Result<String, ApiError> {
    context::domain()?.conversations().leave(&context::actor()?, conversation).await?;
    Ok(context::go("/".to_owned()))
}
