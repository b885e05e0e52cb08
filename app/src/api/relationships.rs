//! Relationships: friends, search, profiles, blocks, privacy, invitations.

use leptos::prelude::*;
use protocol::{
    UserId,
    presence::UserPresence,
    profile::Profile,
    relationship::{Contacts, Relationship, RelationshipAction},
};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{context, redirect};

/// Returns the friends, requests and blocks of the signed-in user, their invitation link, and the presence of the
/// friends.
///
/// # Errors
/// Returns an error if nobody is signed in, or if they can't be read now.
#[server(name = GetContacts, prefix = "/api", endpoint = "contacts", output = Json)]
pub async fn contacts() -> Result<(Contacts, String, Vec<UserPresence>), ApiError> {
    let (domain, actor) = (context::domain()?, context::actor()?);
    let contacts = domain.relationships().contacts(&actor).await?;
    let code = domain.relationships().invite(&actor).await?;
    let friends = contacts.friends.iter().map(|friend| friend.person.id);
    let seen = domain.presence().first_of(&actor, friends).await?;
    Ok((contacts, format!("{}/invite/{code}", domain.config().public_url), seen))
}

/// Searches users by name.
///
/// # Errors
/// Returns an error if the text is invalid, or after too many attempts.
#[server(prefix = "/api", endpoint = "search_people", output = Json)]
pub async fn search_people(
    /// A part of a username or display name.
    text: String,
) -> Result<Vec<Relationship>, ApiError> {
    Ok(context::domain()?.relationships().search(&context::actor()?, &text).await?)
}

/// Returns a user's profile.
///
/// # Errors
/// Returns [`NotFound`](protocol::ErrorKind::NotFound) if no user has this username.
#[server(name = GetProfile, prefix = "/api", endpoint = "profile", output = Json)]
pub async fn profile(
    /// The user's name.
    username: String,
) -> Result<Profile, ApiError> {
    Ok(context::domain()?.relationships().profile(&context::actor()?, &username).await?)
}

/// Changes the relationship with another user. Returns the path to go to.
///
/// # Errors
/// Returns an error if the change is not possible, or after too many attempts.
#[server(prefix = "/api", endpoint = "change_relationship", output = Json)]
pub async fn change_relationship(
    /// The other user.
    person: UserId,
    /// The change.
    change: RelationshipAction,
    /// The path to go to; home unless it is a path of this site.
    #[server(default)]
    next: String,
) -> Result<String, ApiError> {
    context::domain()?.relationships().change(&context::actor()?, person, change).await?;
    Ok(context::go(redirect::local_path(&next)))
}

/// Replaces the invitation link with a new one. Returns the path to go to.
///
/// # Errors
/// Returns an error if it can't be stored now.
#[server(prefix = "/api", endpoint = "renew_invite", output = Json)]
pub async fn renew_invite() -> Result<String, ApiError> {
    context::domain()?.relationships().renew_invite(&context::actor()?).await?;
    Ok(context::go("/people".to_owned()))
}

/// Returns the user whose invitation has this code, and the visitor's relationship with them.
///
/// # Errors
/// Returns [`Expired`](protocol::ErrorKind::Expired) if no invitation has this code.
#[server(name = GetInvitation, prefix = "/api", endpoint = "invitation", output = Json)]
pub async fn invitation(
    /// The code from the link.
    code: String,
) -> Result<Relationship, ApiError> {
    let request = context::request()?;
    Ok(request.domain.relationships().invitation(request.client, context::visitor().as_ref(), &code).await?)
}

/// Accepts an invitation. Returns the path to go to.
///
/// # Errors
/// Returns the errors of [`invitation`], or one if the users can't be friends.
#[server(prefix = "/api", endpoint = "accept_invite", output = Json)]
pub async fn accept_invite(
    /// The code from the link.
    code: String,
) -> Result<String, ApiError> {
    let friend = context::domain()?.relationships().accept_invite(&context::actor()?, &code).await?;
    Ok(context::go(format!("/u/{}", friend.person.username)))
}

/// Sets the user's privacy settings. Returns the path to go to.
///
/// # Errors
/// Returns an error if it can't be stored now.
#[server(prefix = "/api", endpoint = "set_privacy", output = Json)]
pub async fn set_privacy(
    /// The users who may write: `everyone`, `acquaintances` or `friends`.
    messages: String,
    /// The users who see the user's presence: `everyone`, `friends` or `nobody`.
    presence: String,
    /// Whether others see the user's read position: true if not empty, like the value of a check box.
    #[server(default)]
    receipts: String,
) -> Result<String, ApiError> {
    use protocol::privacy::{Privacy, WhoSees, WhoWrites};
    let (messages, presence) = (WhoWrites::named(&messages), WhoSees::named(&presence));
    let privacy = Privacy { messages, presence, receipts: !receipts.is_empty() };
    context::domain()?.relationships().set_privacy(&context::actor()?, privacy).await?;
    Ok(context::go("/settings/privacy".to_owned()))
}
