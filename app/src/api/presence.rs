//! Presence: the user's own availability and status.

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

/// Sets the user's availability, which overrides their activity unless it is automatic.
///
/// # Errors
/// Returns an error if it can't be stored now.
#[server(prefix = "/api", endpoint = "set_availability", output = Json)]
pub async fn set_availability(
    /// The availability's name; any other means automatic.
    availability: String,
) -> Result<OwnPresence, ApiError> {
    let availability = Availability::named(&availability);
    Ok(context::domain()?.presence().set_availability(&context::actor()?, availability).await?)
}

/// Sets the user's status; removes it if both parts are empty.
///
/// # Errors
/// Returns an error if the emoji or the text is invalid.
#[server(prefix = "/api", endpoint = "set_status", output = Json)]
pub async fn set_status(
    /// One emoji, or an empty string.
    #[server(default)]
    emoji: String,
    /// The text, or an empty string.
    #[server(default)]
    text: String,
    /// The name of an expiry; any other means never.
    #[server(default)]
    expiry: String,
    /// The number of minutes by which the user's local time is ahead of UTC. A form without a script does not know it.
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
