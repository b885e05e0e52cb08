//! Conversations: the sidebar, opening one, starting one.

use leptos::prelude::*;
use protocol::{ConversationId, Seq, conversation::Bootstrap, message::ConversationSnapshot};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    form_values::{self, FormValues},
};

/// Returns the rows of the sidebar, and the presence of the users in them.
///
/// # Errors
/// Returns an error if nobody is signed in, or if they can't be read now.
#[server(name = GetBootstrap, prefix = "/api", endpoint = "bootstrap", output = Json)]
pub async fn bootstrap() -> Result<Bootstrap, ApiError> {
    let (domain, actor) = (context::domain()?, context::actor()?);
    let conversations = domain.conversations().list(&actor).await?;
    let peers = conversations.iter().filter_map(|row| row.peer.as_ref().map(|peer| peer.id));
    // The page can then show presence at once. If this fails, the live connection brings it soon.
    let people = domain.presence().first_of(&actor, peers).await.unwrap_or_default();
    Ok(Bootstrap { conversations, people })
}

/// Returns a conversation as a page first shows it, or with the history before a position.
///
/// # Errors
/// Returns [`NotFound`](protocol::ErrorKind::NotFound) if the user is not a member.
#[server(name = GetConversation, prefix = "/api", endpoint = "open_conversation", input = Json, output = Json)]
pub async fn open_conversation(
    /// The conversation.
    id: ConversationId,
    /// The position before which the page of messages ends, if not at the newest one.
    before: Option<Seq>,
) -> Result<ConversationSnapshot, ApiError> {
    Ok(context::domain()?.conversations().open(&context::actor()?, id, before).await?)
}

/// Returns the path of the direct conversation with another user, and creates the conversation if there is none.
///
/// # Errors
/// Returns an error if the username is invalid or unknown, or after too many attempts.
#[server(prefix = "/api", endpoint = "start_direct", output = Json)]
pub async fn start_direct(
    /// The other user's name; capitals and an `@` before it do not matter.
    username: String,
) -> Result<String, ApiError> {
    let typed = FormValues { username: username.clone(), ..FormValues::default() };
    form_values::with_form_values(typed, async {
        let id = context::domain()?.conversations().start_direct(&context::actor()?, &username).await?;
        Ok(context::go(format!("/c/{id}")))
    })
    .await
}

/// Joins the room of that name, or creates it. Returns its path.
///
/// # Errors
/// Returns an error if the name is invalid, or after too many attempts.
#[server(prefix = "/api", endpoint = "join_room", output = Json)]
pub async fn join_room(
    /// The room's name.
    room: String,
) -> Result<String, ApiError> {
    let typed = FormValues { room: room.clone(), ..FormValues::default() };
    form_values::with_form_values(typed, async {
        let id = context::domain()?.conversations().join_room(&context::actor()?, &room).await?;
        Ok(context::go(format!("/c/{id}")))
    })
    .await
}

/// Leaves a room. Returns the path to go to.
///
/// # Errors
/// Returns an error if the user is not a member, or if it is a direct conversation.
#[server(prefix = "/api", endpoint = "leave", output = Json)]
pub async fn leave(
    /// The room.
    conversation: ConversationId,
) -> Result<String, ApiError> {
    context::domain()?.conversations().leave(&context::actor()?, conversation).await?;
    Ok(context::go("/".to_owned()))
}
