//! Changes of an account by its owner.

use leptos::prelude::*;

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context, device,
    flash::{self, Flash},
    form_values::{self, FormValues},
    session,
};
/// Mails a link to a new e-mail address. The response is the same whether or not another account has it.
///
/// # Errors
/// Returns an error if a field is invalid, or after too many attempts.
#[server(prefix = "/api", endpoint = "change_email", output = Json)]
pub async fn change_email(
    /// The new e-mail address.
    email: String,
    /// The current password.
    current_password: String,
) -> Result<String, ApiError> {
    let typed = FormValues { email: email.clone(), ..FormValues::default() };
    form_values::with_form_values(typed, async {
        Ok(context::domain()?.accounts().change_email(&context::actor()?, &email, &current_password).await?)
    })
    .await?;
    flash::set_flash(Flash::EmailAsked);
    Ok(context::go("/settings/account".to_owned()))
}

/// Confirms a new e-mail address with the token from the mail. Returns the path to go to.
///
/// # Errors
/// Returns [`Expired`](protocol::ErrorKind::Expired) if the token was used or is too old.
#[server(prefix = "/api", endpoint = "confirm_email", output = Json)]
pub async fn confirm_email(
    /// The token from the link in the mail.
    token: String,
) -> Result<String, ApiError> {
    context::request()?.accounts().confirm_email(&token).await?;
    flash::set_flash(Flash::Email);
    // The link may be opened on another device than the one that requested it.
    let page = if context::visitor().is_some() { "/settings/account" } else { "/sign-in" };
    Ok(context::go(page.to_owned()))
}

/// Changes the username.
///
/// # Errors
/// Returns an error if a field is invalid, or after too many attempts.
#[server(prefix = "/api", endpoint = "change_username", output = Json)]
pub async fn change_username(
    /// The new username.
    username: String,
    /// The current password.
    current_password: String,
) -> Result<String, ApiError> {
    let typed = FormValues { username: username.clone(), ..FormValues::default() };
    form_values::with_form_values(typed, async {
        Ok(context::domain()?.accounts().change_username(&context::actor()?, &username, &current_password).await?)
    })
    .await?;
    flash::set_flash(Flash::Username);
    Ok(context::go("/settings/account".to_owned()))
}

/// Changes the password, and ends all other sessions.
///
/// # Errors
/// Returns an error if a field is invalid, or after too many attempts.
#[server(prefix = "/api", endpoint = "change_password", output = Json)]
pub async fn change_password(
    /// The current password.
    current_password: String,
    /// The new password.
    password: String,
) -> Result<String, ApiError> {
    let (domain, actor, this) = (context::domain()?, context::actor()?, session::handle()?);
    domain.accounts().change_password(&actor, this, &current_password, &password).await?;
    session::renew_session().await?;
    device::set_device_cookie(actor.user).await;
    flash::set_flash(Flash::Password);
    Ok(context::go("/settings/security".to_owned()))
}

/// Deletes the account. Returns the path to go to.
///
/// # Errors
/// Returns an error if a field is invalid, or after too many attempts.
#[server(prefix = "/api", endpoint = "delete_account", output = Json)]
pub async fn delete_account(
    /// The current password.
    current_password: String,
    /// The value of the check box: not empty if it was ticked.
    #[server(default)]
    confirmed: String,
) -> Result<String, ApiError> {
    let (domain, actor) = (context::domain()?, context::actor()?);
    domain.accounts().delete(&actor, &current_password, !confirmed.is_empty()).await?;
    session::end_session().await?;
    flash::set_flash(Flash::Deleted);
    Ok(context::go("/sign-in".to_owned()))
}
