//! Sign-up, sign-in, sign-out, and forgotten passwords.

use leptos::prelude::*;
use protocol::{password::Strength, user::Me};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    flash::{self, Flash},
    form_values::{self, FormValues, Theme},
    redirect, session,
};
#[cfg(feature = "ssr")]
use domain::accounts::SignInOutcome;
#[cfg(feature = "ssr")]
use protocol::ErrorKind;

/// Requests an account. The response is the same whether or not the address has one already; only the mail differs.
///
/// # Errors
/// Returns an error if a field is invalid, or after too many attempts.
#[server(prefix = "/api", endpoint = "sign_up", output = Json)]
pub async fn sign_up(
    /// The address that the link is mailed to.
    email: String,
    /// The name that others see.
    username: String,
    /// The password as typed; it is never returned.
    password: String,
    /// The code of the invitation that led to the page, or an empty string.
    #[server(default)]
    invite: String,
) -> Result<String, ApiError> {
    let typed = FormValues { email: email.clone(), username: username.clone(), ..FormValues::default() };
    form_values::with_form_values(typed.clone(), async {
        let form = domain::accounts::SignUp { email, username, password, invite: Some(invite) };
        Ok(context::request()?.accounts().sign_up(form).await?)
    })
    .await?;
    // The next page shows the address.
    form_values::keep_form_values(&typed).await;
    Ok(context::go("/sign-up/sent".to_owned()))
}

/// Checks that a username is free and well formed.
///
/// # Errors
/// Returns an error if the username is invalid or taken, or after too many attempts.
#[server(prefix = "/api", endpoint = "check_username", output = Json)]
pub async fn check_username(
    /// The username as typed.
    username: String,
) -> Result<(), ApiError> {
    Ok(context::request()?.accounts().username_available(&username).await?)
}

/// Returns the strength of a password that somebody is choosing. The password is not stored.
///
/// # Errors
/// Returns an error if the length is out of bounds, or after too many requests.
#[server(prefix = "/api", endpoint = "password_strength", input = Json, output = Json)]
pub async fn password_strength(
    /// The password as typed so far.
    password: String,
    /// Words that an attacker would try, such as the username.
    known: Vec<String>,
) -> Result<Strength, ApiError> {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    Ok(context::request()?.accounts().strength(&password, &known).await?)
}

/// Confirms an e-mail address with the token from the mail, and signs in. Returns the path to go to.
///
/// # Errors
/// Returns [`Expired`](protocol::ErrorKind::Expired) if the token was used or is too old.
#[server(prefix = "/api", endpoint = "verify", output = Json)]
pub async fn verify(
    /// The token from the link in the mail.
    token: String,
) -> Result<String, ApiError> {
    let user = context::request()?.accounts().verify(&token).await?;
    session::start_session(user).await?;
    Ok(context::go("/".to_owned()))
}

/// Signs in by e-mail address or username. Returns the path to go to: with a second factor, that of the page that asks
/// for a code.
///
/// # Errors
/// Returns [`WrongCredentials`](protocol::ErrorKind::WrongCredentials), or an error after too many attempts.
#[server(prefix = "/api", endpoint = "sign_in", output = Json)]
pub async fn sign_in(
    /// The e-mail address or username.
    login: String,
    /// The password as typed; it is never returned.
    password: String,
    /// The path to go to; home unless it is a path of this site.
    #[server(default)]
    next: String,
) -> Result<String, ApiError> {
    let typed = FormValues { login: login.clone(), ..FormValues::default() };
    form_values::with_form_values(typed, async {
        match context::request()?.accounts().sign_in(&login, &password).await? {
            SignInOutcome::SignedIn(user) => {
                session::start_session(user).await?;
                Ok(context::go(redirect::local_path(&next)))
            }
            SignInOutcome::Code(pending) => {
                session::await_code(pending).await?;
                Ok(context::go(redirect::with_next("/sign-in/code", &next)))
            }
        }
    })
    .await
}

/// Completes a sign-in with a code of the second factor, or with a recovery code. Returns the path to go to: the
/// sign-in page if too much time has passed.
///
/// # Errors
/// Returns [`WrongCredentials`](protocol::ErrorKind::WrongCredentials), or an error after too many attempts.
#[server(prefix = "/api", endpoint = "enter_code", output = Json)]
pub async fn enter_code(
    /// The code as typed.
    code: String,
    /// The path to go to; home unless it is a path of this site.
    #[server(default)]
    next: String,
) -> Result<String, ApiError> {
    let again = || context::go(redirect::with_next("/sign-in", &next));
    let Some(pending) = session::pending().await? else { return Ok(again()) };
    match context::request()?.accounts().enter_code(pending, &code).await {
        Ok(user) => session::start_session(user).await?,
        Err(domain::Error::Refused(error)) if error.kind == ErrorKind::Expired => {
            session::end_session().await?;
            flash::set_flash(Flash::TooLate);
            return Ok(again());
        }
        Err(failure) => return Err(failure.into()),
    }
    Ok(context::go(redirect::local_path(&next)))
}

/// Mails a link that sets a new password. The response is the same whether or not an account has the address.
///
/// # Errors
/// Returns an error if the address is invalid, or after too many attempts.
#[server(prefix = "/api", endpoint = "forgot_password", output = Json)]
pub async fn forgot_password(
    /// The address that the link is mailed to.
    email: String,
) -> Result<String, ApiError> {
    let typed = FormValues { email: email.clone(), ..FormValues::default() };
    form_values::with_form_values(typed.clone(), async { Ok(context::request()?.accounts().forgot(&email).await?) })
        .await?;
    // The next page shows the address.
    form_values::keep_form_values(&typed).await;
    Ok(context::go("/forgot/sent".to_owned()))
}

/// Sets a new password with the token from the mail, and ends all sessions. Returns the path to go to.
///
/// # Errors
/// Returns [`Expired`](protocol::ErrorKind::Expired) if the token was used or is too old, or an error if the password
/// is invalid.
#[server(prefix = "/api", endpoint = "reset_password", output = Json)]
pub async fn reset_password(
    /// The token from the link in the mail.
    token: String,
    /// The new password; it is never returned.
    password: String,
) -> Result<String, ApiError> {
    context::request()?.accounts().reset(&token, &password).await?;
    flash::set_flash(Flash::Reset);
    Ok(context::go("/sign-in".to_owned()))
}

/// Signs out. Returns the path to go to.
///
/// # Errors
/// Returns an error if the session can't be ended now.
#[server(prefix = "/api", endpoint = "sign_out", output = Json)]
pub async fn sign_out() -> Result<String, ApiError> {
    session::end_session().await?;
    Ok(context::go("/sign-in".to_owned()))
}

/// Returns the signed-in user's account, if there is one.
///
/// # Errors
/// Returns an error if the account can't be read now.
#[server(name = GetMe, prefix = "/api", endpoint = "me", output = Json)]
pub async fn me() -> Result<Option<Me>, ApiError> {
    let Some(actor) = context::visitor() else { return Ok(None) };
    Ok(Some(context::domain()?.accounts().me(&actor).await?))
}

/// Stores the choice of theme (`system`, `light` or `dark`) in this browser.
///
/// # Errors
/// Returns no errors of its own.
#[server(prefix = "/api", endpoint = "set_theme", output = Json)]
pub async fn set_theme(
    /// The theme's name; any other means the system's theme.
    theme: String,
) -> Result<(), ApiError> {
    form_values::keep_theme(Theme::named(&theme));
    Ok(())
}
