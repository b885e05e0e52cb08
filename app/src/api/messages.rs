//! Messages: the history, and sending without the live connection.

use leptos::prelude::*;
use protocol::{ConversationId, MessageId, MessagePage, message::PageQuery};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    form_values::{self, FormValues},
};

/// Returns a part of a conversation's history, at most [`PAGE_MAX`](protocol::limits::PAGE_MAX) messages.
///
/// # Errors
/// Returns [`NotFound`](protocol::ErrorKind::NotFound) if the user is not a member.
#[server(prefix = "/api", endpoint = "history", input = Json, output = Json)]
pub async fn history(
    /// The conversation.
    conversation: ConversationId,
    /// The part of the history.
    query: PageQuery,
    /// The maximum number of messages.
    limit: u32,
) -> Result<MessagePage, ApiError> {
    Ok(context::domain()?.messages().page(&context::actor()?, conversation, query, limit).await?)
}

/// Sends a message from a plain form. Returns the path of the conversation's page.
///
/// The form carries the id, so that pressing the button twice, or reloading the response, sends the message once. Also
/// moves the user's read position to the new message: its author has read those above it.
///
/// # Errors
/// Returns an error if the text is invalid; `NotFound` if the user is not a member of the conversation.
#[server(prefix = "/api", endpoint = "send_message", output = Json)]
pub async fn send_message(
    /// The conversation.
    conversation: ConversationId,
    /// The form's id, the same if it is posted again.
    id: MessageId,
    /// The text.
    body: String,
) -> Result<String, ApiError> {
    let typed = FormValues { body: body.clone(), ..FormValues::default() };
    form_values::with_form_values(typed, async {
        let (domain, actor) = (context::domain()?, context::actor()?);
        let stored = domain.messages().send(actor, id, conversation, &body).await?;
        // The message is stored, so a failure to move the read position is only logged: an error would make the user
        // send it again.
        if let Err(failure) = domain.messages().seen(actor, conversation, stored.seq).await {
            drop(failure.into_wire());
        }
        Ok(context::go(format!("/c/{conversation}")))
    })
    .await
}

/// Creates an id for a form that is posted without WASM.
pub fn new_id() -> MessageId {
    #[cfg(feature = "ssr")]
    return domain::messages::new_id();
    #[cfg(not(feature = "ssr"))]
    MessageId::from_parts(browser::clock::now(), &browser::clock::random_bytes())
}
