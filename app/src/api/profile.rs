//! The user's own profile and picture.
//!
//! Pictures are sent to [`UPLOAD`], which is no server function: a file has a limit of its own, and is read in pieces.
//! Its responses are those of a server function: JSON for a script, a redirect for a plain form.

use leptos::prelude::*;
use leptos_router::location::Url;
use protocol::{Error, profile::OwnProfile};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    form_values::{self, FormValues},
};

/// The page on which the user edits the profile.
pub const PAGE: &str = "/settings/profile";
/// The same page, after a plain form was stored.
pub const SAVED: &str = "/settings/profile?saved=1";
/// The path that a picture is sent to, as `multipart/form-data`. The response to a script is the new summary.
pub const UPLOAD: &str = "/api/picture";
/// The form field with the file.
pub const FILE: &str = "picture";

/// Returns the path of the page that reports why a picture was refused, for a form without WASM.
pub fn refused_page(error: &Error) -> String {
    format!("{PAGE}?refused={}", Url::escape(&serde_json::to_string(error).unwrap_or_default()))
}

/// Returns the error that [`refused_page`] put into the page's query.
pub fn refusal(query: &str) -> Option<ApiError> {
    serde_json::from_str(query).ok()
}

/// Returns the user's own profile.
///
/// # Errors
/// Returns an error if nobody is signed in, or if it can't be read now.
#[server(name = GetOwnProfile, prefix = "/api", endpoint = "own_profile", output = Json)]
pub async fn own_profile() -> Result<OwnProfile, ApiError> {
    Ok(context::domain()?.profiles().own(&context::actor()?).await?)
}

/// Changes the user's profile. Returns the path to go to.
///
/// # Errors
/// Returns an error if a field is invalid, or after too many attempts.
#[server(name = UpdateProfile, prefix = "/api", endpoint = "profile_update", output = Json)]
pub async fn profile_update(
    /// The display name; if empty, the username is shown.
    display_name: String,
    /// The pronouns.
    pronouns: String,
    /// The bio.
    bio: String,
) -> Result<String, ApiError> {
    let typed = FormValues {
        display_name: display_name.clone(),
        pronouns: pronouns.clone(),
        bio: bio.clone(),
        ..FormValues::default()
    };
    form_values::with_form_values(typed, async {
        let (domain, actor) = (context::domain()?, context::actor()?);
        domain.profiles().update(&actor, &display_name, &bio, &pronouns).await?;
        Ok(context::go(SAVED.to_owned()))
    })
    .await
}

/// Removes the user's picture. Returns the path to go to.
///
/// # Errors
/// Returns an error if it can't be removed now, or after too many attempts.
#[server(name = RemovePicture, prefix = "/api", endpoint = "picture_remove", output = Json)]
pub async fn picture_remove() -> Result<String, ApiError> {
    context::domain()?.profiles().remove_picture(&context::actor()?).await?;
    Ok(context::go(SAVED.to_owned()))
}

#[cfg(test)]
mod tests {
    use protocol::{ErrorKind, Field, limits::PICTURE_MAX_BYTES};

    use super::*;

    #[test]
    fn a_refusal_travels_through_the_address() {
        let error = ErrorKind::TooLarge { max: PICTURE_MAX_BYTES }.on(Field::Picture);
        let page = refused_page(&error);
        let (path, query) = page.split_once("?refused=").unwrap();
        assert_eq!(path, PAGE);
        assert!(query.bytes().all(|byte| byte.is_ascii_graphic() && !b"&#+\"".contains(&byte)), "{query}");
        assert_eq!(refusal(&Url::unescape(query)).unwrap().0, error);
        assert_eq!(refusal("Call +1 555 0100 now"), None);
    }
}
