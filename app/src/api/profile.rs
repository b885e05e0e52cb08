//! The own profile: what one says about oneself, one's picture.
//!
//! Pictures are sent to [`UPLOAD`], which is no server function: a file has a limit of its own, and is read piece by
//! piece. It answers as one does, with JSON to a script and a redirect to a plain form.

use leptos::prelude::*;
use leptos_router::location::Url;
use protocol::{Error, profile::OwnProfile};

use super::{ApiError, json::Json};
#[cfg(feature = "ssr")]
use super::{
    context,
    form_values::{self, FormValues},
    rate_limit,
};
#[cfg(feature = "ssr")]
use domain::rate_limit::LimitedAction;

/// The page on which one edits it.
pub const PAGE: &str = "/settings/profile";
/// The same, once a plain form was stored.
pub const SAVED: &str = "/settings/profile?saved=1";
/// Where a picture is sent, as `multipart/form-data`. The answer to a script is the new card.
pub const UPLOAD: &str = "/api/picture";
/// The form's field with the file.
pub const FILE: &str = "picture";

/// The page that says why a picture was refused: for a form without WASM.
pub fn refused_page(error: &Error) -> String {
    format!("{PAGE}?refused={}", Url::escape(&serde_json::to_string(error).unwrap_or_default()))
}

/// What [`refused_page`] says, from the page's query.
pub fn refusal(query: &str) -> Option<ApiError> {
    serde_json::from_str(query).ok()
}

/// The own profile.
///
/// # Errors
/// When nobody is signed in, or it can't be read now.
#[server(name = GetOwnProfile, prefix = "/api", endpoint = "own_profile", output = Json)]
pub async fn own_profile() -> Result<OwnProfile, ApiError> {
    Ok(context::domain()?.profiles().own(&context::actor()?).await?)
}

/// Changes what one says about oneself. Returns where to go.
///
/// # Errors
/// What is wrong with a field, or too many tries.
#[server(name = UpdateProfile, prefix = "/api", endpoint = "profile_update", output = Json)]
pub async fn profile_update(
    /// The name to show; empty for the username.
    display_name: String,
    /// How one wants to be spoken of.
    pronouns: String,
    /// A few lines.
    bio: String,
) -> Result<String, ApiError> {
    let typed = FormValues {
        display_name: display_name.clone(),
        pronouns: pronouns.clone(),
        bio: bio.clone(),
        ..FormValues::default()
    };
    form_values::with_form_values(typed, async {
        rate_limit::limit(LimitedAction::Upload, None)?;
        let (domain, actor) = (context::domain()?, context::actor()?);
        domain.profiles().update(&actor, &display_name, &bio, &pronouns).await?;
        Ok(context::go(SAVED.to_owned()))
    })
    .await
}

/// Removes one's picture. Returns where to go.
///
/// # Errors
/// When it can't be removed now, or too many tries.
#[server(name = RemovePicture, prefix = "/api", endpoint = "picture_remove", output = Json)]
pub async fn picture_remove() -> Result<String, ApiError> {
    rate_limit::limit(LimitedAction::Upload, None)?;
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
