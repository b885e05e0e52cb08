//! Presence: how people are seen, and how one wants to be.

use leptos::prelude::*;
use protocol::presence::OwnPresence;
#[cfg(feature = "ssr")]
use protocol::presence::{Availability, Expiry};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    form_values::{self, FormValues},
};

/// Sets what this person is seen as, whatever they do.
///
/// # Errors
/// When it can't be stored now.
#[server(prefix = "/api", endpoint = "set_availability", output = Json)]
pub async fn set_availability(
    /// Its name; any other means automatic.
    availability: String,
) -> Result<OwnPresence, ApiError> {
    let availability = Availability::named(&availability);
    Ok(context::domain()?.presence().set_availability(&context::actor()?, availability).await?)
}

/// Sets what this person says about themselves; nothing, if both parts are empty.
///
/// # Errors
/// What is wrong with the emoji or the text.
#[server(prefix = "/api", endpoint = "set_status", output = Json)]
pub async fn set_status(
    /// One emoji, or none.
    #[server(default)]
    emoji: String,
    /// The words, or none.
    #[server(default)]
    text: String,
    /// The name of an expiry; any other means never.
    #[server(default)]
    expiry: String,
    /// How far this person's time is ahead of UTC, in minutes. A form without a script does not know.
    #[server(default)]
    offset: i32,
) -> Result<OwnPresence, ApiError> {
    let typed = FormValues { emoji: emoji.clone(), status: text.clone(), ..FormValues::default() };
    form_values::with_form_values(typed, async {
        let (domain, actor) = (context::domain()?, context::actor()?);
        Ok(domain.presence().set_status(&actor, &emoji, &text, Expiry::named(&expiry), offset).await?)
    })
    .await
}
