//! Messages: history, and sending without the live connection.

use leptos::prelude::*;
use protocol::{ConversationId, MessageId, MessagePage, message::PageQuery};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    form_values::{self, FormValues},
};

/// Part of a conversation's history, at most [`PAGE_MAX`](protocol::limits::PAGE_MAX) messages.
///
/// # Errors
/// [`NotFound`](protocol::ErrorKind::NotFound) when this person is not in it.
#[server(prefix = "/api", endpoint = "history", input = Json, output = Json)]
pub async fn history(
    /// Whose history.
    conversation: ConversationId,
    /// Which part.
    query: PageQuery,
    /// Messages, at most.
    limit: u32,
) -> Result<MessagePage, ApiError> {
    Ok(context::domain()?.messages().page(&context::actor()?, conversation, query, limit).await?)
}

/// Sends a message from a plain form. Returns the conversation's page.
///
/// The form carries the id, so that pressing the button twice, or reloading the answer, sends once. Who answers has
/// read what is above the answer.
///
/// # Errors
/// What is wrong with the text; `NotFound` when this person is not in the conversation.
#[server(prefix = "/api", endpoint = "send_message", output = Json)]
pub async fn send_message(
    /// Where to.
    conversation: ConversationId,
    /// The form's, the same if it is posted again.
    id: MessageId,
    /// The text.
    body: String,
) -> Result<String, ApiError> {
    let typed = FormValues { body: body.clone(), ..FormValues::default() };
    form_values::with_form_values(typed, async {
        let (domain, actor) = (context::domain()?, context::actor()?);
        let stored = domain.messages().send(actor, id, conversation, &body).await?;
        // It is stored: that a read position can't be moved now is no reason to have it sent again. It is logged.
        if let Err(failure) = domain.messages().seen(actor, conversation, stored.seq).await {
            drop(failure.into_wire());
        }
        Ok(context::go(format!("/c/{conversation}")))
    })
    .await
}

/// A new id for a form that is posted without WASM.
pub fn new_id() -> MessageId {
    #[cfg(feature = "ssr")]
    return domain::messages::new_id();
    #[cfg(not(feature = "ssr"))]
    MessageId::from_parts(browser::clock::now(), &browser::clock::random_bytes())
}
