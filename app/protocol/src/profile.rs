//! User profiles.

use serde::{Deserialize, Serialize};

use crate::{
    Error, ErrorKind, Field, Millis, PictureId, UserSummary,
    limits::{BIO_MAX, DISPLAY_NAME_MAX, PICTURE_MAX_BYTES, PRONOUNS_MAX},
    presence::UserPresence,
    relationship::FriendStatus,
    text::{check_at_most, lines, one_line},
};

/// A user's profile, as one other user sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Name and picture.
    pub user: UserSummary,
    /// A few lines about the user.
    pub bio: String,
    /// The user's pronouns.
    pub pronouns: String,
    /// The time when the account was created.
    pub since: Millis,
    /// The user's presence.
    pub presence: UserPresence,
    /// The friend status between this user and the user who asks.
    pub friend_status: FriendStatus,
    /// Whether the user who asks blocked this user.
    pub blocked: bool,
}

/// The profile of the signed-in user, for editing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnProfile {
    /// Name and picture.
    pub user: UserSummary,
    /// A few lines about the user.
    pub bio: String,
    /// The user's pronouns.
    pub pronouns: String,
}

/// Returns the path of a picture in one of [`PICTURE_SIZES`](crate::limits::PICTURE_SIZES).
pub fn picture_path(id: PictureId, size: u32) -> String {
    format!("/picture/{id}/{size}")
}

/// Checks the size of a picture file, in bytes.
///
/// # Errors
/// Returns [`ErrorKind::Required`] on [`Field::Picture`] if the file is empty, or [`ErrorKind::TooLarge`] if it is
/// larger than [`PICTURE_MAX_BYTES`].
pub fn check_picture_size(bytes: u64) -> Result<(), Error> {
    match bytes {
        0 => Err(ErrorKind::Required.on(Field::Picture)),
        n if n > u64::from(PICTURE_MAX_BYTES) => Err(ErrorKind::TooLarge { max: PICTURE_MAX_BYTES }.on(Field::Picture)),
        _ => Ok(()),
    }
}

/// Checks a display name and returns it on one line. It may be empty: the username is then shown instead.
///
/// # Errors
/// Returns an [`Error`] on [`Field::DisplayName`] if it is too long.
pub fn check_display_name(text: &str) -> Result<String, Error> {
    line(text, DISPLAY_NAME_MAX, Field::DisplayName)
}

/// Checks pronouns and returns them on one line. They may be empty.
///
/// # Errors
/// Returns an [`Error`] on [`Field::Pronouns`] if they are too long.
pub fn check_pronouns(text: &str) -> Result<String, Error> {
    line(text, PRONOUNS_MAX, Field::Pronouns)
}

/// Checks a bio and returns it without surrounding white space. It may be empty, and have several lines.
///
/// # Errors
/// Returns an [`Error`] on [`Field::Bio`] if it is too long.
pub fn check_bio(text: &str) -> Result<String, Error> {
    let bio = lines(text);
    check_at_most(&bio, BIO_MAX, Field::Bio)?;
    Ok(bio)
}

fn line(text: &str, max: u32, field: Field) -> Result<String, Error> {
    let text = one_line(text);
    check_at_most(&text, max, field)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_without_tricks() {
        assert_eq!(check_display_name("  Ada \n King\u{202e} ").unwrap(), "Ada King");
        assert_eq!(check_display_name("\u{200b} ").unwrap(), "");
        assert_eq!(
            check_display_name(&"x".repeat(51)).unwrap_err(),
            ErrorKind::TooLong { max: 50 }.on(Field::DisplayName)
        );
        assert_eq!(check_pronouns("she/her").unwrap(), "she/her");
        assert!(check_pronouns(&"x".repeat(31)).is_err());
    }

    #[test]
    fn pictures_have_a_size() {
        assert_eq!(check_picture_size(0).unwrap_err(), ErrorKind::Required.on(Field::Picture));
        assert!(check_picture_size(1).is_ok() && check_picture_size(20 * 1024 * 1024).is_ok());
        let refusal = check_picture_size(20 * 1024 * 1024 + 1).unwrap_err();
        assert_eq!(refusal, ErrorKind::TooLarge { max: 20 * 1024 * 1024 }.on(Field::Picture));
    }

    #[test]
    fn bios_have_lines() {
        assert_eq!(check_bio(" a\r\nb \u{0}").unwrap(), "a\nb");
        assert!(check_bio(&"é".repeat(300)).is_ok());
        assert_eq!(check_bio(&"é".repeat(301)).unwrap_err().field, Some(Field::Bio));
    }
}
