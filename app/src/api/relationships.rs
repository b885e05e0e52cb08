//! People: friends, search, profiles, blocks, privacy, invitations.

use leptos::prelude::*;
use protocol::{
    UserId,
    presence::UserPresence,
    profile::Profile,
    relationship::{Contacts, Relationship, RelationshipAction},
};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{context, form_values, rate_limit, redirect};
#[cfg(feature = "ssr")]
use domain::rate_limit::LimitedAction;

/// Friends, requests and blocks of whoever is signed in, their invitation link, and how the friends are seen.
///
/// # Errors
/// When nobody is signed in, or they can't be read now.
#[server(name = GetContacts, prefix = "/api", endpoint = "contacts", output = Json)]
pub async fn contacts() -> Result<(Contacts, String, Vec<UserPresence>), ApiError> {
    let (domain, actor) = (context::domain()?, context::actor()?);
    let contacts = domain.relationships().contacts(&actor).await?;
    let code = domain.relationships().invite(&actor).await?;
    let friends = contacts.friends.iter().map(|friend| friend.person.id);
    let seen = domain.presence().first_of(&actor, friends).await?;
    Ok((contacts, format!("{}/invite/{code}", domain.config().public_url), seen))
}

/// People by name.
///
/// # Errors
/// What is wrong with the text.
#[server(prefix = "/api", endpoint = "search_people", output = Json)]
pub async fn search_people(
    /// Part of a username or name.
    text: String,
) -> Result<Vec<Relationship>, ApiError> {
    rate_limit::limit(LimitedAction::Search, None)?;
    Ok(context::domain()?.relationships().search(&context::actor()?, &text).await?)
}

/// Somebody's card in full.
///
/// # Errors
/// [`NotFound`](protocol::ErrorKind::NotFound) when nobody has this username.
#[server(name = GetProfile, prefix = "/api", endpoint = "profile", output = Json)]
pub async fn profile(
    /// Whose.
    username: String,
) -> Result<Profile, ApiError> {
    rate_limit::limit(LimitedAction::Search, None)?;
    Ok(context::domain()?.relationships().profile(&context::actor()?, &username).await?)
}

/// Does what this person wants about somebody else. Returns where to go.
///
/// # Errors
/// Why it can't be done.
#[server(prefix = "/api", endpoint = "change_relationship", output = Json)]
pub async fn change_relationship(
    /// About whom.
    person: UserId,
    /// What.
    change: RelationshipAction,
    /// Where to go; home unless it is a path of this site.
    #[server(default)]
    next: String,
) -> Result<String, ApiError> {
    rate_limit::limit(LimitedAction::Befriend, None)?;
    context::domain()?.relationships().change(&context::actor()?, person, change).await?;
    Ok(context::go(redirect::local_path(&next)))
}

/// A new invitation link in place of the old one. Returns where to go.
///
/// # Errors
/// When it can't be stored now.
#[server(prefix = "/api", endpoint = "renew_invite", output = Json)]
pub async fn renew_invite() -> Result<String, ApiError> {
    rate_limit::limit(LimitedAction::Befriend, None)?;
    context::domain()?.relationships().renew_invite(&context::actor()?).await?;
    Ok(context::go("/people".to_owned()))
}

/// Who invites with this code.
///
/// # Errors
/// [`Expired`](protocol::ErrorKind::Expired) for a link that leads nowhere.
#[server(name = GetInvitation, prefix = "/api", endpoint = "invitation", output = Json)]
pub async fn invitation(
    /// From the link.
    code: String,
) -> Result<Relationship, ApiError> {
    rate_limit::limit(LimitedAction::Link, None)?;
    Ok(context::domain()?.relationships().invitation(context::visitor().as_ref(), &code).await?)
}

/// Follows an invitation. Returns where to go.
///
/// # Errors
/// As [`invitation`], or why they can't be friends.
#[server(prefix = "/api", endpoint = "accept_invite", output = Json)]
pub async fn accept_invite(
    /// From the link.
    code: String,
) -> Result<String, ApiError> {
    rate_limit::limit(LimitedAction::Befriend, None)?;
    let friend = context::domain()?.relationships().accept_invite(&context::actor()?, &code).await?;
    Ok(context::go(format!("/u/{}", friend.person.username)))
}

/// Sets what this person lets others do. Returns where to go.
///
/// # Errors
/// When it can't be stored now.
#[server(prefix = "/api", endpoint = "set_privacy", output = Json)]
pub async fn set_privacy(
    /// Who may write: `everyone`, `acquaintances` or `friends`.
    messages: String,
    /// Who sees whether they are there: `everyone`, `friends` or `nobody`.
    presence: String,
    /// Whether others see how far they read: anything, or nothing for no, as a box in a form says it.
    #[server(default)]
    receipts: String,
) -> Result<String, ApiError> {
    use protocol::privacy::{Privacy, WhoSees, WhoWrites};
    let (messages, presence) = (WhoWrites::named(&messages), WhoSees::named(&presence));
    let privacy = Privacy { messages, presence, receipts: !receipts.is_empty() };
    context::domain()?.relationships().set_privacy(&context::actor()?, privacy).await?;
    Ok(context::go("/settings/privacy".to_owned()))
}
