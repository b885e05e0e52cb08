//! Signing up, in and out, and a forgotten password.

use leptos::prelude::*;
use protocol::{password::Strength, user::Me};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    flash::{self, Flash},
    form_values::{self, FormValues, Theme},
    rate_limit, redirect, session,
};
#[cfg(feature = "ssr")]
use domain::{accounts::SignInOutcome, rate_limit::LimitedAction};
#[cfg(feature = "ssr")]
use protocol::ErrorKind;

/// Asks for an account. The answer is the same whether or not the address has one already; the mail tells.
///
/// # Errors
/// What is wrong with a field, or too many tries.
#[server(prefix = "/api", endpoint = "sign_up", output = Json)]
pub async fn sign_up(
    /// Where the link goes.
    email: String,
    /// The name others see.
    username: String,
    /// As typed; it is never handed back.
    password: String,
    /// The code of the invitation that led here, or nothing.
    #[server(default)]
    invite: String,
) -> Result<String, ApiError> {
    let typed = FormValues { email: email.clone(), username: username.clone(), ..FormValues::default() };
    form_values::with_form_values(typed.clone(), async {
        rate_limit::limit(LimitedAction::SignUp, Some(&email))?;
        let form = domain::accounts::SignUp { email, username, password, invite: Some(invite) };
        Ok(context::domain()?.accounts().sign_up(form).await?)
    })
    .await?;
    // For the next page, which says where the mail went.
    form_values::keep_form_values(&typed).await;
    Ok(context::go("/sign-up/sent".to_owned()))
}

/// Whether a username is free and well formed.
///
/// # Errors
/// Why it can't be had, or too many tries.
#[server(prefix = "/api", endpoint = "check_username", output = Json)]
pub async fn check_username(
    /// As typed.
    username: String,
) -> Result<(), ApiError> {
    rate_limit::limit(LimitedAction::Search, None)?;
    Ok(context::domain()?.accounts().username_available(&username).await?)
}

/// How good a password is that somebody is choosing. It is not kept.
///
/// # Errors
/// A length that is out of bounds, or too many questions.
#[server(prefix = "/api", endpoint = "password_strength", input = Json, output = Json)]
pub async fn password_strength(
    /// As typed so far.
    password: String,
    /// Words that an attacker knows, such as the username.
    known: Vec<String>,
) -> Result<Strength, ApiError> {
    rate_limit::limit(LimitedAction::Search, None)?;
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    Ok(context::domain()?.accounts().strength(&password, &known).await?)
}

/// Confirms an e-mail address with the token from the mail, and signs in. Returns where to go.
///
/// # Errors
/// [`Expired`](protocol::ErrorKind::Expired) when the token is used up or too old.
#[server(prefix = "/api", endpoint = "verify", output = Json)]
pub async fn verify(
    /// From the link in the mail.
    token: String,
) -> Result<String, ApiError> {
    rate_limit::limit(LimitedAction::Link, None)?;
    let user = context::domain()?.accounts().verify(&token).await?;
    session::start_session(user).await?;
    Ok(context::go("/".to_owned()))
}

/// Signs in by e-mail address or username. Returns where to go: with a second factor, to the question for a code.
///
/// # Errors
/// [`WrongCredentials`](protocol::ErrorKind::WrongCredentials), or too many tries.
#[server(prefix = "/api", endpoint = "sign_in", output = Json)]
pub async fn sign_in(
    /// E-mail address or username.
    login: String,
    /// As typed; it is never handed back.
    password: String,
    /// Where to go; home unless it is a path of this site.
    #[server(default)]
    next: String,
) -> Result<String, ApiError> {
    let typed = FormValues { login: login.clone(), ..FormValues::default() };
    form_values::with_form_values(typed, async {
        rate_limit::limit_sign_in(&login).await?;
        match context::domain()?.accounts().sign_in(&login, &password).await? {
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

/// Ends signing in with a code of the second factor, or with a recovery code. Returns where to go: to the beginning when
/// that took too long.
///
/// # Errors
/// [`WrongCredentials`](protocol::ErrorKind::WrongCredentials), or too many tries.
#[server(prefix = "/api", endpoint = "enter_code", output = Json)]
pub async fn enter_code(
    /// As typed.
    code: String,
    /// Where to go; home unless it is a path of this site.
    #[server(default)]
    next: String,
) -> Result<String, ApiError> {
    let again = || context::go(redirect::with_next("/sign-in", &next));
    let Some(pending) = session::pending().await? else { return Ok(again()) };
    rate_limit::limit(LimitedAction::Code, Some(&pending.user.to_string()))?;
    match context::domain()?.accounts().enter_code(pending, &code).await {
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

/// Has a link mailed that sets a new password. The answer is the same whether or not somebody has the address.
///
/// # Errors
/// What is wrong with the address, or too many tries.
#[server(prefix = "/api", endpoint = "forgot_password", output = Json)]
pub async fn forgot_password(
    /// Where the link goes.
    email: String,
) -> Result<String, ApiError> {
    let typed = FormValues { email: email.clone(), ..FormValues::default() };
    form_values::with_form_values(typed.clone(), async {
        rate_limit::limit(LimitedAction::Mail, Some(&email))?;
        Ok(context::domain()?.accounts().forgot(&email).await?)
    })
    .await?;
    // For the next page, which says where the mail goes.
    form_values::keep_form_values(&typed).await;
    Ok(context::go("/forgot/sent".to_owned()))
}

/// Sets a new password with the token from the mail, and ends all sessions. Returns where to go.
///
/// # Errors
/// [`Expired`](protocol::ErrorKind::Expired) when the token is used up or too old; what is wrong with the password.
#[server(prefix = "/api", endpoint = "reset_password", output = Json)]
pub async fn reset_password(
    /// From the link in the mail.
    token: String,
    /// The new one; it is never handed back.
    password: String,
) -> Result<String, ApiError> {
    rate_limit::limit(LimitedAction::Link, None)?;
    context::domain()?.accounts().reset(&token, &password).await?;
    flash::set_flash(Flash::Reset);
    Ok(context::go("/sign-in".to_owned()))
}

/// Signs out. Returns where to go.
///
/// # Errors
/// When the session can't be ended now.
#[server(prefix = "/api", endpoint = "sign_out", output = Json)]
pub async fn sign_out() -> Result<String, ApiError> {
    session::end_session().await?;
    Ok(context::go("/sign-in".to_owned()))
}

/// Who is signed in.
///
/// # Errors
/// When the account can't be read now.
#[server(name = GetMe, prefix = "/api", endpoint = "me", output = Json)]
pub async fn me() -> Result<Option<Me>, ApiError> {
    let Some(actor) = context::visitor() else { return Ok(None) };
    Ok(Some(context::domain()?.accounts().me(&actor).await?))
}

/// Keeps the choice of theme (`system`, `light` or `dark`) in this browser.
///
/// # Errors
/// None of its own.
#[server(prefix = "/api", endpoint = "set_theme", output = Json)]
pub async fn set_theme(
    /// Its name; any other means the system's.
    theme: String,
) -> Result<(), ApiError> {
    form_values::keep_theme(Theme::named(&theme));
    Ok(())
}
